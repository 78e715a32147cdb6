using CsCheck;
using Infra.Planning.Catalog;

namespace Infra.Tests.Unit.Catalog;

public sealed class WeightFormulaTests
{
    private static readonly ModelCatalog Catalog = ModelCatalog.Load();

    // Model card and vLLM's own figures; the 8B repository was read header by header (10,420,654,824 bytes with headers and scales).
    [Theory]
    [InlineData("mistralai/Ministral-3-3B-Instruct-2512", 3_429_006_336, 3_849_090_048, 4_671_989_760)]
    [InlineData("mistralai/Ministral-3-8B-Instruct-2512", 8_489_553_920, 8_918_026_240, 10_420_523_008)]
    [InlineData("mistralai/Ministral-3-14B-Instruct-2512", 13_506_073_600, 13_945_031_680, 15_726_581_760)]
    public void Ministral_is_exact(string id, long language, long parameters, long fp8Bytes)
    {
        var architecture = Catalog.Models[id].Architecture;
        Assert.Equal(language, WeightFormula.LanguageParameters(architecture));
        Assert.Equal(parameters, WeightFormula.Parameters(architecture));
        Assert.Equal(fp8Bytes, WeightFormula.Bytes(architecture, Precision.Fp8));
        Assert.Equal(2 * parameters, WeightFormula.Bytes(architecture, Precision.Bf16));
    }

    [Fact]
    public void Latent_attention_of_Large_3_is_exact()
    {
        var architecture = Catalog.Models["mistralai/Mistral-Large-3-675B-Instruct-2512"].Architecture;
        Assert.Equal(187_105_280, WeightFormula.AttentionParameters(architecture));
        Assert.InRange(WeightFormula.LanguageParameters(architecture), 673.3e9, 673.5e9);
    }

    [Fact]
    public void Every_row_of_the_catalog_agrees_within_half_a_percent() => Assert.All(Catalog.Models.Values, model =>
    {
        Assert.Equal(model.Parameters, WeightFormula.Parameters(model.Architecture));
        Assert.InRange((double)WeightFormula.Bytes(model.Architecture, model.Precision) / model.WeightBytes, 0.995, 1.005);
    });

    // What vLLM logged as loaded, in GiB, against the formula: RTX 3090 report of 2026-09 and llm-d's table.
    [Theory]
    [InlineData(40, 5120, 40, 8, 17408, 151936, Precision.Int4, 9.44)]
    [InlineData(64, 5120, 64, 8, 25600, 151936, Precision.Int4, 18.24)]
    [InlineData(32, 4096, 32, 8, 14336, 128256, Precision.Bf16, 14.99)]
    [InlineData(64, 5120, 64, 8, 25600, 151936, Precision.Bf16, 61.03)]
    public void Other_dense_models_agree_within_two_percent(
        int layers, int hidden, int heads, int keyValueHeads, int feedForward, int vocabulary, Precision precision, double loadedGiB)
    {
        var architecture = new Architecture
        {
            Layers = layers,
            HiddenSize = hidden,
            AttentionHeads = heads,
            KeyValueHeads = keyValueHeads,
            HeadDim = 128,
            FeedForwardSize = feedForward,
            VocabularySize = vocabulary,
            MaxPositions = 40960,
        };
        Assert.InRange(WeightFormula.Bytes(architecture, precision) / 1073741824.0, loadedGiB * 0.98, loadedGiB * 1.02);
    }

    // Kimi K2.5: bytes of its repository (INT4 experts in groups of 32, the rest BF16, its vision tower of 0.4 billion parameters left
    // out).
    [Fact]
    public void Four_bit_experts_leave_attention_as_it_is()
    {
        var architecture = new Architecture
        {
            Layers = 61,
            HiddenSize = 7168,
            AttentionHeads = 64,
            FeedForwardSize = 18432,
            VocabularySize = 163840,
            MaxPositions = 262144,
            Mla = new() { QueryLoraRank = 1536, KeyValueLoraRank = 512, NopeHeadDim = 128, RopeHeadDim = 64, ValueHeadDim = 128 },
            Moe = new() { Experts = 384, ActiveExperts = 8, SharedExperts = 1, ExpertFeedForwardSize = 2048, DenseLayers = 1 },
        };
        Assert.InRange(WeightFormula.Bytes(architecture, Precision.Int4), 592e9, 596e9);
    }

    [Fact]
    public void Fewer_bits_never_take_more_bytes() =>
        Gen.Select(Gen.Int[1, 100], Gen.Int[1, 64], Gen.Int[1, 300], Gen.Bool).Sample((layers, heads, vocabulary, sparse) =>
    {
        var architecture = new Architecture
        {
            Layers = layers,
            HiddenSize = heads * 64,
            AttentionHeads = heads,
            KeyValueHeads = 1,
            HeadDim = 64,
            FeedForwardSize = heads * 128,
            VocabularySize = vocabulary * 1000,
            MaxPositions = 4096,
            Moe = sparse
                ? new() { Experts = 8, ActiveExperts = 2, SharedExperts = 1, ExpertFeedForwardSize = 256, DenseLayers = layers / 2 }
                : null,
        };
        long[] bytes = [.. new[] { Precision.Bf16, Precision.Fp8, Precision.Int4 }
            .Select(precision => WeightFormula.Bytes(architecture, precision))];
        Assert.Equal(bytes.OrderDescending(), bytes);
        Assert.True(WeightFormula.Bytes(architecture, Precision.Nvfp4) <= bytes[0]);
        Assert.Equal(2 * WeightFormula.Parameters(architecture), bytes[0]);
    });
}
