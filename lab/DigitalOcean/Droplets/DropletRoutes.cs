using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Http;
using Infra.Lab.DigitalOcean.Images;
using Infra.Lab.DigitalOcean.Tags;

namespace Infra.Lab.DigitalOcean.Droplets;

/// <summary>Droplets over HTTP.</summary>
internal static class DropletRoutes
{
    private const string All = "/v2/droplets";
    private const string Id = "droplet_id";
    private const string ActionId = "action_id";
    private const string Read = "droplet:read";
    private const string ActionScope = "droplet:update";

    /// <summary>Beginning of the paths of one Droplet.</summary>
    public const string One = $"{All}/{{{Id}}}";

    public static IEnumerable<ApiRoute> Of(CloudAccount account) =>
    [
        new("GET", All, Read, null, request => List(account, request)),
        new("POST", All, "droplet:create", "IPv6 addresses carry no packets; public_networking: false hides the address only; no backups.",
            request => Create(account, request)),
        new("DELETE", All, "droplet:delete", null, request =>
        {
            account.Change(change => DropletRecords.DeleteTagged(change, request.Query("tag_name")));
            return ApiAnswer.NoContent;
        }),
        new("GET", One, Read, null, request =>
        {
            var state = account.State;
            var droplet = DropletRecords.Get(state, request.RouteNumber(Id));
            return ApiAnswer.Ok(new { Droplet = new DropletView(state, account.Settings).Json(droplet) });
        }),
        new("DELETE", One, "droplet:delete", null, request =>
        {
            account.Change(change => DropletRecords.Delete(change, request.RouteNumber(Id)));
            return ApiAnswer.NoContent;
        }),
        new("POST", $"{All}/actions", ActionScope, "Leaves out Droplets that refuse the action.", request =>
        {
            var body = request.Body<DropletActionRequest>();
            var actions = account.Change(change => DropletActions.BeginTagged(change, request.Query("tag_name"), body));
            return ApiAnswer.Created(new { Actions = actions.Select(action => action.View(account.Settings)).ToList() });
        }),
        new("GET", $"{One}/actions", Read, null, request => request.Page(
            "actions", DropletActions.Of(account.State, request.RouteNumber(Id)), action => action.View(account.Settings))),
        new("POST", $"{One}/actions", ActionScope, "Refuses rebuild, restore and change_kernel; password_reset changes nothing.", request =>
        {
            var body = request.Body<DropletActionRequest>();
            return ApiAnswer.Created(
                Answer(account, account.Change(change => DropletActions.Begin(change, request.RouteNumber(Id), body))));
        }),
        new("GET", $"{One}/actions/{{{ActionId}}}", Read, null, request => ApiAnswer.Ok(
            Answer(account, DropletActions.One(account.State, request.RouteNumber(Id), request.RouteNumber(ActionId))))),
        new("GET", $"{One}/snapshots", Read, null, request =>
        {
            var state = account.State;
            return request.Page(
                "snapshots", DropletRecords.Snapshots(state, DropletRecords.Get(state, request.RouteNumber(Id))), SnapshotView);
        }),
        new("GET", $"{One}/backups", Read, "Always empty.", request => Empty(account, request, "backups")),
        new("GET", $"{One}/kernels", Read, "Always empty.", request => Empty(account, request, "kernels")),
        new("GET", $"{One}/neighbors", Read, "Always empty: all Droplets are on one machine.", request =>
        {
            DropletRecords.Get(account.State, request.RouteNumber(Id));
            return ApiAnswer.Ok(new { Droplets = Array.Empty<object>() });
        }),
    ];

    private static ApiAnswer List(CloudAccount account, ApiRequest request)
    {
        var (tag, name, type) = (request.Query("tag_name"), request.Query("name"), request.Query("type"));
        var state = account.State;
        var droplets = state.All<Droplet>();
        if (tag is not null && type != "gpus")
        {
            droplets = [.. state.All<DeletedDroplet>().Select(deleted => deleted.Droplet).Concat(droplets)];
        }
        var view = new DropletView(state, account.Settings);
        return request.Page("droplets", [.. droplets.Where(Wanted)], view.Json);

        // Without a filter, GPU Droplets are in a list of their own; by tag and name all are found (digitalocean.md, section 3.1).
        bool Wanted(Droplet droplet) => type switch
        {
            "gpus" => IsGpu(droplet),
            "droplets" => !IsGpu(droplet),
            _ => tag is not null || name is not null || !IsGpu(droplet),
        } && (tag is null || ResourceTags.Has(droplet, tag))
            && (name is null || string.Equals(droplet.Name, name, StringComparison.OrdinalIgnoreCase));

        bool IsGpu(Droplet droplet) => CloudSize.Find(account.Settings, droplet.Size)?.Gpu is not null;
    }

    private static ApiAnswer Create(CloudAccount account, ApiRequest request)
    {
        var body = request.Body<DropletRequest>();
        var created = account.Change(change => DropletRecords.Create(change, body));
        var view = new DropletView(account.State, account.Settings);
        var links = new
        {
            Actions = created.Select(one => new
            {
                one.Action.Id,
                Rel = one.Action.Type,
                Href = $"https://api.digitalocean.com/v2/actions/{one.Action.Key}",
            }).ToList(),
        };
        var views = created.Select(one => Created(view.Of(one.Droplet), body)).ToList();
        return ApiAnswer.Accepted(
            body.Names is null ? new { Droplet = views[0], Links = links } : new { Droplets = views, Links = links });
    }

    // Only the answer to a creation has the partition mode (terraform-provider-digitalocean 401992a1, resource_droplet.go).
    private static Dictionary<string, object?> Created(Dictionary<string, object?> view, DropletRequest request)
    {
        if (request.GpuPartitionMode is { Length: > 0 } mode)
        {
            view["gpu_partition_mode"] = mode;
        }
        return view;
    }

    private static ApiAnswer Empty(CloudAccount account, ApiRequest request, string name)
    {
        DropletRecords.Get(account.State, request.RouteNumber(Id));
        return request.Page(name, Array.Empty<object>(), item => item);
    }

    private static object Answer(CloudAccount account, AccountAction action) => new { Action = action.View(account.Settings) };

    private static object SnapshotView(CloudImage image) =>
        new { image.Id, image.Name, image.CreatedAt, image.Regions, image.MinDiskSize, image.SizeGigabytes, Type = CloudImage.Snapshot };
}
