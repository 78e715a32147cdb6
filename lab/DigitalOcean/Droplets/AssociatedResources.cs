using System.Collections.Immutable;
using System.Globalization;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Images;
using Infra.Lab.DigitalOcean.Storage;

namespace Infra.Lab.DigitalOcean.Droplets;

/// <summary>The members of a request that deletes a Droplet with some of what belongs to it.</summary>
internal sealed record AssociatedRequest(
    IReadOnlyList<string?>? Snapshots = null, IReadOnlyList<string?>? Volumes = null, IReadOnlyList<string?>? VolumeSnapshots = null,
    IReadOnlyList<string?>? ReservedIps = null, IReadOnlyList<string?>? FloatingIps = null);

/// <summary>A deletion of a Droplet with what belongs to it.</summary>
/// <param name="DropletId">The Droplet.</param>
/// <param name="DropletName">Its name.</param>
/// <param name="Resources">What goes with it.</param>
internal sealed record AssociatedDeletion(long DropletId, string DropletName, ImmutableArray<AssociatedResource> Resources) : IRecord
{
    /// <summary>When the Droplet was gone; null: it is there.</summary>
    public DateTimeOffset? DroppedAt { get; init; }

    /// <summary>Why the Droplet is still there; null: it is gone, or on its way.</summary>
    public string? Problem { get; init; }

    /// <summary>When it ended; null: it is under way.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    public string Key => Droplet.KeyOf(DropletId);
}

/// <summary>Something that goes with a Droplet.</summary>
/// <param name="Kind"><c>snapshots</c>, <c>volumes</c> or <c>volume_snapshots</c>.</param>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="DestroyedAt">When it was gone; null: it is there.</param>
/// <param name="Problem">Why it is still there.</param>
internal sealed record AssociatedResource(string Kind, string Id, string Name, DateTimeOffset? DestroyedAt = null, string? Problem = null);

/// <summary>What belongs to a Droplet and costs money without it: listed, and deleted together with it.</summary>
internal static class AssociatedResources
{
    public const string Snapshots = "snapshots";
    public const string Volumes = "volumes";
    public const string VolumeSnapshots = "volume_snapshots";

    public static readonly ImmutableArray<string> Kinds = ["reserved_ips", "floating_ips", Snapshots, Volumes, VolumeSnapshots];

    /// <summary>Price of a snapshot (docs.digitalocean.com, pricing; 2026-08): USD for a GiB and month.</summary>
    private const decimal SnapshotUsdPerGiB = 0.06m;

    /// <summary>What belongs to a Droplet, with its price of a month.</summary>
    public static IReadOnlyList<(AssociatedResource Resource, decimal Usd)> Of(AccountState state, Droplet droplet)
    {
        var volumes = DropletRecords.Volumes(state, droplet);
        return
        [
            .. DropletRecords.Snapshots(state, droplet).Select(image => (
                new AssociatedResource(Snapshots, image.Key, image.Name), image.SizeGigabytes * SnapshotUsdPerGiB)),
            .. volumes.Select(volume => (new AssociatedResource(Volumes, volume.Key, volume.Name), volume.UsdPerMonth)),
            .. state.AllOf<IVolumeSnapshot>().Where(snapshot => volumes.Any(volume => volume.Key == snapshot.VolumeId)).Select(snapshot => (
                new AssociatedResource(VolumeSnapshots, snapshot.Key, snapshot.Name), snapshot.SizeGigabytes * SnapshotUsdPerGiB)),
        ];
    }

    /// <summary>Begins a deletion with some resources.</summary>
    /// <exception cref="ApiError">404: something does not belong to the Droplet.</exception>
    public static void Delete(AccountChange change, long id, AssociatedRequest request)
    {
        var droplet = DropletRecords.Get(change.State, id);
        var known = Of(change.State, droplet).Select(one => one.Resource).ToList();
        Begin(change, droplet,
        [
            .. Named(Snapshots, request.Snapshots), .. Named(Volumes, request.Volumes),
            .. Named(VolumeSnapshots, request.VolumeSnapshots), .. Named("reserved_ips", request.ReservedIps),
            .. Named("floating_ips", request.FloatingIps),
        ]);

        IEnumerable<AssociatedResource> Named(string kind, IReadOnlyList<string?>? ids) => (ids ?? []).Distinct()
            .Select(one => known.FirstOrDefault(resource => resource.Kind == kind && resource.Id == one) ?? throw ApiError.NotFound());
    }

    /// <summary>Begins a deletion with all resources.</summary>
    public static void DeleteAll(AccountChange change, long id)
    {
        var droplet = DropletRecords.Get(change.State, id);
        Begin(change, droplet, [.. Of(change.State, droplet).Select(one => one.Resource)]);
    }

    /// <summary>Begins what has failed again.</summary>
    /// <exception cref="ApiError">404: there was none; 409: it is under way.</exception>
    public static void Retry(AccountChange change, long id)
    {
        var deletion = change.Get<AssociatedDeletion>(Droplet.KeyOf(id));
        if (deletion.CompletedAt is null)
        {
            throw ApiError.Conflict("The request could not be completed due to a conflict.");
        }
        if (change.Find<Droplet>(deletion.Key) is { } droplet)
        {
            Begin(change, droplet, [.. deletion.Resources.Where(resource => resource.DestroyedAt is null)]);
        }
        else
        {
            Finish(change, deletion, droplet: null);
        }
    }

    private static void Begin(AccountChange change, Droplet droplet, ImmutableArray<AssociatedResource> resources)
    {
        if (change.Find<AssociatedDeletion>(droplet.Key) is { CompletedAt: null })
        {
            throw ApiError.Conflict("The request could not be completed due to a conflict.");
        }
        change.Put(new AssociatedDeletion(droplet.Id, droplet.Name, resources));
        DropletRecords.Delete(change, droplet.Id);
    }

    /// <summary>Continues when the Droplet is gone, or could not be deleted.</summary>
    /// <param name="change">The change.</param>
    /// <param name="deletion">The deletion.</param>
    /// <param name="droplet">The Droplet that is still there; null: it is gone.</param>
    public static void Finish(AccountChange change, AssociatedDeletion deletion, Droplet? droplet) => change.Put(deletion with
    {
        DroppedAt = droplet is null ? deletion.DroppedAt ?? change.Now : null,
        Problem = droplet?.Problem,
        CompletedAt = change.Now,
        Resources =
        [
            .. deletion.Resources.Select(resource =>
                droplet is null && resource.DestroyedAt is null ? Deleted(change, resource) : resource),
        ],
    });

    private static AssociatedResource Deleted(AccountChange change, AssociatedResource resource)
    {
        try
        {
            switch (resource.Kind)
            {
                case Snapshots:
                    CloudImages.Delete(change, resource.Id);
                    break;
                case Volumes when change.State.AllOf<IBlockVolume>().FirstOrDefault(one => one.Key == resource.Id) is { } volume:
                    volume.Delete(change);
                    break;
                case VolumeSnapshots
                    when change.State.AllOf<IVolumeSnapshot>().FirstOrDefault(one => one.Key == resource.Id) is { } snapshot:
                    snapshot.Delete(change);
                    break;
            }
            return resource with { DestroyedAt = change.Now, Problem = null };
        }
        catch (ApiError error) when (error.Status == 404)
        {
            return resource with { DestroyedAt = change.Now, Problem = null };
        }
        catch (ApiError error)
        {
            return resource with { Problem = error.Message };
        }
    }

    /// <summary>As the API writes prices.</summary>
    public static string Price(decimal usd) => usd.ToString("0.00", CultureInfo.InvariantCulture);
}
