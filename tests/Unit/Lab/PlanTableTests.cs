using Infra.Cli.Plan;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;

namespace Infra.Tests.Unit.Lab;

public sealed class PlanTableTests
{
    private const string Model = "mistralai/Ministral-3-3B-Instruct-2512";

    private static readonly PlanQuery Query = new()
    {
        Catalog = ModelCatalog.Load(),
        Models = [Model],
        Availability = [Availability.OnDemand],
    };

    [Fact]
    public void A_region_that_has_no_size_is_a_user_error_and_not_a_table_without_rows()
    {
        var error = Error(Query with { Region = "tor9" });

        Assert.Equal("--region", error.Key);
        Assert.Contains("did you mean tor1", error.Problem, StringComparison.Ordinal);
        Assert.Equal("--region tor1", error.Fix);
    }

    [Fact]
    public void A_table_of_a_region_has_only_its_sizes() =>
        Assert.All(PlanTable.Of(Query with { Region = "tor1" }), fit => Assert.Contains("tor1", fit.Size.Regions));

    [Fact]
    public void An_unknown_name_ends_with_a_command_that_can_be_pasted()
    {
        Assert.Equal($"--model {Model}", Error(Query with { Models = ["x"] }).Fix);
        Assert.Equal("--size gpu-4000adax1-20gb", Error(Query with { Sizes = ["x"] }).Fix);
        Assert.Equal("--engine 0.31.0", Error(Query with { Engine = "0.27.0" }).Fix);
    }

    [Fact]
    public void A_missing_catalog_file_is_reported_with_its_flag()
    {
        var error = Assert.Single(
            Assert.Throws<ConfigurationException>(() => ModelCatalog.Load("no-such-file.json", "--catalog")).Errors);

        Assert.Equal("--catalog", error.Key);
        Assert.Contains("there is no such file", error.Problem, StringComparison.Ordinal);
    }

    private static UserError Error(PlanQuery query) =>
        Assert.Single(Assert.Throws<ConfigurationException>(() => PlanTable.Of(query)).Errors);
}
