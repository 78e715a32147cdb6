using Infra.Planning.Catalog;

namespace Infra.Planning.Sizing;

/// <summary>The bytes of a model's weights, by how they are distributed over GPUs.</summary>
internal sealed record WeightShares
{
    /// <summary>Replicated on every GPU: norms, router, the down-projections of MLA.</summary>
    public required double Replicated { get; init; }

    /// <summary>
    /// The vision tower: replicated on every GPU (<c>--mm-encoder-tp-mode</c> only splits it for batches), or not loaded.
    /// </summary>
    public required double Vision { get; init; }

    /// <summary>Projections of keys and values: split by head, at most to one head per GPU.</summary>
    public required double KeyValueProjections { get; init; }

    /// <summary>Split by tensor parallelism: the rest of attention, dense feed-forward blocks, embedding and output head.</summary>
    public required double Split { get; init; }

    /// <summary>Routed experts: split like <see cref="Split"/>, or distributed over all GPUs by expert parallelism.</summary>
    public required double Experts { get; init; }

    /// <summary>Bytes of all weights that are loaded.</summary>
    public double Total => Replicated + Vision + KeyValueProjections + Split + Experts;

    /// <summary>Bytes on one GPU.</summary>
    /// <param name="architecture">Its heads limit how far keys and values are split.</param>
    /// <param name="tensorParallel">GPUs of one copy of the attention layers.</param>
    /// <param name="expertGpus">GPUs that the experts are distributed over: all, with expert parallelism.</param>
    /// <param name="vision">Whether the tower is loaded.</param>
    public double PerGpu(Architecture architecture, int tensorParallel, int expertGpus, bool vision)
    {
        var keyValueShare = architecture.Mla is null
            ? (double)KvCache.HeadsPerGpu(architecture, tensorParallel) / architecture.KeyValueHeads!.Value
            : 1.0 / tensorParallel;
        return Replicated + (vision ? Vision : 0) + (KeyValueProjections * keyValueShare) + (Split / tensorParallel)
            + (Experts / expertGpus);
    }

    /// <summary>
    /// The shares of a model. Unquantized parts follow from the architecture, with two bytes per parameter; the feed-forward blocks get the
    /// rest of <see cref="ModelSpec.WeightBytes"/>, so that the sum is exact for any format.
    /// </summary>
    public static WeightShares Of(ModelSpec model)
    {
        var architecture = model.Architecture;
        double layers = architecture.Layers;
        double hidden = architecture.HiddenSize;

        // NVFP4 checkpoints of the family keep attention in BF16, and so do INT4 ones of latent attention; others quantize all.
        var attentionBytes = model.Precision switch
        {
            Precision.Bf16 or Precision.Nvfp4 => 2.0,
            Precision.Fp8 => 1.0,
            _ => WeightFormula.OnlyExpertsInInt4(architecture) ? 2.0 : Int4Bytes,
        };
        var keyValue = 0.0;
        var downProjections = 0.0;
        double attention;
        if (architecture.Mla is { } mla)
        {
            double heads = architecture.AttentionHeads;
            downProjections = hidden * (mla.QueryLoraRank + mla.KeyValueLoraRank + mla.RopeHeadDim);
            var queries = (mla.QueryLoraRank == 0 ? hidden : mla.QueryLoraRank) * heads * (mla.NopeHeadDim + mla.RopeHeadDim);
            attention = queries + (mla.KeyValueLoraRank * heads * (mla.NopeHeadDim + mla.ValueHeadDim))
                + (heads * mla.ValueHeadDim * hidden);
        }
        else
        {
            keyValue = 2 * hidden * architecture.KeyValueHeads!.Value * architecture.HeadDim!.Value;
            attention = 2 * hidden * architecture.AttentionHeads * architecture.HeadDim!.Value;
        }

        var routers = architecture.Moe is { } moe ? (layers - moe.DenseLayers) * hidden * moe.Experts : 0;
        var norms = ((2 * layers) + 1) * hidden;
        var shares = new WeightShares
        {
            Replicated = (2 * (norms + routers)) + (layers * downProjections * attentionBytes),
            Vision = 2.0 * (architecture.Vision?.Parameters ?? 0),
            KeyValueProjections = layers * keyValue * attentionBytes,
            Split = (layers * attention * attentionBytes)
                + (2 * hidden * architecture.VocabularySize * (architecture.TiedEmbeddings ? 1 : 2)),
            Experts = 0,
        };
        var feedForward = model.WeightBytes - shares.Total;
        if (feedForward < 0)
        {
            // A file that quantizes parts that are usually not: distributes it as if all parts were the same.
            var scale = model.WeightBytes / shares.Total;
            return shares with
            {
                Replicated = shares.Replicated * scale,
                Vision = shares.Vision * scale,
                KeyValueProjections = shares.KeyValueProjections * scale,
                Split = shares.Split * scale,
            };
        }

        var experts = feedForward * ExpertShare(architecture);
        return shares with { Split = shares.Split + (feedForward - experts), Experts = experts };
    }

    /// <summary>
    /// Bytes on one GPU of the projections that vLLM multiplies into the queries and the output of latent attention after loading: a copy
    /// in BF16 that stays besides the weights (mla_attention.py: process_weights_after_loading, W_UK_T and W_UV). 0 without it.
    /// </summary>
    public static double AbsorbedLatent(Architecture architecture, int tensorParallel) => architecture.Mla is { } mla
        ? 2.0 * architecture.Layers * mla.KeyValueLoraRank * architecture.AttentionHeads / tensorParallel
            * (mla.NopeHeadDim + mla.ValueHeadDim)
        : 0;

    /// <summary>Routed experts' part of all feed-forward parameters.</summary>
    private static double ExpertShare(Architecture architecture)
    {
        if (architecture.Moe is not { } moe)
        {
            return 0;
        }

        double sparse = architecture.Layers - moe.DenseLayers;
        var routed = sparse * moe.Experts * moe.ExpertFeedForwardSize;
        var shared = sparse * moe.SharedExperts * moe.ExpertFeedForwardSize;
        var dense = (double)moe.DenseLayers * architecture.FeedForwardSize;
        return routed / (routed + shared + dense);
    }

    /// <summary>Bytes of a parameter in 4 bits with a scale and a zero point of 20 bits for each 128 of them (AutoAWQ, GPTQ).</summary>
    private const double Int4Bytes = 0.52;
}
