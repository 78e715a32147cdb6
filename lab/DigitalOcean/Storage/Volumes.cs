using System.Text.RegularExpressions;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Tags;

namespace Infra.Lab.DigitalOcean.Storage;

/// <summary>What DigitalOcean does with Volumes, and refuses.</summary>
internal static partial class Volumes
{
    // Specification 2.0, descriptions of volume_base and the labels of the file systems; docs.digitalocean.com, limits of Volumes, 2026.
    private const int LargestGiB = 16 * 1024;
    private const int LongestExt4Label = 16;
    private const int LongestXfsLabel = 12;

    public static Volume Create(AccountChange change, VolumeRequest request)
    {
        var region = request.Region ?? throw ApiError.Unprocessable("region is required");
        if (!CloudRegion.Available.Contains(region))
        {
            throw ApiError.Unprocessable("region is invalid");
        }
        var snapshot = string.IsNullOrEmpty(request.SnapshotId) ? null : change.Get<VolumeSnapshot>(request.SnapshotId);
        if (snapshot is not null && snapshot.Region != region)
        {
            throw ApiError.Unprocessable("the snapshot is not available in this region");
        }
        var size = Size(request.SizeGigabytes, snapshot);
        var fileSystem = snapshot is not null ? snapshot.FilesystemType : request.FilesystemType ?? "";
        var label = snapshot is not null ? snapshot.FilesystemLabel : request.FilesystemLabel ?? "";
        CheckFileSystem(fileSystem, label);
        if (request.Name is null || !VolumeName().IsMatch(request.Name))
        {
            throw ApiError.Unprocessable(
                "name must start with a lower-case letter and hold lower-case letters, digits and hyphens alone, 64 at most");
        }
        if (Named(change.State, request.Name, region) is not null)
        {
            // github.com/hashicorp/terraform/issues/8023, 2016: its whole text.
            throw ApiError.Conflict("already exists");
        }
        if (change.All<Volume>().Count >= change.Settings.VolumeLimit)
        {
            // Words: github.com/digitalocean/csi-digitalocean/issues/476, 2022.
            throw ApiError.Unprocessable("volume/snapshot capacity limit exceeded");
        }
        var id = AccountChange.NewId();
        var volume = change.Put(new Volume(id, request.Name, request.Description ?? "", region, size, fileSystem, label, snapshot?.Id,
            ResourceTags.Given(change, request.Tags, Volume.ResourceType, id), change.Now));
        change.Put(new Work(VolumeCreation.WorkKind, id, change.Now));
        return volume;
    }

    /// <summary>The Volume of a name in a region; null: there is none.</summary>
    public static Volume? Named(AccountState state, string name, string region) =>
        state.All<Volume>().FirstOrDefault(volume => volume.Name == name && volume.Region == region);

    /// <summary>Whether the disk of a Volume was made, or could not be.</summary>
    public static bool HasDisk(AccountState state, string id) =>
        !state.All<Work>().Any(work => work.Kind == VolumeCreation.WorkKind && work.Subject == id);

    /// <exception cref="ApiError">404, or 409: it is attached.</exception>
    public static void Delete(AccountChange change, string id)
    {
        var volume = change.Get<Volume>(id);
        if (volume.DropletId is not null || volume.Pending is not null)
        {
            // github.com/digitalocean/doctl/issues/358, 2018.
            throw ApiError.Conflict("attached volume cannot be deleted");
        }
        change.Remove(volume);
        change.Put(new Work(VolumeDeletion.WorkKind, id, change.Now));
    }

    /// <param name="change">The change.</param>
    /// <param name="name">Its name; null or of no Volume: not found.</param>
    /// <param name="region">Slug of its region.</param>
    public static void DeleteNamed(AccountChange change, string? name, string? region) => Delete(
        change, (name is null || region is null ? null : Named(change.State, name, region))?.Id ?? throw ApiError.NotFound());

    public static VolumeSnapshot TakeSnapshot(AccountChange change, string id, VolumeSnapshotRequest request)
    {
        var volume = change.Get<Volume>(id);
        if (string.IsNullOrWhiteSpace(request.Name))
        {
            throw ApiError.Unprocessable("name is required");
        }
        if (change.All<VolumeSnapshot>().Any(other => other.Name == request.Name && other.Region == volume.Region))
        {
            // DigitalOcean's CSI driver, driver/controller.go: 409 for a name that is taken.
            throw ApiError.Conflict("already exists");
        }
        var key = AccountChange.NewId();
        var snapshot = change.Put(new VolumeSnapshot(key, request.Name, id, volume.Region, volume.SizeGigabytes, volume.FilesystemType,
            volume.FilesystemLabel, ResourceTags.Given(change, request.Tags, VolumeSnapshot.ResourceType, key), change.Now)
        {
            BilledGigabytes = volume.FilesystemType.Length == 0 && volume.DropletId is null ? 0 : volume.SizeGigabytes,
        });
        change.Put(new Work(VolumeCopy.WorkKind, key, change.Now));
        return snapshot;
    }

    public static void DeleteSnapshot(AccountChange change, string id)
    {
        change.Remove(change.Get<VolumeSnapshot>(id));
        change.Put(new Work(VolumeCopyDeletion.WorkKind, id, change.Now));
    }

    private static int Size(int? asked, VolumeSnapshot? snapshot)
    {
        // The size of the snapshot, if a smaller one or none is given: the specification says that the size does not apply then.
        var size = Math.Max(asked ?? 0, snapshot?.SizeGigabytes ?? 0);
        return size switch
        {
            < 1 => throw ApiError.Unprocessable("size_gigabytes must be at least 1"),
            > LargestGiB => throw ApiError.Unprocessable("size_gigabytes must be no more than 16384"),
            _ => size,
        };
    }

    private static void CheckFileSystem(string fileSystem, string label)
    {
        var longest = fileSystem switch
        {
            "" => 0,
            "ext4" => LongestExt4Label,
            "xfs" => LongestXfsLabel,
            _ => throw ApiError.Unprocessable("filesystem_type must be ext4 or xfs"),
        };
        if (label.Length > longest)
        {
            throw ApiError.Unprocessable(longest == 0
                ? "filesystem_label can only be used with filesystem_type"
                : $"filesystem_label may have {longest} characters with {fileSystem}");
        }
        if (!Label().IsMatch(label))
        {
            throw ApiError.Unprocessable("filesystem_label may hold letters, digits, hyphens, underscores and periods alone");
        }
    }

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,63}\z")]
    private static partial Regex VolumeName();

    // What mkfs would take as an option, or a shell as more than a word, is no label here.
    [GeneratedRegex(@"^([A-Za-z0-9_.][A-Za-z0-9_.-]*)?\z")]
    private static partial Regex Label();
}
