namespace Infra.Planning.Sizing;

/// <summary>Where the memory of one GPU goes, in GiB, and what its KV cache holds.</summary>
public sealed record MemoryPlan
{
    /// <summary>Memory that the framework sees.</summary>
    public required double VisibleGiB { get; init; }

    /// <summary><see cref="VisibleGiB"/> times the utilization: what vLLM may use.</summary>
    public required double BudgetGiB { get; init; }

    /// <summary>Weights on this GPU: its share, and what every rank has in full.</summary>
    public required double WeightsGiB { get; init; }

    /// <summary>Peak of the profiling run: activations and the sampler's logits.</summary>
    public required double ActivationGiB { get; init; }

    /// <summary>NCCL buffers and what else is allocated outside of torch.</summary>
    public required double NonTorchGiB { get; init; }
    public required double CudaGraphGiB { get; init; }

    /// <summary>What is left for the KV cache; negative when the rest alone does not fit.</summary>
    public required double KvGiB { get; init; }

    /// <summary>Tokens of KV cache of one engine (all its ranks together hold this many), in whole blocks; 0 if nothing is left.</summary>
    public required long KvTokens { get; init; }

    /// <summary>Bytes of KV cache that one token takes on one GPU.</summary>
    public required double KvBytesPerToken { get; init; }

    /// <summary>Part of <see cref="KvGiB"/> that no wish may count on; see <c>docs/sizing.md</c>.</summary>
    public required double MarginGiB { get; init; }

    /// <summary>Tokens of KV cache that a wish may count on: <see cref="KvTokens"/> less the margin, in whole blocks.</summary>
    public long SafeKvTokens => KvCache.Tokens((KvGiB - MarginGiB) * Gib.Bytes, KvBytesPerToken);

    /// <summary>All of the budget that is neither weights nor KV cache.</summary>
    public double OverheadGiB => ActivationGiB + NonTorchGiB + CudaGraphGiB;
}
