using Infra.Planning.Catalog;

namespace Infra.Planning.Sizing;

/// <summary>
/// The peak of torch's memory in vLLM's profiling run, in addition to the weights: images through the vision tower, one forward pass of
/// <c>max_num_batched_tokens</c>, the sampler over <c>max_num_seqs</c> rows of logits. They run one after the other, so the largest counts;
/// memory that stays allocated is added.
/// </summary>
internal static class ActivationPeak
{
    /// <summary>Bytes of an activation or a logit: BF16.</summary>
    private const double Bf16 = 2;

    /// <summary>
    /// Elements per channel of a token that a layer holds besides its feed-forward block: stream, residual, queries. Measured in 0.19.0
    /// logs in which the forward pass is the peak (CodeLlama 7B, Granite 3.1 8B; llm-d-planner, 2026-04): 4.24 and 4.22.
    /// </summary>
    private const double StreamElements = 4.23;

    /// <summary>
    /// Bytes per channel of a token that are allocated before the sampler runs. Measured in pairs of logs that differ only in width, of
    /// 0.11 and of 0.18.
    /// </summary>
    private const double HiddenStateBytes = 2.56;

    /// <summary>Tokens that MLA's prefill projects up at a time (mla/common.py: chunked_prefill_workspace_size).</summary>
    private const double LatentChunkTokens = 64 * 1024;

    /// <summary>Part of a forward pass that is allocated while the compiler holds copies of the embedding.</summary>
    private const double CompiledForwardShare = 0.5;

    /// <summary>
    /// Model width below which inductor benchmarks two kernels with a copy of the embedding each, instead of one: measured in 0.30.0 logs
    /// of Llama 3.2 3B, Qwen3 4B, Phi-4-mini, Qwen3 30B-A3B (two) and Qwen3 14B, 32B, Qwen2.5 32B, Llama 3.1 8B (one).
    /// </summary>
    private const int TwoCopiesBelowWidth = 4096;

    /// <summary>Peak in bytes on one GPU.</summary>
    public static double Bytes(Architecture architecture, EngineMemory engine, int tensorParallel, EngineOptions options)
    {
        double tokens = options.MaxNumBatchedTokens!.Value;
        double sequences = options.MaxNumSeqs!.Value;
        var logits = Math.Min(sequences, tokens) * architecture.VocabularySize;
        var hidden = tokens * architecture.HiddenSize;
        var experts = tokens * ExpertElements(architecture, tensorParallel) * Bf16;
        var forward = (hidden * StreamElements * Bf16) + (tokens * DenseElements(architecture, tensorParallel) * Bf16)
            + LatentChunk(architecture, tensorParallel);

        var phases = new List<double> { forward + (engine.ExpertWorkspaceStays ? 0 : experts) };
        if (engine.SamplesMultimodal || !options.Vision)
        {
            phases.Add((logits * engine.SamplerBytesPerLogit) + (hidden * HiddenStateBytes) + engine.SamplerBytes);
        }

        if (options.Vision)
        {
            phases.Add(Encoder(architecture.Vision!, tokens));
        }
        else if (engine.CompilationInPeak && !options.EnforceEager)
        {
            // With a vision tower, the embedding lookup is outside of the compiled graph.
            var copies = architecture.HiddenSize < TwoCopiesBelowWidth ? 2 : 1;
            phases.Add((copies * Bf16 * architecture.VocabularySize / tensorParallel * architecture.HiddenSize)
                + (forward * CompiledForwardShare));
        }

        // Allocated in all phases.
        return phases.Max() + (engine.ExpertWorkspaceStays ? experts : 0)
            + (sequences * architecture.VocabularySize * engine.SamplerStateBytesPerLogit);
    }

    /// <summary>Gate, up and their product of one token in a dense block, on one GPU.</summary>
    private static double DenseElements(Architecture architecture, int tensorParallel) =>
        architecture.Moe is { DenseLayers: 0 } ? 0 : 3.0 * architecture.FeedForwardSize / tensorParallel;

    /// <summary>Output of the fused experts for one token: gate and up, their product, and an output row per expert.</summary>
    private static double ExpertElements(Architecture architecture, int tensorParallel) => architecture.Moe is { } moe
        ? moe.ActiveExperts * ((3.0 * moe.ExpertFeedForwardSize / tensorParallel) + architecture.HiddenSize)
        : 0;

    private static double LatentChunk(Architecture architecture, int tensorParallel) => architecture.Mla is { } mla
        ? LatentChunkTokens * architecture.AttentionHeads / tensorParallel * (mla.NopeHeadDim + mla.ValueHeadDim) * Bf16
        : 0;

    /// <summary>
    /// The largest images that fit into one step, at least one, through a layer of the tower with its block-diagonal attention mask.
    /// </summary>
    private static double Encoder(VisionTower tower, double tokens)
    {
        var side = Math.Floor((double)tower.ImageSize / tower.PatchSize);
        var tokensPerImage = side * side / (tower.SpatialMerge * tower.SpatialMerge);
        var patches = Math.Max(1, Math.Floor(tokens / tokensPerImage)) * side * side;

        // Towers of this family are four times as wide inside: gate, up, product, and the stream twice.
        const double widths = (3 * 4) + 2;
        return (patches * tower.HiddenSize * widths * Bf16) + (patches * patches * Bf16);
    }
}
