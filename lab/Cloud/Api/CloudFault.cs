namespace Infra.Lab.Cloud.Api;

/// <summary>What goes wrong between the provider and DigitalOcean, or in the run itself.</summary>
internal enum FaultKind
{
    /// <summary>It is in the account at once and ready only later: a Droplet that boots, a certificate that is being issued.</summary>
    SlowCreation,

    /// <summary>The same, and then it is not ready but in error: a certificate that Let's Encrypt refused.</summary>
    FailedCreation,

    /// <summary>The API says yes, and it is there for longer.</summary>
    SlowDeletion,

    /// <summary>It is gone, and its name is not free yet.</summary>
    NameHeld,

    /// <summary>The run is killed after the API has made it and before anybody wrote down that it has.</summary>
    KilledWhileCreating,

    /// <summary>The network drops while it is being deleted: the provider's process ends, and the API never heard of it.</summary>
    ConnectionLostWhileDeleting,
}

/// <summary>One fault of one resource. It happens once.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Type">Type token of the resource.</param>
/// <param name="Name">Its name in the program.</param>
/// <param name="For">How long, where that means something.</param>
internal sealed record CloudFault(FaultKind Kind, string Type, string Name, TimeSpan For = default);
