using Infra.Planning.Catalog;
using Infra.Planning.Sizing;

namespace Infra.Planning.Placements;

/// <summary>What somebody wants served, in the terms of a user.</summary>
public sealed record Wish
{
    public required ModelSpec Model { get; init; }
    public required EngineRelease Engine { get; init; }

    /// <summary>Tokens of prompt and answer together that one request may have; null: the longest that the size holds.</summary>
    public int? ContextLength { get; init; }

    /// <summary>Requests of that length that the KV cache holds at the same time.</summary>
    public int Concurrency { get; init; } = 1;

    /// <summary>The one size to use; null: the cheapest that fits.</summary>
    public string? Size { get; init; }

    /// <summary>Only sizes that were seen in this region; null: anywhere.</summary>
    public string? Region { get; init; }

    /// <summary>How sizes that are not named in <see cref="Size"/> may be sold.</summary>
    public IReadOnlyList<Availability> Availability { get; init; } = [Catalog.Availability.OnDemand];
    public EngineOptions Options { get; init; } = new();
}
