using Infra.Cli.Plan;
using Infra.Planning.Catalog;
using Infra.Tests.Unit.Cli;

namespace Infra.Tests.Golden;

/// <summary>Output of <c>./infra plan</c> in a terminal of 80 columns.</summary>
public sealed class PlanGoldenTests
{
    [Fact]
    public void The_matrix_is_the_reviewed_one() => GoldenFile.Matches("tests/Golden/plan.txt", string.Concat(
        PlanMatrixTests.Printed(PlanMatrix.Of(PlanTable.Of(new() { Catalog = ModelCatalog.Load(), Availability = [Availability.OnDemand] })), 80)
            .Select(line => $"{line.TrimEnd()}\n")));
}
