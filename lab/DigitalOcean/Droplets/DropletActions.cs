using System.Globalization;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Images;
using Infra.Lab.DigitalOcean.Storage;

namespace Infra.Lab.DigitalOcean.Droplets;

/// <summary>Actions of Droplets: what DigitalOcean does, and refuses. Known words: provider and clients (2015 to 2026).</summary>
internal static class DropletActions
{
    public const string Create = "create";
    public const string PowerOn = "power_on";
    public const string PowerOff = "power_off";
    public const string PowerCycle = "power_cycle";
    public const string Reboot = "reboot";
    public const string Shutdown = "shutdown";
    public const string Resize = "resize";
    public const string Rename = "rename";
    public const string Snapshot = "snapshot";
    public const string EnableBackups = "enable_backups";
    public const string DisableBackups = "disable_backups";
    public const string ChangeBackupPolicy = "change_backup_policy";
    public const string EnableIpv6 = "enable_ipv6";
    public const string PasswordReset = "password_reset";

    /// <summary>Actions that can be asked for all Droplets of a tag (specification 2.0, dropletActions_post_byTag).</summary>
    private static readonly string[] s_bulk =
        [PowerCycle, PowerOn, PowerOff, Shutdown, EnableIpv6, EnableBackups, DisableBackups, Snapshot];

    /// <summary>Begins an action.</summary>
    public static AccountAction Begin(AccountChange change, long id, DropletActionRequest request)
    {
        var droplet = DropletRecords.Get(change.State, id);
        var type = request.Type ?? throw ApiError.Unprocessable("type is required");
        if (droplet.HasPendingEvent || change.All<Volume>().Any(volume => volume.Pending?.DropletId == id))
        {
            throw ApiError.Unprocessable("Droplet already has a pending event.");
        }
        var asked = Asked(change, droplet, request);
        var action = AccountActions.Begin(change, type, Droplet.ResourceType, droplet.Key, droplet.Region, DropletWork.WorkKind,
            DropletTimes.Action(change.Settings, type));
        change.Put(droplet with { Pending = asked with { ActionId = action.Id }, Problem = null });
        return action;
    }

    /// <summary>Begins an action on all Droplets of a tag that can do it now; the others are left as they are.</summary>
    public static IReadOnlyList<AccountAction> BeginTagged(AccountChange change, string? tag, DropletActionRequest request)
    {
        if (tag is not { Length: > 0 })
        {
            throw ApiError.Unprocessable("tag_name is required");
        }
        if (request.Type is null || !s_bulk.Contains(request.Type))
        {
            throw ApiError.Unprocessable($"type must be one of {string.Join(", ", s_bulk)}");
        }
        var actions = new List<AccountAction>();
        foreach (var droplet in DropletRecords.Tagged(change.State, tag))
        {
            try
            {
                actions.Add(Begin(change, droplet.Id, request));
            }
            catch (ApiError error) when (error.Status == 422)
            {
                // It is in that state already, or busy.
            }
        }
        return actions;
    }

    /// <summary>Actions of a Droplet, the newest first.</summary>
    public static IReadOnlyList<AccountAction> Of(AccountState state, long id)
    {
        var droplet = DropletRecords.Get(state, id);
        return [.. state.All<AccountAction>().Where(action => Concerns(action, droplet)).Reverse()];
    }

    /// <exception cref="ApiError">404.</exception>
    public static AccountAction One(AccountState state, long id, long action) =>
        state.Get<AccountAction>(AccountAction.KeyOf(action)) is var found && Concerns(found, DropletRecords.Get(state, id))
            ? found : throw ApiError.NotFound();

    private static bool Concerns(AccountAction action, Droplet droplet) =>
        action.ResourceType == Droplet.ResourceType && action.ResourceId == droplet.Id;

