namespace Infra.Tests.Lab;

/// <summary>
/// Labs are brought up one after the other, in two rows of about the same length: two cores boot no more than a handful of servers at
/// once, and one row alone leaves them idle for two fifths of its time. The cluster of <see cref="TestCluster"/> takes the place of one row
/// while it is up.
/// </summary>
[CollectionDefinition(First)]
public sealed class SerialLaboratories
{
    public const string First = "labs, one after the other";
    public const string Second = "other labs, one after the other";
}

/// <summary>The second row of <see cref="SerialLaboratories"/>.</summary>
[CollectionDefinition(SerialLaboratories.Second)]
public sealed class OtherSerialLaboratories;
