using Infra.Components.Catalog;

namespace Infra.Components.Sizing;

/// <summary>Type of the KV cache's elements (<c>--kv-cache-dtype</c>).</summary>
public enum KvCacheType
{
    /// <summary>The model's own: BF16 for the Mistral family.</summary>
    Auto,
    Fp8,
}

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

/// <summary>vLLM options that change how memory is divided; null takes vLLM's default for the card.</summary>
public sealed record EngineOptions
{
    /// <summary>GPUs that one copy of the weights is split over (<c>--tensor-parallel-size</c>).</summary>
    public int? TensorParallel { get; init; }

    /// <summary>Copies of the attention layers, each with a KV cache of its own (<c>--data-parallel-size</c>); experts are split over all.</summary>
    public int? DataParallel { get; init; }

    /// <summary>Share of the card's visible memory that vLLM may use (<c>--gpu-memory-utilization</c>).</summary>
    public double? GpuMemoryUtilization { get; init; }

    /// <summary>Tokens of one engine step (<c>--max-num-batched-tokens</c>).</summary>
    public int? MaxNumBatchedTokens { get; init; }

    /// <summary>Requests in one engine step (<c>--max-num-seqs</c>).</summary>
    public int? MaxNumSeqs { get; init; }
    public KvCacheType KvCache { get; init; } = KvCacheType.Auto;

    /// <summary>Load the vision tower. Without it images are refused and its memory is left for the KV cache.</summary>
    public bool Vision { get; init; } = true;

    /// <summary>Skip graph capture (<c>--enforce-eager</c>).</summary>
    public bool EnforceEager { get; init; }
}
