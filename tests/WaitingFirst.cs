using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(Infra.Tests.WaitingFirst))]

namespace Infra.Tests;

/// <summary>
/// Starts with the node tests, the longest: in any other order one of them would run alone at the end, and wait while cores are idle.
/// </summary>
internal sealed class WaitingFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : Xunit.Sdk.ITestCollection =>
        [.. testCollections.OrderByDescending(
            collection => collection.TestCollectionDisplayName.Contains($" {nameof(Infra)}.{nameof(Tests)}.Node.", StringComparison.Ordinal))];
}
