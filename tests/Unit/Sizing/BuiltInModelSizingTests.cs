using Infra.Planning.Catalog;
using Infra.Planning.Placements;
using Infra.Planning.Sizing;

namespace Infra.Tests.Unit.Sizing;

/// <summary>What each architecture of the catalog brings to the plan of its memory.</summary>
public sealed class BuiltInModelSizingTests
{
    private const string Small4 = "mistralai/Mistral-Small-4-119B-2603";
    private const string Medium = "mistralai/Mistral-Medium-3.5-128B";

    private static readonly ModelCatalog Catalog = ModelCatalog.Load();

    // Read from repositories: the bytes of a BF16 conversion, of the shards in FP8 with headers and scales, of the tensors in NVFP4.
    [Theory]
    [InlineData(Small4, Precision.Bf16, 238_802_597_888, 0)]
    [InlineData(Small4, Precision.Fp8, 120_922_973_936, 3e-6)]
    [InlineData(Small4, Precision.Nvfp4, 70_801_959_560, 2e-6)]
    [InlineData(Medium, Precision.Fp8, 133_605_834_656, 2e-8)]
    [InlineData("mistralai/Mistral-Small-3.2-24B-Instruct-2506", Precision.Bf16, 2 * 24_011_361_280, 0)]
    public void Bytes_follow_from_the_architecture_as_they_were_read(string id, Precision precision, long read, double tolerance)
    {
        var computed = WeightFormula.Bytes(Catalog.Models[id].Architecture, precision);
        Assert.InRange(Math.Abs((double)(computed - read) / read), 0, tolerance);
    }

    public static TheoryData<string> Models => [.. Catalog.Models.Keys];

    /// <summary>Shares of one GPU sum to the whole, and the tower is exactly what leaving it out saves.</summary>
    [Theory]
    [MemberData(nameof(Models))]
    public void The_shares_of_the_weights_are_all_of_them(string id)
    {
        var model = Catalog.Models[id];
        var (shares, architecture) = (WeightShares.Of(model), model.Architecture);
        Assert.Equal(model.WeightBytes, shares.Total, 1.0);
        Assert.Equal(model.WeightBytes, shares.PerGpu(architecture, 1, 1, vision: true), 1.0);
        Assert.Equal(2.0 * architecture.Vision!.Parameters,
            shares.PerGpu(architecture, 2, 2, vision: true) - shares.PerGpu(architecture, 2, 2, vision: false), 1.0);
        Assert.Equal(architecture.Moe is not null, shares.Experts > 0);
        Assert.Equal(architecture.Attention == AttentionKind.Grouped, shares.KeyValueProjections > 0);
    }

    /// <summary>The latent is one head: more GPUs hold no more tokens of it by tensor parallelism. Heads are split, down to one.</summary>
    [Theory]
    [MemberData(nameof(Models))]
    public void Tensor_parallelism_splits_heads_and_not_a_latent(string id)
    {
        var architecture = Catalog.Models[id].Architecture;
        double On(int gpus) => KvCache.BytesPerToken(architecture, gpus, KvCacheType.Auto);
        foreach (var gpus in new[] { 2, 4, 8 })
        {
            Assert.Equal(architecture.Attention == AttentionKind.Latent ? On(1) : On(1) / gpus, On(gpus));
        }

        Assert.Equal(On(8), On(16));
        Assert.Equal(On(1) / 2, KvCache.BytesPerToken(architecture, 1, KvCacheType.Fp8));
    }

    /// <summary>Small 4 has what no other built-in model of that size has: a latent, experts in every layer, and a vision tower.</summary>
    [Fact]
    public void Experts_of_Small_4_are_spread_while_its_attention_is_copied()
    {
        var model = Catalog.Models[Small4];
        var (shares, architecture) = (WeightShares.Of(model), model.Architecture);
        var split = shares.PerGpu(architecture, tensorParallel: 8, expertGpus: 8, vision: true);
        var spread = shares.PerGpu(architecture, tensorParallel: 1, expertGpus: 8, vision: true);
        Assert.Equal((spread - split) / (7.0 / 8), shares.Split + shares.KeyValueProjections, 1.0);
        // Routed experts are nine tenths of it; no layer is dense, so one of 129 experts of a layer is shared and is not spread.
        Assert.InRange(shares.Experts / model.WeightBytes, 0.93, 0.97);
        Assert.Equal(0, architecture.Moe!.DenseLayers);
        Assert.Equal(36L * 3 * 4096 * 2048 * 128, WeightFormula.RoutedExpertParameters(architecture));
    }

    /// <summary>
    /// vllm-project/recipes 8959cf6 (2026-08-21): without images, 131,072 tokens run on one MI300X and 262,144 do not. The margin of AMD
    /// cards, 5.5 GiB, promises 8 % less than that. More of the card's memory makes up for it.
    /// </summary>
    [Fact]
    public void Medium_on_one_MI300X_is_promised_at_most_what_its_recipe_runs()
    {
        FitResult At(int context, double? utilization) => Fit(
            Medium, "gpu-mi300x1-192gb", context, new() { Vision = false, GpuMemoryUtilization = utilization });

        Assert.InRange(At(131_072, null).LongestContext, 0.9 * 131_072, 131_072);
        Assert.True(At(131_072, 0.95).Fits);
        Assert.False(At(262_144, 0.97).Fits);
    }

    [Theory]
    [InlineData(Small4, "gpu-h100x1-80gb", false)]
    [InlineData(Small4, "gpu-h100x8-640gb", true)]
    [InlineData(Small4 + "-NVFP4", "gpu-l40sx1-48gb", false)]
    [InlineData(Small4 + "-NVFP4", "gpu-h100x1-80gb", true)]
    [InlineData(Small4 + "-NVFP4", "gpu-h200x1-141gb", true)]
    [InlineData(Medium, "gpu-h200x1-141gb", false)]
    [InlineData(Medium, "gpu-h200x8-1128gb", true)]
    [InlineData("mistralai/Devstral-Small-2-24B-Instruct-2512", "gpu-l40sx1-48gb", true)]
    [InlineData("mistralai/Magistral-Small-2509", "gpu-l40sx1-48gb", false)]
    [InlineData("mistralai/Magistral-Small-2509", "gpu-h100x1-80gb", true)]
    [InlineData("mistralai/Mistral-Small-3.2-24B-Instruct-2506", "gpu-h100x1-80gb", true)]
    public void A_model_fits_where_its_weights_leave_room_for_a_context(string id, string size, bool fits) =>
        Assert.Equal(fits, Fit(id, size, 16384, new()).Fits);

    private static FitResult Fit(string id, string size, int context, EngineOptions options) => Placer.Fit(
        new()
        {
            Model = Catalog.Models[id],
            Engine = Catalog.Engines["0.31.0"],
            ContextLength = context,
            Concurrency = 1,
            Size = size,
            Options = options,
        },
        Catalog.Sizes[size], Catalog);
}
