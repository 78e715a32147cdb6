using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Http;

namespace Infra.Lab.DigitalOcean.Droplets;

/// <summary>Deletion of Droplets with what belongs to them over HTTP.</summary>
internal static class AssociatedRoutes
{
    private const string Id = "droplet_id";
    private const string Base = $"{DropletRoutes.One}/destroy_with_associated_resources";
    private const string Scope = "droplet:delete";

    public static IEnumerable<ApiRoute> Of(CloudAccount account) =>
    [
        new("GET", Base, "droplet:read", "No reserved addresses.", request =>
        {
            var state = account.State;
            var resources = AssociatedResources.Of(state, DropletRecords.Get(state, request.RouteNumber(Id)))
                .ToLookup(one => one.Resource.Kind, StringComparer.Ordinal);
            return ApiAnswer.Ok(AssociatedResources.Kinds.ToDictionary(kind => kind, kind => resources[kind]
                .Select(one => new { one.Resource.Id, one.Resource.Name, Cost = AssociatedResources.Price(one.Usd) }).ToList()));
        }),
        new("DELETE", $"{Base}/selective", Scope, null, request =>
        {
            var body = request.Body<AssociatedRequest>();
            account.Change(change => AssociatedResources.Delete(change, request.RouteNumber(Id), body));
            return ApiAnswer.Accepted();
        }),
        new("DELETE", $"{Base}/dangerous", Scope, null, request =>
        {
            if (!string.Equals(request.Header("X-Dangerous"), "true", StringComparison.OrdinalIgnoreCase))
            {
                throw ApiError.BadRequest("The X-Dangerous header must be set to true.");
            }
            account.Change(change => AssociatedResources.DeleteAll(change, request.RouteNumber(Id)));
            return ApiAnswer.Accepted();
        }),
        new("GET", $"{Base}/status", Scope, null, request =>
            ApiAnswer.Ok(Status(account.State.Get<AssociatedDeletion>(Droplet.KeyOf(request.RouteNumber(Id)))))),
        new("POST", $"{Base}/retry", Scope, null, request =>
        {
            account.Change(change => AssociatedResources.Retry(change, request.RouteNumber(Id)));
            return ApiAnswer.Accepted();
        }),
    ];

    private static Dictionary<string, object> Status(AssociatedDeletion deletion)
    {
        var resources = deletion.Resources.ToLookup(resource => resource.Kind, StringComparer.Ordinal);
        var view = new Dictionary<string, object>
        {
            ["droplet"] = View(deletion.Key, deletion.DropletName, deletion.DroppedAt, deletion.Problem),
            ["resources"] = AssociatedResources.Kinds.ToDictionary(kind => kind, kind => resources[kind]
                .Select(one => View(one.Id, one.Name, one.DestroyedAt, one.Problem)).ToList()),
            ["failures"] = deletion.Resources.Count(resource => resource.Problem is not null) + (deletion.Problem is null ? 0 : 1),
        };
        if (deletion.CompletedAt is { } completed)
        {
            view["completed_at"] = completed;
        }
        return view;
    }

    private static Dictionary<string, object> View(string id, string name, DateTimeOffset? destroyed, string? problem)
    {
        var view = new Dictionary<string, object> { ["id"] = id, ["name"] = name };
        if (destroyed is { } time)
        {
            view["destroyed_at"] = time;
        }
        if (problem is not null)
        {
            view["error_message"] = problem;
        }
        return view;
    }
}
