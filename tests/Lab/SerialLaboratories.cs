namespace Infra.Tests.Lab;

/// <summary>
/// Laboratories are brought up one after the other: two cores boot no more than a handful of servers at once. The cluster of
/// <see cref="TestCluster"/> is up beside them, which waits more than it works.
/// </summary>
[CollectionDefinition(Name)]
public sealed class SerialLaboratories
{
    public const string Name = "laboratories, one after the other";
}
