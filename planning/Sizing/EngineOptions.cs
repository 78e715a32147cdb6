using Infra.Planning.Catalog;

namespace Infra.Planning.Sizing;

/// <summary>vLLM options that affect memory; null: vLLM's default for the card.</summary>
public sealed record EngineOptions
{
    /// <summary>GPUs per copy of the weights (<c>--tensor-parallel-size</c>).</summary>
    public int? TensorParallel { get; init; }

    /// <summary>
    /// Copies of the attention layers, each with its own KV cache (<c>--data-parallel-size</c>); experts are split over all GPUs.
    /// </summary>
    public int? DataParallel { get; init; }

    /// <summary>Share of the card's visible memory that vLLM may use (<c>--gpu-memory-utilization</c>).</summary>
    public double? GpuMemoryUtilization { get; init; }

    /// <summary>Tokens of one engine step (<c>--max-num-batched-tokens</c>).</summary>
    public int? MaxNumBatchedTokens { get; init; }

    /// <summary>Requests in one engine step (<c>--max-num-seqs</c>).</summary>
    public int? MaxNumSeqs { get; init; }
    public KvCacheType KvCache { get; init; } = KvCacheType.Auto;

    /// <summary>Whether to load the vision tower. Without it, images are rejected and its memory goes to the KV cache.</summary>
    public bool Vision { get; init; } = true;

    /// <summary>Whether to skip graph capture (<c>--enforce-eager</c>).</summary>
    public bool EnforceEager { get; init; }
}
