namespace Infra.Tests.Lab;

/// <summary>
/// Labs run in three rows next to the cluster of <see cref="TestCluster"/>; in each row, one lab starts after the other. They wait more than
/// they work, but two cores boot no more than a handful of servers at once. This row has servers that meet faults at their boot.
/// </summary>
[CollectionDefinition(Name)]
public sealed class SerialLabs
{
    public const string Name = "labs whose servers meet faults at their boot, one after the other";
}

/// <summary>The row of stacks that are changed, interrupted or under load.</summary>
[CollectionDefinition(Name)]
public sealed class SerialChanges
{
    public const string Name = "labs that change, one after the other";
}

/// <summary>The row of <c>./infra cloud</c>.</summary>
[CollectionDefinition(Name)]
public sealed class SerialClouds
{
    public const string Name = "clouds, one after the other";
}
