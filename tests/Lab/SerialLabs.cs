namespace Infra.Tests.Lab;

/// <summary>
/// Two rows of labs run next to the cluster of <see cref="TestCluster"/>; in each row, labs start one after the other: two cores boot no
/// more than a handful of servers at once. This row has the servers that meet faults at their boot.
/// </summary>
[CollectionDefinition(Name)]
public sealed class SerialLabs
{
    public const string Name = "labs whose servers boot badly, one after the other";
}

/// <summary>The other row: stacks that are changed, interrupted or under load.</summary>
[CollectionDefinition(Name)]
public sealed class SerialChanges
{
    public const string Name = "labs that change, one after the other";
}
