using System.Text.RegularExpressions;
using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.Projects;

/// <summary>What DigitalOcean does with projects, and refuses.</summary>
internal static partial class Projects
{
    /// <summary>The id that stands for the default project.</summary>
    public const string DefaultId = "default";

    // Specification 2.0, schema project_base.
    private const int LongestName = 175;
    private const int LongestText = 255;
    private const string Other = "Other: ";
    private static readonly string[] s_environments = ["Development", "Staging", "Production"];
    private static readonly string[] s_purposes =
    [
        "Just trying out DigitalOcean", "Class project / Educational purposes", "Website or blog", "Web Application", "Service or API",
        "Mobile Application", "Machine learning / AI / Data processing", "IoT", "Operational / Developer tooling",
    ];

    // Kinds of resources that a project has, and the last part of the path of each; specification 2.0, schema urn.
    private static readonly Dictionary<string, string> s_paths = new(StringComparer.Ordinal)
    {
        ["droplet"] = "droplets",
        ["domain"] = "domains",
        ["volume"] = "volumes",
        ["loadbalancer"] = "load_balancers",
    };

    // Of URNs; kinds that the lab does not have are found nowhere. Words: a project with a reserved address, terraform's log of 2022.
    private static readonly string[] s_kinds =
    [
        "app", "dbaas", "domain", "droplet", "firewall", "floatingip", "image", "kubernetes", "loadbalancer", "saas", "space", "volume",
    ];
    private const string OtherKind = "resource types must be one of the following: AppPlatformApp Bucket Database Domain DomainRecord "
        + "Droplet Firewall FloatingIp Image Kubernetes LoadBalancer MarketplaceApp Saas Volume";

    /// <summary>The default project, which each account has.</summary>
    public static Project Default(AccountChange change) => change.All<Project>().FirstOrDefault(project => project.IsDefault)
        ?? change.Put(new Project(AccountChange.NewId(), "first-project", "Update your project information under Settings",
            s_purposes[0], "", true, change.Now, change.Now));

    /// <param name="change">The change.</param>
    /// <param name="id">Its id, or <c>default</c>.</param>
    public static Project Get(AccountChange change, string id)
    {
        var byDefault = Default(change);
        return id == DefaultId ? byDefault : change.Get<Project>(id);
    }

    public static Project Create(AccountChange change, ProjectRequest request)
    {
        Default(change);
        var project = Checked(
            change, new Project(AccountChange.NewId(), "", "", "", "", false, change.Now, change.Now), request, whole: true);
        return change.Put(project);
    }

    /// <param name="change">The change.</param>
    /// <param name="id">Its id, or <c>default</c>.</param>
    /// <param name="request">The new values.</param>
    /// <param name="whole">PUT: all are required. PATCH: what is not given stays.</param>
    public static Project Update(AccountChange change, string id, ProjectRequest request, bool whole)
    {
        var before = Get(change, id);
        if (whole
            && request is not { Name: not null, Description: not null, Purpose: not null, Environment: not null, IsDefault: not null })
        {
            throw ApiError.Unprocessable("name, description, purpose, environment and is_default are required");
        }
        var project = Checked(change, before, request, whole) with { UpdatedAt = change.Now };
        if (request.IsDefault == true && !project.IsDefault)
        {
            change.Put(Default(change) with { IsDefault = false });
            project = project with { IsDefault = true };
        }
        return change.Put(project);
    }

    public static void Delete(AccountChange change, string id)
    {
        var project = Get(change, id);
        if (project.IsDefault)
        {
            throw ApiError.PreconditionFailed("cannot delete the default project");
        }
        if (Resources(change, project).Count > 0)
        {
            // github.com/digitalocean/terraform-provider-digitalocean/issues/1608, 2026-09-22.
            throw ApiError.PreconditionFailed("cannot delete a project with resources");
        }
        change.Remove(project);
    }

    /// <summary>What belongs to a project, in order of creation.</summary>
    public static IReadOnlyList<ProjectResource> Resources(AccountChange change, Project project) =>
        [.. Assignable(change).Where(resource => IdOf(change.State, resource) == project.Id).Select(resource => new ProjectResource(
            resource.Urn, change.Find<ProjectAssignment>(resource.Urn)?.AssignedAt ?? resource.CreatedAt, "ok"))];

