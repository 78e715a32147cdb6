namespace Infra.Planning.Catalog;

/// <summary>
/// Parameters and bytes of a model, computed from its architecture. Exact for the Ministral 3 repositories (checked with the safetensors
/// headers), within 0.5 % for Mistral Large 3. Ignores what is too small to matter: biases, norms of heads, scales of FP8.
/// </summary>
public static class WeightFormula
{
    private const int Bf16Bytes = 2;

    // A feed-forward block is gate, up and down.
    private const int FeedForwardMatrices = 3;

    /// <summary>Elements of the matrices of one attention block.</summary>
    public static long AttentionParameters(Architecture architecture)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        long hidden = architecture.HiddenSize;
        long heads = architecture.AttentionHeads;
        if (architecture.Mla is not { } mla)
        {
            var headDim = (long)architecture.HeadDim.GetValueOrDefault();
            return (2 * hidden * heads * headDim) + (2 * hidden * architecture.KeyValueHeads.GetValueOrDefault() * headDim);
        }

        long queryDim = mla.NopeHeadDim + mla.RopeHeadDim;
        var query = mla.QueryLoraRank > 0
            ? (hidden * mla.QueryLoraRank) + (mla.QueryLoraRank * heads * queryDim)
            : hidden * heads * queryDim;
        return query
            + (hidden * (mla.KeyValueLoraRank + mla.RopeHeadDim))
            + (mla.KeyValueLoraRank * heads * (mla.NopeHeadDim + mla.ValueHeadDim))
            + (heads * mla.ValueHeadDim * hidden);
    }

    /// <summary>
    /// Elements of the feed-forward matrices of all layers: dense blocks, routed and shared experts, without the routers.
    /// </summary>
    public static long FeedForwardParameters(Architecture architecture)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        return DenseFeedForwardParameters(architecture) + RoutedExpertParameters(architecture) + SharedExpertParameters(architecture);
    }

    /// <summary>Elements of the routed experts of all layers: what expert parallelism splits. 0 for a dense model.</summary>
    public static long RoutedExpertParameters(Architecture architecture)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        return architecture.Moe is { } moe ? ExpertParameters(architecture, moe) * moe.Experts : 0;
    }

    /// <summary>Elements of the embedding and of the output head together.</summary>
    public static long EmbeddingParameters(Architecture architecture)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        return (architecture.TiedEmbeddings ? 1L : 2L) * architecture.VocabularySize * architecture.HiddenSize;
    }

    /// <summary>Parameters of the language model.</summary>
    public static long LanguageParameters(Architecture architecture)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        return EmbeddingParameters(architecture)
            + (architecture.Layers * AttentionParameters(architecture))
            + FeedForwardParameters(architecture)
            + RouterParameters(architecture)
            + NormParameters(architecture);
    }

    /// <summary>All parameters, vision included.</summary>
    public static long Parameters(Architecture architecture) =>
        LanguageParameters(architecture) + (architecture.Vision?.Parameters ?? 0);

    /// <summary>
    /// Bytes of one copy of the weights. The matrices of the layers have the precision; embeddings, output head, norms, routers and vision
    /// are BF16. NVFP4 of a mixture of experts or of latent attention quantizes only the feed-forward matrices, as Mistral Large 3 does.
    /// INT4 of latent attention quantizes only the routed experts, in groups of 32, as Kimi K2.5 does (595.1 GB; by this formula 594.2): a
    /// repository that quantizes more has fewer bytes.
    /// </summary>
    public static long Bytes(Architecture architecture, Precision precision)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        var feedForward = FeedForwardParameters(architecture);
        var linear = feedForward + (architecture.Layers * AttentionParameters(architecture));
        var quantized = precision switch
        {
            Precision.Bf16 => 0,
            Precision.Nvfp4 when architecture.Moe is not null || architecture.Mla is not null => feedForward,
            Precision.Int4 when OnlyExpertsInInt4(architecture) =>
                architecture.Moe is null ? feedForward : RoutedExpertParameters(architecture),
            _ => linear,
        };
        var bytes = precision == Precision.Int4 && OnlyExpertsInInt4(architecture)
            ? (quantized / 2) + (quantized / 16) // half a byte, and an FP16 scale for every 32 elements
            : QuantizedBytes(quantized, precision);
        return bytes + (Bf16Bytes * (Parameters(architecture) - quantized));
    }

    /// <summary>
    /// Whether INT4 repositories of such a model keep attention, shared experts and dense blocks in BF16: Kimi K2.5 and Mistral Small 4 do,
    /// Qwen3 30B-A3B does not.
    /// </summary>
    internal static bool OnlyExpertsInInt4(Architecture architecture) => architecture.Mla is not null;

    private static long QuantizedBytes(long elements, Precision precision) => precision switch
    {
        Precision.Bf16 => Bf16Bytes * elements,
        Precision.Fp8 => elements,

        // Half a byte, and an FP8 scale for every 16 elements.
        Precision.Nvfp4 => (elements / 2) + (elements / 16),

        // Half a byte, and for every 128 elements an FP16 scale and a 4-bit zero point (AWQ and GPTQ with their usual group).
        Precision.Int4 => (elements / 2) + (elements * 5 / 256),
        _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "No bytes are known for this precision."),
    };

    private static long DenseFeedForwardParameters(Architecture architecture)
    {
        var layers = architecture.Moe?.DenseLayers ?? architecture.Layers;
        return (long)FeedForwardMatrices * architecture.HiddenSize * architecture.FeedForwardSize * layers;
    }

    private static long SharedExpertParameters(Architecture architecture) =>
        architecture.Moe is { } moe ? ExpertParameters(architecture, moe) * moe.SharedExperts : 0;

    /// <summary>One expert of each sparse layer, over all of them.</summary>
    private static long ExpertParameters(Architecture architecture, MixtureOfExperts moe) =>
        (long)FeedForwardMatrices * architecture.HiddenSize * moe.ExpertFeedForwardSize * (architecture.Layers - moe.DenseLayers);

    private static long RouterParameters(Architecture architecture) =>
        architecture.Moe is { } moe ? (long)architecture.HiddenSize * moe.Experts * (architecture.Layers - moe.DenseLayers) : 0;

    /// <summary>Two norms in each layer and one at the end; latent attention has one for each latent too.</summary>
    private static long NormParameters(Architecture architecture)
    {
        long latents = architecture.Mla is { } mla ? mla.QueryLoraRank + mla.KeyValueLoraRank : 0;
        return (architecture.Layers * ((2L * architecture.HiddenSize) + latents)) + architecture.HiddenSize;
    }
}
