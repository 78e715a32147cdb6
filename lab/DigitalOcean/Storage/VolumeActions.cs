using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Tags;

namespace Infra.Lab.DigitalOcean.Storage;

/// <summary>Attaching, detaching and growing Volumes.</summary>
internal static class VolumeActions
{
    public const string Attach = "attach";
    public const string Detach = "detach";
    public const string Resize = "resize";

    // docs.digitalocean.com, limits of Volumes; specification 2.0, POST /v2/volumes/{volume_id}/actions.
    private const int MostOfDroplet = 15;
    private const int LargestGiB = 16 * 1024;

    /// <summary>At DigitalOcean 3 to 10 s; the specification's example: 11 s.</summary>
    private static readonly TimeSpan s_takes = TimeSpan.FromSeconds(5);

    /// <summary>Begins an action on the Volume of a name.</summary>
    public static AccountAction BeginNamed(AccountChange change, VolumeActionRequest request)
    {
        if (request.Type is not (Attach or Detach))
        {
            throw ApiError.Unprocessable("type must be attach or detach");
        }
        var volume = request is { VolumeName: { } name, Region: { } region } ? Volumes.Named(change.State, name, region)
            : throw ApiError.Unprocessable("volume_name and region are required");
        return Begin(change, volume?.Id ?? throw ApiError.NotFound(), request);
    }

    /// <summary>Begins an action.</summary>
    public static AccountAction Begin(AccountChange change, string id, VolumeActionRequest request)
    {
        var volume = change.Get<Volume>(id);
        if (request.Region is { Length: > 0 } region && region != volume.Region)
        {
            throw ApiError.Unprocessable("the volume is not in this region");
        }
        // What is missing or wrong comes before what the state forbids.
        var asked = request.Type switch
        {
            Attach => Attachment(change, volume, request),
            Detach => Detachment(volume, request),
            Resize => Growth(volume, request),
            _ => throw ApiError.Unprocessable("type must be attach, detach or resize"),
        };
        if (volume.Pending is not null)
        {
            throw ApiError.Unprocessable("Volume already has a pending event.");
        }
        if (asked.DropletId is { } droplet && (change.All<Volume>().Any(other => other.Pending?.DropletId == droplet)
            || Holder(change.State, droplet)?.HasPendingEvent == true))
        {
            // The provider repeats on these words: digitalocean/volume/resource_volume_attachment.go, 401992a1.
            throw ApiError.Unprocessable("Droplet already has a pending event.");
        }
        var action = AccountActions.Begin(change, request.Type == Resize ? Resize : $"{request.Type}_volume", Volume.ResourceType, id,
            volume.Region, VolumeEventWork.WorkKind, change.Settings.Takes(s_takes));
        change.Put(volume with
        {
            Pending = asked with { ActionId = action.Id },
            Tags = request is { Type: Attach, Tags: not null }
                ? ResourceTags.Given(change, [.. volume.Tags, .. request.Tags], Volume.ResourceType, id) : volume.Tags,
        });
        return action;
    }

    /// <summary>Actions of a Volume, the newest first.</summary>
    public static IReadOnlyList<AccountAction> Of(AccountState state, string id)
    {
        _ = state.Get<Volume>(id);
        return [.. state.All<AccountAction>().Where(action => action.Subject == id).Reverse()];
    }

    /// <exception cref="ApiError">404.</exception>
    public static AccountAction Get(AccountState state, string id, long action) =>
        state.Get<Volume>(id) is var volume && state.Get<AccountAction>(AccountAction.KeyOf(action)) is var found
            && found.Subject == volume.Id ? found : throw ApiError.NotFound();

    private static VolumeEvent Attachment(AccountChange change, Volume volume, VolumeActionRequest request)
    {
        var id = request.DropletId ?? throw ApiError.Unprocessable("droplet_id is required");
        var droplet = Holder(change.State, id) ?? throw ApiError.NotFound();
        if (droplet.Region != volume.Region)
        {
            throw ApiError.Unprocessable("Droplet and volume must be in the same region");
        }
        if (volume.DropletId is not null)
        {
            // csi-digitalocean looks for these words: driver/controller.go.
            throw ApiError.Unprocessable("This volume is already attached");
        }
        if (change.All<Volume>().Count(other => other.DropletId == id) >= MostOfDroplet)
        {
            throw ApiError.Unprocessable($"a Droplet can have {MostOfDroplet} volumes at most");
        }
        return new(0, Attach, id);
    }

    private static VolumeEvent Detachment(Volume volume, VolumeActionRequest request)
    {
        var id = request.DropletId ?? volume.DropletId;
        // github.com/digitalocean/doctl/issues/207, 2017.
        return volume.DropletId is null || id != volume.DropletId
            ? throw ApiError.Unprocessable("Attachment not found")
            : new(0, Detach, id);
    }

    private static VolumeEvent Growth(Volume volume, VolumeActionRequest request) => request.SizeGigabytes switch
    {
        null => throw ApiError.Unprocessable("size_gigabytes is required"),
        > LargestGiB => throw ApiError.Unprocessable("size_gigabytes must be no more than 16384"),
        var size when size <= volume.SizeGigabytes => throw ApiError.Unprocessable("the new size must be larger than the current one"),
        var size => new(0, Resize, null, size),
    };

    private static IVolumeHolder? Holder(AccountState state, long id) =>
        state.AllOf<IVolumeHolder>().FirstOrDefault(droplet => droplet.Id == id);
}
