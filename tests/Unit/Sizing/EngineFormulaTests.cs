using CsCheck;
using Infra.Planning.Catalog;
using Infra.Planning.Placements;
using Infra.Planning.Sizing;

namespace Infra.Tests.Unit.Sizing;

/// <summary>
/// Promises against vLLM's own arithmetic of the KV cache, written here a second time from its source (v1/kv_cache_interface.py:
/// page_size_bytes, max_memory_usage_bytes; v1/core/kv_cache_utils.py: get_num_blocks, get_max_concurrency_for_kv_cache_config): pages per
/// layer, whole blocks per request, one block that the pool keeps. The models are three of each kind that no constant comes from.
/// </summary>
public sealed class EngineFormulaTests
{
    /// <summary>Tokens of a block that vLLM may choose, without and with latent attention.</summary>
    private static readonly int[] s_plainBlocks = [16];

    private static readonly int[] s_latentBlocks = [16, 32, 64];

    private static readonly ModelCatalog Catalog = ModelCatalog.Load();

    private static readonly Dictionary<string, Architecture> Unseen = new()
    {
        ["Mistral-Nemo-12B"] = Dense(40, 5120, 32, 8, 14336, 131_072),
        ["Yi-34B"] = Dense(60, 7168, 56, 8, 20480, 64_000),
        ["OLMo-2-32B"] = Dense(64, 5120, 40, 8, 27648, 100_352),
        ["Mixtral-8x22B"] = Dense(56, 6144, 48, 8, 16384, 32_768) with { Moe = Experts(8, 2, 0, 16384, 0) },
        ["GLM-4.5-Air"] = Dense(46, 4096, 96, 8, 10944, 151_552) with { Moe = Experts(128, 8, 1, 1408, 1) },
        ["Qwen3-Coder-480B"] = Dense(62, 6144, 96, 8, 2560, 151_936) with { Moe = Experts(160, 8, 0, 2560, 0) },
        ["DeepSeek-V2-236B"] = Latent(60, 5120, 128, 1536, 12288, 102_400, Experts(160, 6, 2, 1536, 1)),
        ["Kimi-K2"] = Latent(61, 7168, 64, 1536, 18432, 163_840, Experts(384, 8, 1, 2048, 1)),
        ["Moonlight-16B"] = Latent(27, 2048, 16, 0, 11264, 163_840, Experts(64, 6, 2, 1408, 1)),
    };

    public static TheoryData<string> Models => [.. Unseen.Keys];

    [Theory]
    [MemberData(nameof(Models))]
    public void VLLMs_check_passes_with_what_is_promised(string name) => Gen.Select(
        Gen.Int[0, Catalog.Sizes.Count - 1], Gen.Int[16, 65_536], Gen.Int[1, 64], Gen.Bool, Gen.Int[0, 2])
        .Sample((which, context, concurrency, fp8Cache, format) =>
    {
        var size = Catalog.Sizes.Values.ElementAt(which);
        var precision = new[] { Precision.Bf16, Precision.Fp8, Precision.Int4 }[format];
        var architecture = Unseen[name];
        var request = new PlacementRequest
        {
            Model = Sample.Model("sample/model", precision, WeightFormula.Bytes(architecture, precision), architecture),
            Engine = Sample.Engine("0.31.0"),
            ContextLength = context,
            Concurrency = concurrency,
            Options = new EngineOptions { KvCache = fp8Cache ? KvCacheType.Fp8 : KvCacheType.Auto },
        };
        if (Placer.Fit(request, size, Catalog) is not { Fits: true, Placement: { } placement })
        {
            return;
        }

        var plan = placement.Memory;
        var requests = (placement.Requests + placement.DataParallel - 1) / placement.DataParallel;
        foreach (var block in architecture.Mla is null ? s_plainBlocks : s_latentBlocks)
        {
            var page = PageBytes(architecture, placement.TensorParallel, block, fp8Cache);
            var perRequest = (context + block - 1) / block;
            var promised = (long)((plan.KvGiB - plan.MarginGiB) * Gib.Bytes) / page / architecture.Layers;
            Assert.True(promised / perRequest >= requests, $"{size.Slug}, blocks of {block}: {promised} for {requests} x {perRequest}");

            // The pool keeps one block for itself: it comes out of the difference between two starts.
            var started = (long)((plan.KvGiB - plan.MarginGiB + MemoryBudget.SafetyMarginGiB) * Gib.Bytes) / page / architecture.Layers;
            Assert.True((started - 1) / perRequest >= requests);
        }
    }, iter: 300);

    /// <summary>Bytes of one block in one layer on one GPU: keys and values of the heads there, or the latent of all.</summary>
    private static long PageBytes(Architecture architecture, int tensorParallel, int block, bool fp8)
    {
        long element = fp8 ? 1 : 2;
        return architecture.Mla is { } mla
            ? block * (mla.KeyValueLoraRank + mla.RopeHeadDim) * element
            : 2L * block * Math.Max(1, architecture.KeyValueHeads!.Value / tensorParallel) * architecture.HeadDim!.Value * element;
    }

    private static Architecture Dense(int layers, int hidden, int heads, int keyValueHeads, int feedForward, int vocabulary) => new()
    {
        Layers = layers,
        HiddenSize = hidden,
        AttentionHeads = heads,
        KeyValueHeads = keyValueHeads,
        HeadDim = 128,
        FeedForwardSize = feedForward,
        VocabularySize = vocabulary,
        MaxPositions = 131_072,
    };

    private static Architecture Latent(
        int layers, int hidden, int heads, int query, int feedForward, int vocabulary, MixtureOfExperts moe) =>
        Dense(layers, hidden, heads, 1, feedForward, vocabulary) with
        {
            KeyValueHeads = null,
            HeadDim = null,
            Moe = moe,
            Mla = new LatentAttention
            {
                QueryLoraRank = query,
                KeyValueLoraRank = 512,
                NopeHeadDim = 128,
                RopeHeadDim = 64,
                ValueHeadDim = 128,
            },
        };

    private static MixtureOfExperts Experts(int experts, int active, int shared, int width, int denseLayers) => new()
    {
        Experts = experts,
        ActiveExperts = active,
        SharedExperts = shared,
        ExpertFeedForwardSize = width,
        DenseLayers = denseLayers,
    };
}
