using System.ComponentModel.DataAnnotations;
using Infra.Planning.Reading;

namespace Infra.Planning.Config;

/// <summary>
/// An API client and its limits. May be written as its name only: <c>alice</c> for <c>{name: alice}</c>.
/// </summary>
[Shorthand(nameof(Name))]
public sealed record ClientConfig
{
    /// <summary>Name of the client, as the log shows it.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>
    /// Requests per minute, in bursts of a sixth of that and at most 250; a request over the limit is a 429. Default: 12000.
    /// </summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>Concurrent requests; a request over the limit is a 429. Default: a fair share of the engine (docs/api.md).</summary>
    public int? Concurrent { get; init; }
}
