using System.ComponentModel.DataAnnotations;
using Infra.Planning.Reading;

namespace Infra.Planning.Config;

/// <summary>
/// An API client and its limits. May be written as its name only: <c>alice</c> for <c>{name: alice}</c>.
/// </summary>
[Shorthand(nameof(Name))]
public sealed record ClientSettings
{
    /// <summary>Name of the client, also in the access log.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>Requests per minute; a sixth of them, at most 250, may come at once. More are a 429. Default: 12000.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>Concurrent requests; more are a 429. Default: a fair share of the engine, see docs/api.md.</summary>
    public int? Concurrent { get; init; }
}
