namespace Infra.Tests.Lab;

/// <summary>
/// Laboratories are brought up one after the other: a mocked deployment gets its configuration through the environment of the process, and two
/// cores boot no more than a handful of servers at once.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SerialLaboratories
{
    public const string Name = "laboratories, one after the other";
}
