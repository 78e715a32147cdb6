namespace Infra.Lab.Cloud;

/// <summary>The account that the local cloud plays, and who watches it.</summary>
internal sealed record CloudOptions
{
    /// <summary>GPUs of all Droplets together. DigitalOcean gives a new account none, and the second tier one.</summary>
    public int GpuLimit { get; init; } = 16;

    /// <summary>Droplets of the account.</summary>
    public int DropletLimit { get; init; } = 25;

    /// <summary>Tags that the account has beside those of the stack. Default: those by which the plan lets clients in, which must exist.</summary>
    public IReadOnlyCollection<string>? Tags { get; init; }

    /// <summary>
    /// What DigitalOcean has, apart from what the state says: then the engine is as forgetful as Pulumi's, which looks only at a refresh,
    /// and things take their time. Default: null, and what is real is what the state and the machines have, and a run tidies up after one
    /// that was killed.
    /// </summary>
    public Api.ApiAccount? Account { get; init; }

    /// <summary>
    /// Resources, type token and name in the program, that are replaced though nothing has changed: <c>pulumi up --replace</c>.
    /// </summary>
    public IReadOnlySet<(string Type, string Name)> Replace { get; init; } = new HashSet<(string, string)>();

    /// <summary>Is told of every operation, from whichever thread it runs on.</summary>
    public Action<ResourceEvent> Progress { get; init; } = static _ => { };

    /// <summary>Clock of certificates.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Ends what waits; what is begun stays in the state as such.</summary>
    public CancellationToken Cancel { get; init; }
}
