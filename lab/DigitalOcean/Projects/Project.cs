using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.Projects;

/// <summary>A group of resources.</summary>
/// <param name="Id">Its UUID.</param>
/// <param name="Name">Unique in the account.</param>
/// <param name="Description">Free text.</param>
/// <param name="Purpose">What it is for, in DigitalOcean's words or, after <c>Other: </c>, in the user's.</param>
/// <param name="Environment"><c>Development</c>, <c>Staging</c>, <c>Production</c>, or empty.</param>
/// <param name="IsDefault">Whether resources belong to it that no other project has.</param>
/// <param name="CreatedAt">Time of its creation.</param>
/// <param name="UpdatedAt">Time of its last change.</param>
internal sealed record Project(
    string Id, string Name, string Description, string Purpose, string Environment, bool IsDefault, DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt) : IRecord
{
    public string Key => Id;
}

/// <summary>A resource that was assigned to a project; all others belong to the default one.</summary>
/// <param name="Urn">Uniform resource name.</param>
/// <param name="ProjectId">The project.</param>
/// <param name="AssignedAt">When.</param>
internal sealed record ProjectAssignment(string Urn, string ProjectId, DateTimeOffset AssignedAt) : IRecord
{
    public string Key => Urn;
}

/// <summary>A resource of a project as the API shows it.</summary>
/// <param name="Urn">Uniform resource name.</param>
/// <param name="AssignedAt">Since when it belongs to the project.</param>
/// <param name="Status"><c>ok</c>, <c>not_found</c>, <c>assigned</c> or <c>already_assigned</c>.</param>
internal sealed record ProjectResource(string Urn, DateTimeOffset AssignedAt, string Status);

/// <summary>The members of a request that creates or changes a project; null: not given.</summary>
internal sealed record ProjectRequest(
    string? Name = null, string? Description = null, string? Purpose = null, string? Environment = null, bool? IsDefault = null);

/// <summary>The members of a request that assigns resources.</summary>
internal sealed record AssignmentRequest(IReadOnlyList<string?>? Resources = null);
