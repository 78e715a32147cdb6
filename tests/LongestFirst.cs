using Infra.Tests.Lab;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(Infra.Tests.LongestFirst))]

namespace Infra.Tests;

/// <summary>
/// Starts with what takes longest, the labs and the node tests: in any other order one of them would run alone at the end, and wait while
/// cores are idle.
/// </summary>
internal sealed class LongestFirst : ITestCollectionOrderer
{
    private const string OfNodes = $" {nameof(Infra)}.{nameof(Tests)}.Node.";

    public IReadOnlyCollection<T> OrderTestCollections<T>(IReadOnlyCollection<T> testCollections)
        where T : ITestCollection => [.. testCollections.OrderBy(collection => Place(collection.TestCollectionDisplayName))];

    private static int Place(string name) => name switch
    {
        SerialLabs.Name => 0,
        TestCluster.Collection => 1,
        _ => name.Contains(OfNodes, StringComparison.Ordinal) ? 2 : 3,
    };
}
