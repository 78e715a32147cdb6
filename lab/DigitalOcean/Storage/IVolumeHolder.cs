using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.Storage;

/// <summary>A Droplet as Volumes see it.</summary>
internal interface IVolumeHolder : IRecord
{
    public long Id { get; }

    /// <summary>Slug of its region.</summary>
    public string Region { get; }

    /// <summary>Whether an action runs on it: then no other one begins.</summary>
    public bool HasPendingEvent { get; }
}
