using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider;

/// <summary>How the engine runs, and its observers.</summary>
internal sealed record CloudOptions
{
    /// <summary>Zones in the account besides those of the plan.</summary>
    public IReadOnlyCollection<string> Zones { get; init; } = [];

    /// <summary>
    /// Whether the engine, like Pulumi's, looks at the account only in a refresh, and the provider gives up waiting as DigitalOcean's does.
    /// Otherwise a run knows what a killed one left, cleans it up, and replaces servers that are lost.
    /// </summary>
    public bool IsLikePulumi { get; init; }

    /// <summary>
    /// Called after a request that creates a resource was answered, and before one that deletes it is sent. What it throws ends the
    /// operation with an unknown result.
    /// </summary>
    public Action<Operation, CloudResource> Interrupt { get; init; } = static (_, _) => { };

    /// <summary>
    /// Resources to replace without a change, as type token and name: <c>pulumi up --replace</c>.
    /// </summary>
    public IReadOnlySet<(string Type, string Name)> Replace { get; init; } = new HashSet<(string, string)>();

    /// <summary>Receives every operation, from any thread.</summary>
    public Action<ResourceEvent> Progress { get; init; } = static _ => { };

    /// <summary>Cancels waits; the state keeps what has started.</summary>
    public CancellationToken Cancel { get; init; }
}
