using System.Collections.Immutable;
using System.Globalization;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Images;
using Infra.Lab.DigitalOcean.Networks;
using Infra.Lab.DigitalOcean.Storage;

namespace Infra.Lab.DigitalOcean.Droplets;

/// <summary>A Droplet.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name, a host name; need not be unique.</param>
/// <param name="Region">Slug of its region.</param>
/// <param name="Size">Slug of its size.</param>
/// <param name="DiskGiB">Its boot disk, which may be smaller than that of its size.</param>
/// <param name="Image">The image that it booted from, as it was then.</param>
/// <param name="VpcId">Its VPC.</param>
/// <param name="VpcAddress">Its address there.</param>
/// <param name="CreatedAt">Time of its creation.</param>
internal sealed record Droplet(
    long Id, string Name, string Region, string Size, int DiskGiB, CloudImage Image, string? VpcId, string? VpcAddress,
    DateTimeOffset CreatedAt) : INetworkServer, IVolumeHolder
{
    public const string ResourceType = "droplet";

    // States of the specification 2.0, attribute status.
    public const string New = "new";
    public const string Active = "active";
    public const string Off = "off";

    public string Status { get; init; } = New;

    /// <summary>Null: it has none yet.</summary>
    public string? PublicAddress { get; init; }

    /// <summary>Whether it asked for a public address. The server has one in any case.</summary>
    public bool HasPublicNetworking { get; init; } = true;

    public bool HasIpv6 { get; init; }

    public bool HasMonitoring { get; init; }

    public bool HasAgent { get; init; } = true;

    /// <summary>Null: it has no backups.</summary>
    public BackupPolicy? Backups { get; init; }

    public string UserData { get; init; } = "";

    /// <summary>The keys that it was created with, which outlive those of the account.</summary>
    public ImmutableArray<string> PublicKeys { get; init; } = [];

    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>What runs on it; null: nothing, and another action may begin.</summary>
    public DropletEvent? Pending { get; init; }

    /// <summary>Whether its deletion has begun.</summary>
    public bool IsDeleting { get; init; }

    /// <summary>Why its last event failed; null: it did not.</summary>
    public string? Problem { get; init; }

    public string Key => KeyOf(Id);

    public string Urn => $"do:droplet:{Key}";

    public string TaggedType => ResourceType;

    public bool IsOnNetwork => PublicAddress is not null && !IsDeleting;

    public bool HasPendingEvent => Pending is not null || IsDeleting;

    public bool IsUp => Status == Active && !IsDeleting;

    public ITagged WithTags(ImmutableArray<string> tags) => this with { Tags = tags };

    public static string KeyOf(long id) => id.ToString(CultureInfo.InvariantCulture);
}

/// <summary>An action that runs on a Droplet.</summary>
/// <param name="ActionId">Id of the action.</param>
/// <param name="Type">Its type.</param>
/// <param name="Name">New name of the Droplet, or name of the snapshot.</param>
/// <param name="Size">New size.</param>
/// <param name="ResizesDisk">Whether the boot disk grows, too.</param>
/// <param name="Policy">New policy of backups.</param>
internal sealed record DropletEvent(
    long ActionId, string Type, string? Name = null, string? Size = null, bool ResizesDisk = false, BackupPolicy? Policy = null);

/// <summary>When backups are taken. The lab takes none.</summary>
/// <param name="Plan"><c>daily</c> or <c>weekly</c>.</param>
/// <param name="Weekday"><c>SUN</c> and so on; null: any.</param>
/// <param name="Hour">Begin of the window, UTC.</param>
internal sealed record BackupPolicy(string? Plan = null, string? Weekday = null, int? Hour = null);
