using Infra.Components.Catalog;

namespace Infra.Components.Sizing;

/// <summary>
/// The peak of torch's memory in vLLM's profiling run, over weights and what stays: one forward pass of <c>max_num_batched_tokens</c>, then
/// the sampler over <c>max_num_seqs</c> rows of logits. The phases follow each other, so the largest counts.
/// </summary>
internal static class ActivationPeak
{
    /// <summary>Bytes of an activation: BF16.</summary>
    private const double Bf16 = 2;

    /// <summary>The residual stream and what was last added to it.</summary>
    private const double StreamCopies = 2;

    /// <summary>Hidden states that the sampler finds, in bytes per token and channel. Read off pairs of logs whose models differ in width only.</summary>
    private const double HiddenStateBytes = 2.56;

    /// <summary>Peak in bytes on one GPU.</summary>
    public static double Bytes(Architecture architecture, EngineMemory engine, int tensorParallel, int batchedTokens, int sequences, bool vision, bool compiled)
    {
        double tokens = batchedTokens;
        var logits = Math.Min(sequences, batchedTokens) * (double)architecture.VocabularySize;
        var hidden = tokens * architecture.HiddenSize;
        var sampler = (logits * engine.SamplerBytesPerLogit) + (hidden * HiddenStateBytes);
        var forward = (hidden * StreamCopies * Bf16) + (tokens * Intermediate(architecture, tensorParallel) * Bf16);
        var embedding = compiled ? (engine.EmbeddingCopies * architecture.VocabularySize / tensorParallel * architecture.HiddenSize * Bf16) + hidden : 0;
        var state = sequences * (double)architecture.VocabularySize * engine.SamplerStateBytesPerLogit;
        return state + Math.Max(Math.Max(sampler, forward), Math.Max(embedding, vision ? Encoder(architecture.Vision) : 0));
    }

    /// <summary>Widest that one token gets inside a layer, in elements on one GPU.</summary>
    private static double Intermediate(Architecture architecture, int tensorParallel)
    {
        // Gate, up and their product.
        var dense = 3.0 * architecture.FeedForwardSize / tensorParallel;
        if (architecture.Moe is not { } moe)
        {
            return dense;
        }

        // Fused experts write gate and up, their product, and an output row for each expert of a token.
        var experts = moe.ActiveExperts * ((3.0 * moe.ExpertFeedForwardSize / tensorParallel) + architecture.HiddenSize);
        return Math.Max(moe.DenseLayers > 0 ? dense : 0, experts);
    }

    /// <summary>One image of the largest size through the vision tower.</summary>
    private static double Encoder(VisionTower? tower)
    {
        if (tower is null)
        {
            return 0;
        }

        var side = (double)tower.ImageSize / tower.PatchSize;
        // Feed-forward blocks of these towers are four times as wide: gate, up, product, and the stream.
        return side * side * tower.HiddenSize * ((3 * 4) + StreamCopies) * Bf16;
    }
}