    /// <summary>Assigns resources; one that is missing is reported as such, and the others are assigned.</summary>
    public static IReadOnlyList<ProjectResource> Assign(AccountChange change, string id, AssignmentRequest request)
    {
        var project = Get(change, id);
        var results = new List<ProjectResource>();
        foreach (var urn in request.Resources ?? throw ApiError.Unprocessable("resources is required"))
        {
            if (urn is null || UniformName().Match(urn) is not { Success: true } name)
            {
                throw ApiError.Unprocessable($"resource {urn ?? "null"} is no uniform resource name");
            }
            if (!s_kinds.Contains(name.Groups[1].Value))
            {
                throw ApiError.BadRequest(OtherKind);
            }
            var resource = Assignable(change).FirstOrDefault(one => one.Urn == urn);
            var status = resource is null ? "not_found" : IdOf(change.State, resource) == project.Id ? "already_assigned" : "assigned";
            if (status == "assigned")
            {
                change.Put(new ProjectAssignment(urn, project.Id, change.Now));
            }
            results.Add(new(urn, change.Find<ProjectAssignment>(urn)?.AssignedAt ?? resource?.CreatedAt ?? change.Now, status));
        }
        return results;
    }

    /// <summary>Gives a resource that is made or changed to the project that the request names; none: it stays where it is.</summary>
    /// <exception cref="ApiError">422: there is no such project.</exception>
    public static void Place(AccountChange change, IResource resource, string? project)
    {
        Default(change);
        if (string.IsNullOrEmpty(project) || project == IdOf(change.State, resource))
        {
            return;
        }
        if (change.Find<Project>(project) is null)
        {
            throw ApiError.Unprocessable($"project {project} not found");
        }
        change.Put(new ProjectAssignment(resource.Urn, project, change.Now));
    }

    /// <summary>Id of the project that a resource belongs to; empty: the account has no project yet.</summary>
    public static string IdOf(AccountState state, IResource resource) =>
        // An assignment to a project that is gone, or of a resource that had the same name, is none.
        state.Find<ProjectAssignment>(resource.Urn) is { } assigned && assigned.AssignedAt >= resource.CreatedAt
            && state.Find<Project>(assigned.ProjectId) is not null ? assigned.ProjectId
            : state.All<Project>().FirstOrDefault(project => project.IsDefault)?.Id ?? "";

    /// <summary>Path of a resource: <c>/v2/droplets/500000001</c>.</summary>
    public static string PathOf(string urn)
    {
        var parts = urn.Split(':', 3);
        return $"/v2/{s_paths.GetValueOrDefault(parts[1], parts[1])}/{parts[2]}";
    }

    private static IEnumerable<IResource> Assignable(AccountChange change) =>
        change.State.AllOf<IResource>().Where(resource => s_paths.ContainsKey(resource.Urn.Split(':')[1]));

    private static Project Checked(AccountChange change, Project before, ProjectRequest request, bool whole)
    {
        var name = request.Name ?? (whole ? "" : before.Name);
        if (string.IsNullOrWhiteSpace(name) || name.Length > LongestName)
        {
            throw ApiError.Unprocessable($"name is required and may have {LongestName} characters");
        }
        if (change.All<Project>().Any(other => other.Id != before.Id && other.Name == name))
        {
            throw ApiError.Conflict("name is already taken");
        }
        var purpose = request.Purpose ?? (whole ? "" : before.Purpose);
        if (string.IsNullOrWhiteSpace(purpose) || purpose.Length > LongestText || request.Description?.Length > LongestText)
        {
            throw ApiError.Unprocessable($"purpose is required; it and description may have {LongestText} characters");
        }
        // Whatever the case: the provider accepts both, and compares so.
        var environment = request.Environment is null or "" ? request.Environment ?? before.Environment
            : s_environments.FirstOrDefault(known => string.Equals(known, request.Environment, StringComparison.OrdinalIgnoreCase))
                ?? throw ApiError.Unprocessable($"environment must be one of {string.Join(", ", s_environments)}");
        return before with
        {
            Name = name,
            Description = request.Description ?? before.Description,
            Purpose = s_purposes.Contains(purpose) || purpose.StartsWith(Other, StringComparison.Ordinal) ? purpose : Other + purpose,
            Environment = environment,
        };
    }

    [GeneratedRegex(@"^do:([a-z]+):.+\z")]
    private static partial Regex UniformName();
}
