using System.Globalization;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Http;
using Infra.Lab.DigitalOcean.Images;

namespace Infra.Lab.DigitalOcean.Storage;

/// <summary>Snapshots of Droplets and Volumes as one list. A Droplet's is also an image.</summary>
internal static class SnapshotRoutes
{
    private const string Id = "snapshot_id";
    private const string One = $"/v2/snapshots/{{{Id}}}";

    public static IEnumerable<ApiRoute> Of(CloudAccount account) =>
    [
        new("GET", "/v2/snapshots", "snapshot:read", null, request =>
        {
            var type = request.Query("resource_type");
            if (type is not (null or "" or "droplet" or Volume.ResourceType))
            {
                throw ApiError.Unprocessable("resource_type must be droplet or volume");
            }
            // The specification has no region; godo asks with one.
            var region = request.Query("region");
            IRecord[] all =
            [
                .. account.State.All<CloudImage>().Where(image => image.DropletId is not null && type != Volume.ResourceType
                    && (region is null || image.Regions.Contains(region))),
                .. account.State.All<VolumeSnapshot>().Where(copy => type != "droplet" && (region is null || copy.Region == region)),
            ];
            return request.Page("snapshots", all, View);
        }),
        new("GET", One, "snapshot:read", null, request => ApiAnswer.Ok(new { Snapshot = View(Find(account, request)) })),
        new("DELETE", One, "snapshot:delete", null, request =>
        {
            var snapshot = Find(account, request);
            account.Change(change =>
            {
                if (snapshot is CloudImage image)
                {
                    CloudImages.Delete(change, image.Key);
                }
                else
                {
                    Volumes.DeleteSnapshot(change, snapshot.Key);
                }
            });
            return ApiAnswer.NoContent;
        }),
    ];

    private static IRecord Find(CloudAccount account, ApiRequest request)
    {
        var id = request.Route(Id);
        return account.State.Find<VolumeSnapshot>(id) ?? (IRecord?)CloudImages.Find(account.State, id) switch
        {
            null => throw ApiError.NotFound(),
            CloudImage { DropletId: null } => throw ApiError.BadRequest("the resource is not a snapshot"),
            var image => image,
        };
    }

    private static object View(IRecord snapshot) => snapshot is not CloudImage image ? ((VolumeSnapshot)snapshot).View() : new
    {
        Id = image.Key,
        image.Name,
        image.CreatedAt,
        image.Regions,
        ResourceId = image.DropletId?.ToString(CultureInfo.InvariantCulture),
        ResourceType = "droplet",
        image.MinDiskSize,
        image.SizeGigabytes,
        image.Tags,
    };
}
