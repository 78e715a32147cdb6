namespace Infra.Planning.Sizing;

/// <summary>Memory of one GPU, in GiB, and the capacity of its KV cache.</summary>
public sealed record MemoryPlan
{
    /// <summary>Memory that the framework sees.</summary>
    public required double VisibleGiB { get; init; }

    /// <summary><see cref="VisibleGiB"/> times the utilization: what vLLM may use.</summary>
    public required double BudgetGiB { get; init; }

    /// <summary>Weights on this GPU: its share, and what every rank has completely.</summary>
    public required double WeightsGiB { get; init; }

    /// <summary>Peak of the profiling run: activations and the sampler's logits.</summary>
    public required double ActivationGiB { get; init; }

    /// <summary>NCCL buffers and other allocations outside of torch.</summary>
    public required double NonTorchGiB { get; init; }
    public required double CudaGraphGiB { get; init; }

    /// <summary>Memory for the KV cache; negative if the rest does not fit.</summary>
    public required double KvGiB { get; init; }

    /// <summary>KV cache tokens of one engine (all its ranks together), in whole blocks; 0 if there is no memory.</summary>
    public required long KvTokens { get; init; }

    /// <summary>Bytes of KV cache that one token takes on one GPU.</summary>
    public required double KvBytesPerToken { get; init; }

    /// <summary>Tokens of a block of the KV cache: a request takes whole blocks.</summary>
    public required int BlockTokens { get; init; }

    /// <summary>Part of <see cref="KvGiB"/> that placement does not use; see <c>docs/sizing.md</c>.</summary>
    public required double MarginGiB { get; init; }

    /// <summary>What the margin follows from: the class of the plan and its measured error.</summary>
    public required string MarginReason { get; init; }

    /// <summary>KV cache tokens for placement: <see cref="KvTokens"/> minus the margin, in whole blocks.</summary>
    public long SafeKvTokens => KvCache.Tokens((KvGiB - MarginGiB) * Gib.Bytes, KvBytesPerToken, BlockTokens);

    /// <summary>The budget without weights and KV cache.</summary>
    public double OverheadGiB => ActivationGiB + NonTorchGiB + CudaGraphGiB;
}
