namespace Infra.Lab.Provider;

/// <summary>The simulated account, and observers.</summary>
internal sealed record CloudOptions
{
    /// <summary>Limit of GPUs. DigitalOcean starts a new account with 0, the second tier with 1.</summary>
    public int GpuLimit { get; init; } = 16;

    /// <summary>Limit of Droplets.</summary>
    public int DropletLimit { get; init; } = 25;

    /// <summary>Tags in the account besides those of the stack. Default: the client tags of the plan, which must exist.</summary>
    public IReadOnlyCollection<string>? Tags { get; init; }

    /// <summary>
    /// The resources at DigitalOcean, separate from the state: then the engine, like Pulumi's, checks reality only in a refresh, and
    /// changes take time. Default: null; then reality is the state plus the servers, and a run cleans up after a killed one.
    /// </summary>
    public Api.ApiAccount? Account { get; init; }

    /// <summary>
    /// Resources to replace without a change, as type token and name: <c>pulumi up --replace</c>.
    /// </summary>
    public IReadOnlySet<(string Type, string Name)> Replace { get; init; } = new HashSet<(string, string)>();

    /// <summary>Receives every operation, from any thread.</summary>
    public Action<ResourceEvent> Progress { get; init; } = static _ => { };

    /// <summary>Clock of certificates.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Cancels waits; the state keeps what has started.</summary>
    public CancellationToken Cancel { get; init; }
}
