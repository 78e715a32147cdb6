namespace Infra.Tests.Lab;

/// <summary>
/// Labs start one after the other: two cores boot no more than a handful of servers at once. The cluster of <see cref="TestCluster"/> runs
/// next to them and waits more than it works.
/// </summary>
[CollectionDefinition(Name)]
public sealed class SerialLabs
{
    public const string Name = "labs, one after the other";
}
