using Infra.Planning.Catalog;

namespace Infra.Planning.Sizing;

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
