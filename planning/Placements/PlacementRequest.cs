using Infra.Planning.Catalog;
using Infra.Planning.Sizing;

namespace Infra.Planning.Placements;

/// <summary>A placement request: what to serve, in the user's terms.</summary>
public sealed record PlacementRequest
{
    public required ModelSpec Model { get; init; }
    public required EngineRelease Engine { get; init; }

    /// <summary>Tokens of prompt and answer together per request; null: the longest that the size supports.</summary>
    public int? ContextLength { get; init; }

    /// <summary>Concurrent requests of that length in the KV cache.</summary>
    public int Concurrency { get; init; } = 1;

    /// <summary>The size to use; null: the cheapest that fits.</summary>
    public string? Size { get; init; }

    /// <summary>Only sizes with a sighting in this region; null: any.</summary>
    public string? Region { get; init; }

    /// <summary>Allowed availability of sizes other than <see cref="Size"/>.</summary>
    public IReadOnlyList<Availability> Availability { get; init; } = [Catalog.Availability.OnDemand];
    public EngineOptions Options { get; init; } = new();
}
