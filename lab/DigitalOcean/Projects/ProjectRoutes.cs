using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Http;
using Infra.Lab.DigitalOcean.Overview;

namespace Infra.Lab.DigitalOcean.Projects;

/// <summary>Projects and their resources over HTTP.</summary>
internal static class ProjectRoutes
{
    private const string All = "/v2/projects";
    private const string Id = "project_id";

    /// <summary>The number of the owner, which the specification has next to its UUID; made up.</summary>
    private const int OwnerId = 258992;

    public static IEnumerable<ApiRoute> Of(CloudAccount account) =>
    [
        new("GET", All, "project:read", null, request =>
        {
            account.Change(Projects.Default);
            return request.Page("projects", account.State.All<Project>(), project => View(account, project));
        }),
        new("POST", All, "project:create", null, request =>
        {
            var body = request.Body<ProjectRequest>();
            return ApiAnswer.Created(Answer(account, account.Change(change => Projects.Create(change, body))));
        }),
        .. OfOne(account, $"{All}/{Projects.DefaultId}", _ => Projects.DefaultId),
        .. OfOne(account, $"{All}/{{{Id}}}", request => request.Route(Id)),
        new("DELETE", $"{All}/{{{Id}}}", "project:delete", null, request =>
        {
            account.Change(change => Projects.Delete(change, request.Route(Id)));
            return ApiAnswer.NoContent;
        }),
    ];

    private static IEnumerable<ApiRoute> OfOne(CloudAccount account, string path, Func<ApiRequest, string> id) =>
    [
        new("GET", path, "project:read", null, request =>
            ApiAnswer.Ok(Answer(account, account.Change(change => Projects.Get(change, id(request)))))),
        new("PUT", path, "project:update", null, request => Update(account, request, id(request), whole: true)),
        new("PATCH", path, "project:update", null, request => Update(account, request, id(request), whole: false)),
        new("GET", $"{path}/resources", "project:read", null, request => request.Page(
            "resources", account.Change(change => Projects.Resources(change, Projects.Get(change, id(request)))), View)),
        new("POST", $"{path}/resources", "project:assign_resource", null, request =>
        {
            var body = request.Body<AssignmentRequest>();
            var resources = account.Change(change => Projects.Assign(change, id(request), body));
            return ApiAnswer.Ok(new { Resources = resources.Select(View).ToList() });
        }),
    ];

    private static ApiAnswer Update(CloudAccount account, ApiRequest request, string id, bool whole)
    {
        var body = request.Body<ProjectRequest>();
        return ApiAnswer.Ok(Answer(account, account.Change(change => Projects.Update(change, id, body, whole))));
    }

    private static object Answer(CloudAccount account, Project project) => new { Project = View(account, project) };

    private static Dictionary<string, object> View(CloudAccount account, Project project)
    {
        var view = new Dictionary<string, object>
        {
            ["id"] = project.Id,
            ["owner_uuid"] = AccountIdentity.Of(account).TeamId,
            ["owner_id"] = OwnerId,
            ["name"] = project.Name,
            ["description"] = project.Description,
            ["purpose"] = project.Purpose,
            ["is_default"] = project.IsDefault,
            ["created_at"] = project.CreatedAt,
            ["updated_at"] = project.UpdatedAt,
        };
        // An environment that was never given is no value of the specification's.
        if (project.Environment.Length > 0)
        {
            view["environment"] = project.Environment;
        }
        return view;
    }

    private static object View(ProjectResource resource) => new
    {
        resource.Urn,
        resource.AssignedAt,
        Links = new { Self = $"https://api.digitalocean.com{Projects.PathOf(resource.Urn)}" },
        resource.Status,
    };
}
