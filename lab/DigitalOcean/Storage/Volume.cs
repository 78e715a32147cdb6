using System.Collections.Immutable;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.Specs;

namespace Infra.Lab.DigitalOcean.Storage;

/// <summary>A block device of the account, which outlives the Droplets that have it.</summary>
/// <param name="Id">Its UUID.</param>
/// <param name="Name">Unique in its region.</param>
/// <param name="Description">Free text.</param>
/// <param name="Region">Slug.</param>
/// <param name="SizeGigabytes">In GiB.</param>
/// <param name="FilesystemType"><c>ext4</c>, <c>xfs</c>, or empty: not formatted.</param>
/// <param name="FilesystemLabel">Label of the file system, or empty.</param>
/// <param name="SnapshotId">The snapshot that it was created from; null: none.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="CreatedAt">Time of its creation.</param>
/// <param name="DropletId">The Droplet that it is attached to; null: none.</param>
/// <param name="Pending">The action that runs on it; null: none.</param>
internal sealed record Volume(
    string Id, string Name, string Description, string Region, int SizeGigabytes, string FilesystemType, string FilesystemLabel,
    string? SnapshotId, ImmutableArray<string> Tags, DateTimeOffset CreatedAt, long? DropletId = null, VolumeEvent? Pending = null)
    : IBlockVolume, ITagged
{
    public const string ResourceType = "volume";

    // docs.digitalocean.com/products/volumes/details/pricing; 2026.
    private const decimal UsdPerGiBMonth = 0.10m;

    /// <summary>Why its last change failed; null: it did not.</summary>
    public string? Problem { get; init; }

    public string Key => Id;

    public string Urn => $"do:volume:{Id}";

    public string TaggedType => ResourceType;

    public decimal UsdPerMonth => SizeGigabytes * UsdPerGiBMonth;

    public ITagged WithTags(ImmutableArray<string> tags) => this with { Tags = tags };

    public IBlockVolume AttachedTo(long? droplet) => this with { DropletId = droplet };

    /// <summary>Deletes it with its Droplet.</summary>
    public void Delete(AccountChange change)
    {
        change.Put(this with { DropletId = null, Pending = null });
        Volumes.Delete(change, Id);
    }

    /// <summary>The disk behind it.</summary>
    public VolumeSpec Spec() => new(
        Id, Name, SizeGigabytes, FilesystemType.Length > 0 ? FilesystemType : null, FilesystemLabel.Length > 0 ? FilesystemLabel : null)
    {
        SnapshotId = SnapshotId,
    };

    /// <summary>The Volume as the API shows it.</summary>
    public object View(AccountSettings settings) => new
    {
        Id,
        Name,
        Description,
        SizeGigabytes,
        CreatedAt,
        DropletIds = DropletId is { } droplet ? new[] { droplet } : [],
        FilesystemType,
        FilesystemLabel,
        Region = CloudRegion.View(settings, Region),
        Tags,
    };
}

/// <summary>An action that runs on a Volume.</summary>
/// <param name="ActionId">Id of the action.</param>
/// <param name="Type"><c>attach</c>, <c>detach</c> or <c>resize</c>.</param>
/// <param name="DropletId">The Droplet that gets or loses it.</param>
/// <param name="SizeGigabytes">Its new size.</param>
internal sealed record VolumeEvent(long ActionId, string Type, long? DropletId = null, int? SizeGigabytes = null);

/// <summary>A copy of a Volume at one moment.</summary>
/// <param name="Id">Its UUID.</param>
/// <param name="Name">Its name.</param>
/// <param name="VolumeId">The Volume that it was taken from, which may be gone.</param>
/// <param name="Region">Slug.</param>
/// <param name="SizeGigabytes">Size of the Volume, in GiB.</param>
/// <param name="FilesystemType">File system of the Volume, or empty.</param>
/// <param name="FilesystemLabel">Its label, or empty.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="CreatedAt">Time of its creation.</param>
internal sealed record VolumeSnapshot(
    string Id, string Name, string VolumeId, string Region, int SizeGigabytes, string FilesystemType, string FilesystemLabel,
    ImmutableArray<string> Tags, DateTimeOffset CreatedAt) : ITagged, IVolumeSnapshot
{
    public const string ResourceType = "volume_snapshot";

    public string Key => Id;

    public string TaggedType => ResourceType;

    /// <summary>
    /// What is billed, in GiB: of a Volume that nothing has written to, nothing (the provider's TestAccDigitalOceanVolumeSnapshot_Basic).
    /// </summary>
    public int BilledGigabytes { get; init; } = SizeGigabytes;

    decimal IVolumeSnapshot.SizeGigabytes => BilledGigabytes;

    public void Delete(AccountChange change) => Volumes.DeleteSnapshot(change, Id);

    public ITagged WithTags(ImmutableArray<string> tags) => this with { Tags = tags };

    /// <summary>The snapshot as the API shows it.</summary>
    public object View() => new
    {
        Id,
        Name,
        CreatedAt,
        Regions = new[] { Region },
        ResourceId = VolumeId,
        ResourceType = Volume.ResourceType,
        MinDiskSize = SizeGigabytes,
        SizeGigabytes = BilledGigabytes,
        Tags,
    };
}

/// <summary>The members of a request that creates a Volume; null: not given.</summary>
internal sealed record VolumeRequest(
    string? Name = null, string? Description = null, string? Region = null, int? SizeGigabytes = null, string? FilesystemType = null,
    string? FilesystemLabel = null, string? SnapshotId = null, IReadOnlyList<string?>? Tags = null);

/// <summary>The members of a request that acts on a Volume.</summary>
internal sealed record VolumeActionRequest(
    string? Type = null, long? DropletId = null, string? Region = null, int? SizeGigabytes = null, string? VolumeName = null,
    IReadOnlyList<string?>? Tags = null);

/// <summary>The members of a request that takes a snapshot.</summary>
internal sealed record VolumeSnapshotRequest(string? Name = null, IReadOnlyList<string?>? Tags = null);
