namespace Infra.Lab.Provider.Api;

/// <summary>Faults between provider and DigitalOcean, or of the run itself.</summary>
internal enum FaultKind
{
    /// <summary>It exists at once and becomes ready later: a Droplet that boots, a certificate that is being issued.</summary>
    SlowCreation,

    /// <summary>The same, but then it has an error: a certificate that Let's Encrypt rejected.</summary>
    FailedCreation,

    /// <summary>The API accepts the deletion, but the resource exists longer.</summary>
    SlowDeletion,

    /// <summary>It is gone, but its name is still in use.</summary>
    NameHeld,

    /// <summary>The run is killed after the API created it and before the state has it.</summary>
    KilledWhileCreating,

    /// <summary>The network fails during its deletion: the provider ends, and the API gets no request.</summary>
    ConnectionLostWhileDeleting,
}

/// <summary>A single fault of one resource.</summary>
/// <param name="Kind">The fault.</param>
/// <param name="Type">Type token of the resource.</param>
/// <param name="Name">Its name in the program.</param>
/// <param name="For">Duration, if the fault has one.</param>
internal sealed record CloudFault(FaultKind Kind, string Type, string Name, TimeSpan For = default);