    private static DropletEvent Asked(AccountChange change, Droplet droplet, DropletActionRequest request)
    {
        var asked = new DropletEvent(0, request.Type!);
        switch (request.Type)
        {
            // No refusal of power_on for one that is active: Ansible's module asks for it after each creation, and waits for the action.
            case PowerOff or Shutdown when droplet.Status == Droplet.Off:
                throw ApiError.Unprocessable("Droplet is already powered off.");
            case Reboot or PowerCycle when droplet.Status == Droplet.Off:
                throw ApiError.Unprocessable("Droplet is currently off. Please power it on to run this event.");
            case DisableBackups when droplet.Backups is null:
                throw ApiError.Unprocessable("Backups have already been disabled on this Droplet.");
            case EnableBackups when droplet.Backups is not null:
                throw ApiError.Unprocessable("Backups have already been enabled on this Droplet.");
            case ChangeBackupPolicy when droplet.Backups is null || request.BackupPolicy is null:
                throw ApiError.Unprocessable("Backups must be enabled on this Droplet, and backup_policy given.");
            case EnableBackups or ChangeBackupPolicy:
                return asked with { Policy = DropletRules.Backups(asked: true, request.BackupPolicy) };
            case EnableIpv6 when droplet.HasIpv6:
                throw ApiError.Unprocessable("IPv6 has already been enabled on this Droplet.");
            case Rename:
                return asked with { Name = DropletRules.Name(request.Name) };
            case Snapshot:
                return asked with { Name = request.Name is { Length: > 0 } name ? name : SnapshotName(change, droplet) };
            case Resize:
                return Resized(change.Settings, droplet, request, asked);
            case PowerOn or PowerOff or Shutdown or Reboot or PowerCycle or DisableBackups or EnableIpv6 or PasswordReset:
                return asked;
            case "rebuild" or "restore" or "change_kernel":
                throw ApiError.Unprocessable($"The action {request.Type} is not available for this Droplet.");
            default:
                throw ApiError.Unprocessable("The action that you specified is invalid.");
        }
    }

    private static DropletEvent Resized(AccountSettings settings, Droplet droplet, DropletActionRequest request, DropletEvent asked)
    {
        var before = CloudSize.Find(settings, droplet.Size);
        if (before?.Gpu is not null)
        {
            throw ApiError.Unprocessable("GPU Droplets cannot be resized.");
        }
        if (request.Size is null || CloudSize.Find(settings, request.Size) is not { Gpu: null } size
            || !size.Regions.Contains(droplet.Region))
        {
            throw ApiError.Unprocessable("You specified an invalid size for Droplet resize.");
        }
        if (size.Slug == droplet.Size)
        {
            throw ApiError.Unprocessable("The droplet is already set to this size.");
        }
        if (size.DiskGiB < droplet.DiskGiB)
        {
            throw ApiError.Unprocessable("This size is not available because it has a smaller disk.");
        }
        return droplet.Status != Droplet.Off
            ? throw ApiError.Unprocessable("Droplet is currently on. Please power it off to run this event.")
            : asked with { Size = size.Slug, ResizesDisk = request.Disk == true };
    }

    // As in the specification's examples: web-01-1595954862243.
    private static string SnapshotName(AccountChange change, Droplet droplet) =>
        string.Create(CultureInfo.InvariantCulture, $"{droplet.Name}-{change.Now.ToUnixTimeMilliseconds()}");

    /// <summary>Records what an action has done.</summary>
    /// <param name="change">The change.</param>
    /// <param name="droplet">The Droplet.</param>
    /// <param name="done">The action.</param>
    public static Droplet Apply(AccountChange change, Droplet droplet, DropletEvent done) => done.Type switch
    {
        Create or PowerOn => droplet with { Status = Droplet.Active },
        PowerOff or Shutdown => droplet with { Status = Droplet.Off },
        Rename => droplet with { Name = done.Name! },
        EnableBackups or ChangeBackupPolicy => droplet with { Backups = done.Policy },
        DisableBackups => droplet with { Backups = null },
        EnableIpv6 => droplet with { HasIpv6 = true },
        Resize => droplet with
        {
            Size = done.Size!,
            DiskGiB = done.ResizesDisk ? CloudSize.Find(change.Settings, done.Size!)!.DiskGiB : droplet.DiskGiB,
        },
        Snapshot => Snapshotted(change, droplet, done),
        _ => droplet,
    };

    // The id of the action is no other resource's id: the image takes it, so that the copy can be made before the image is known.
    private static Droplet Snapshotted(AccountChange change, Droplet droplet, DropletEvent done)
    {
        change.Put(new CloudImage(done.ActionId, done.Name!, CloudImage.Snapshot, droplet.Image.Distribution, null,
            PublicImages.Known(droplet.Region), droplet.DiskGiB, droplet.Image.SizeGigabytes, "", [], change.Now, droplet.Id,
            droplet.Image.Slug ?? droplet.Image.BaseSlug));
        return droplet;
    }
}
