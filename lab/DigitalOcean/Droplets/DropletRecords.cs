using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Faults;
using Infra.Lab.DigitalOcean.Images;
using Infra.Lab.DigitalOcean.Networks;
using Infra.Lab.DigitalOcean.Storage;
using Infra.Lab.DigitalOcean.Tags;

namespace Infra.Lab.DigitalOcean.Droplets;

/// <summary>A Droplet that was created, with the action that boots it.</summary>
internal sealed record CreatedDroplet(Droplet Droplet, AccountAction Action);

/// <summary>What DigitalOcean does with Droplets.</summary>
internal static class DropletRecords
{
    /// <summary>Creates one Droplet or several: all or none.</summary>
    public static IReadOnlyList<CreatedDroplet> Create(AccountChange change, DropletRequest request)
    {
        var names = DropletRules.Names(request);
        var size = DropletRules.Size(change.Settings, request.Size);
        DropletRules.PartitionMode(request.GpuPartitionMode);
        var vpc = DropletRules.Vpc(change.State, request.VpcUuid);
        var region = DropletRules.Region(request.Region, size, vpc);
        var image = DropletRules.Image(change.State, request.Image, region, size);
        var userData = DropletRules.UserData(request.UserData);
        var keys = DropletRules.Keys(change.State, request.SshKeys);
        var backups = DropletRules.Backups(request.Backups == true, request.BackupPolicy);
        var volumes = DropletRules.Volumes(change.State, request.Volumes, region);
        if (volumes.Count > 0 && names.Count > 1)
        {
            throw ApiError.Unprocessable("Storage can only be attached to a single Droplet.");
        }
        if (vpc is not null && vpc.Region != region)
        {
            throw ApiError.Unprocessable("The VPC and the Droplet must be in the same region.");
        }
        DropletRules.Limits(change, names.Count, size);
        change.RefuseIf(
            FaultKinds.OutOfStock, $"{size.Slug}@{region}", () => ApiError.Unprocessable("Size is not available in this region."));
        vpc ??= Vpcs.DefaultOf(change, region);
        return [.. names.Select(name => Create(name))];

        CreatedDroplet Create(string name)
        {
            var id = change.NextNumber();
            var action = AccountActions.Begin(change, DropletActions.Create, Droplet.ResourceType, Droplet.KeyOf(id), region,
                DropletWork.WorkKind, DropletTimes.Create(change.Settings, size));
            foreach (var volume in volumes)
            {
                change.Put(volume.AttachedTo(id));
            }
            return new(change.Put(new Droplet(
                id, name, region, size.Slug, size.DiskGiB, image, vpc.Id, Vpcs.TakeAddress(change, vpc), change.Now)
            {
                HasPublicNetworking = request.PublicNetworking ?? true,
                HasIpv6 = request.Ipv6 == true,
                HasMonitoring = request.Monitoring == true,
                HasAgent = request.WithDropletAgent ?? true,
                Backups = backups,
                UserData = userData,
                PublicKeys = [.. keys.Select(key => key.PublicKey)],
                Tags = ResourceTags.Given(change, request.Tags, Droplet.ResourceType, Droplet.KeyOf(id)),
                Pending = new(action.Id, DropletActions.Create),
            }), action);
        }
    }

    /// <exception cref="ApiError">404.</exception>
    public static Droplet Get(AccountState state, long id) => state.Get<Droplet>(Droplet.KeyOf(id));

    /// <summary>
    /// Begins a deletion, also while an action runs, which ends with an error. Another one while it is under way changes nothing.
    /// Volumes are detached, not deleted.
    /// </summary>
    public static void Delete(AccountChange change, long id)
    {
        var droplet = Get(change.State, id);
        if (!droplet.IsDeleting)
        {
            if (droplet.Pending is { } interrupted)
            {
                change.Remove(new Work(DropletWork.WorkKind, droplet.Key, change.Now, interrupted.ActionId));
                AccountActions.End(change, interrupted.ActionId, new OperationCanceledException());
            }
            change.Put(droplet with { IsDeleting = true, Pending = null });
            change.Put(new Work(DropletDeletion.WorkKind, droplet.Key, change.Now + DropletTimes.Delete(change.Settings)));
        }
    }

    /// <summary>Deletes all that have a tag; a tag without Droplets is no error.</summary>
    /// <exception cref="ApiError">422: the tag is missing.</exception>
    public static void DeleteTagged(AccountChange change, string? tag)
    {
        foreach (var droplet in Tagged(change.State, tag is { Length: > 0 } ? tag : throw ApiError.Unprocessable("tag_name is required")))
        {
            Delete(change, droplet.Id);
        }
    }

    /// <summary>Droplets with a tag.</summary>
    public static IReadOnlyList<Droplet> Tagged(AccountState state, string tag) =>
        [.. state.All<Droplet>().Where(droplet => ResourceTags.Has(droplet, tag))];

    /// <summary>The last step of a deletion: the Droplet is gone, and nothing names it any more.</summary>
    public static void Remove(AccountChange change, Droplet droplet)
    {
        foreach (var volume in Volumes(change.State, droplet))
        {
            change.Put(volume.AttachedTo(null));
        }
        foreach (var other in change.State.AllOf<INamesDroplets>().Where(other => other.Names(droplet.Id)))
        {
            change.Put(other.Without(droplet.Id));
        }
        change.Remove(droplet);
        if (DropletTimes.Linger(change.Settings) is { Ticks: > 0 } time)
        {
            change.Put(new DeletedDroplet(droplet));
            change.Put(DeletedMember.Of(droplet));
            change.Put(new Work(DeletedDroplet.WorkKind, droplet.Key, change.Now + time));
        }
    }

    /// <summary>Its snapshots.</summary>
    public static IReadOnlyList<CloudImage> Snapshots(AccountState state, Droplet droplet) =>
        [.. state.All<CloudImage>().Where(image => image.DropletId == droplet.Id)];

    /// <summary>The Volumes that are attached to it.</summary>
    public static IReadOnlyList<IBlockVolume> Volumes(AccountState state, Droplet droplet) =>
        [.. state.AllOf<IBlockVolume>().Where(volume => volume.DropletId == droplet.Id)];
}
