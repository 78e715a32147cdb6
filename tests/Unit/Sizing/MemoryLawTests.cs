using CsCheck;
using Infra.Planning.Catalog;
using Infra.Planning.Placements;
using Infra.Planning.Sizing;

namespace Infra.Tests.Unit.Sizing;

/// <summary>Laws of the memory plan and of placement, over random architectures, cards and options.</summary>
public sealed class MemoryLawTests
{
    internal static readonly Gen<Architecture> Dense =
        from layers in Gen.Int[4, 96]
        from hidden in Gen.Int[8, 96]
        from heads in Among(8, 16, 32, 64)
        from keyValueHeads in Among(1, 2, 4, 8)
        from headDim in Among(64, 128)
        from feedForward in Gen.Int[1, 5]
        from vocabulary in Gen.Int[32_000, 260_000]
        from tied in Gen.Bool
        from vision in Gen.Bool
        select new Architecture
        {
            Layers = layers,
            HiddenSize = hidden * 128,
            AttentionHeads = heads,
            KeyValueHeads = keyValueHeads,
            HeadDim = headDim,
            FeedForwardSize = feedForward * hidden * 128,
            VocabularySize = vocabulary,
            TiedEmbeddings = tied,
            Vision = vision ? new VisionTower
            {
                Parameters =
                400_000_000,
                Layers = 24,
                HiddenSize = 1024,
                PatchSize = 14,
                ImageSize = 1540,
                SpatialMerge = 2
            } : null,
            MaxPositions = 262_144,
        };

    private static readonly Gen<Architecture> Mixture =
        from dense in Dense
        from experts in Among(8, 64, 128)
        from active in Gen.Int[1, 8]
        from latent in Gen.Bool
        select dense with
        {
            Moe = new MixtureOfExperts
            {
                Experts = experts,
                ActiveExperts = active,
                SharedExperts = 1,
                ExpertFeedForwardSize = 1024,
                DenseLayers = 1,
            },
            Mla = latent ? new LatentAttention
            {
                QueryLoraRank =
                1536,
                KeyValueLoraRank = 512,
                NopeHeadDim = 128,
                RopeHeadDim = 64,
                ValueHeadDim = 128
            } : null,
            KeyValueHeads = latent ? null : dense.KeyValueHeads,
            HeadDim = latent ? null : dense.HeadDim,
        };

    private static readonly Gen<ModelSpec> Model =
        from architecture in Gen.OneOf(Dense, Mixture)
        from precision in Among(Precision.Bf16, Precision.Fp8, Precision.Nvfp4, Precision.Int4)
        select Sample.Model("sample/model", precision, WeightFormula.Bytes(architecture, precision), architecture);

    private static readonly Gen<double> VisibleGiB = Gen.Double[7, 290];
    private static readonly Gen<EngineRelease> Engine = Among("0.11.0", "0.19.0", "0.28.0", "0.31.0").Select(Sample.Engine);

    private static readonly Gen<EngineOptions> Options =
        from utilization in Gen.Double[0.3, 0.93]
        from sequences in Gen.Int[1, 1024]
        from tokens in Gen.Int[1024, 16384]
        from eager in Gen.Bool
        from vision in Gen.Bool
        from fp8 in Gen.Bool
        select new EngineOptions
        {
            GpuMemoryUtilization = utilization,
            MaxNumSeqs = sequences,
            MaxNumBatchedTokens = tokens,
            EnforceEager = eager,
            Vision = vision,
            KvCache = fp8 ? KvCacheType.Fp8 : KvCacheType.Auto,
        };

    internal static readonly Gen<(ModelSpec Model, double VisibleGiB, EngineRelease Engine, EngineOptions Options)> Case = Gen.Select(
        Model, VisibleGiB, Engine, Options);

    [Fact]
    public void The_parts_add_up_to_the_budget() => Case.Sample(sample =>
    {
        var plan = Plan(sample);
        Assert.Equal(plan.BudgetGiB, plan.WeightsGiB + plan.ActivationGiB + plan.NonTorchGiB + plan.CudaGraphGiB + plan.KvGiB, 6);
        Assert.Equal(plan.BudgetGiB, sample.VisibleGiB * sample.Options.GpuMemoryUtilization!.Value, 6);
    });

    [Fact]
    public void Tokens_come_in_whole_blocks_and_never_take_more_than_there_is() => Case.Sample(sample =>
    {
        var plan = Plan(sample);
        Assert.Equal(0, plan.KvTokens % plan.BlockTokens);
        Assert.True(plan.KvTokens * plan.KvBytesPerToken <= Math.Max(0, plan.KvGiB) * Gib.Bytes);
        Assert.True((plan.KvTokens + plan.BlockTokens) * plan.KvBytesPerToken > plan.KvGiB * Gib.Bytes);
        Assert.InRange(plan.SafeKvTokens, 0, plan.KvTokens);
    });

    [Fact]
    public void More_memory_never_holds_less() => Gen.Select(Case, Gen.Double[0, 50]).Sample(sample =>
    {
        var (smaller, more) = sample;
        Assert.True(Plan(smaller with { VisibleGiB = smaller.VisibleGiB + more }).SafeKvTokens >= Plan(smaller).SafeKvTokens);
    });

    [Fact]
    public void More_requests_or_tokens_in_a_step_never_leave_more_for_the_cache() => Gen.Select(Case, Gen.Int[0, 512]).Sample(sample =>
    {
        var (before, more) = sample;
        var sequences = before.Options with { MaxNumSeqs = before.Options.MaxNumSeqs + more };
        var tokens = before.Options with { MaxNumBatchedTokens = before.Options.MaxNumBatchedTokens + more };
        Assert.True(Plan(before with { Options = sequences }).KvGiB <= Plan(before).KvGiB + 1e-9);
        Assert.True(Plan(before with { Options = tokens }).KvGiB <= Plan(before).KvGiB + 1e-9);
    });

    [Fact]
    public void Tensor_parallelism_never_adds_weights_to_a_GPU() => Gen.Select(Model, Among(1, 2, 4)).Sample((model, split) =>
    {
        var shares = WeightShares.Of(model);
        var one = shares.PerGpu(model.Architecture, split, split, vision: true);
        var two = shares.PerGpu(model.Architecture, 2 * split, 2 * split, vision: true);
        Assert.True(two <= one);
        Assert.True(two * 2 * split >= model.WeightBytes * 0.999, "All ranks together hold all weights.");
    });

    [Fact]
    public void One_GPU_has_the_bytes_that_the_repository_has() => Model.Sample(model =>
    {
        var shares = WeightShares.Of(model);
        Assert.Equal(1, shares.PerGpu(model.Architecture, 1, 1, vision: true) / model.WeightBytes, 6);
        Assert.True(shares.Experts >= 0 && shares.Split > 0);
    });

    [Fact]
    public void Grouped_query_attention_is_split_by_head_and_the_latent_is_not() =>
        Gen.Select(Model, Among(1, 2, 4, 8, 16)).Sample((model, split) =>
    {
        var whole = KvCache.BytesPerToken(model.Architecture, 1, KvCacheType.Auto);
        var share = KvCache.BytesPerToken(model.Architecture, split, KvCacheType.Auto);
        var heads = model.Architecture.KeyValueHeads;
        Assert.Equal(heads is null ? whole : whole / Math.Min(split, heads.Value), share);
        Assert.Equal(share, 2 * KvCache.BytesPerToken(model.Architecture, split, KvCacheType.Fp8));
    });

    [Fact]
    public void What_is_emitted_passes_its_own_test() =>
        Gen.Select(Case, Gen.Int[1, 40], Among(1, 2, 8)).Sample((sample, concurrency, count) =>
    {
        var gpu = Card(sample.VisibleGiB);
        var size = Sample.Size("any", gpu, count);
        var request = new PlacementRequest
        {
            Model = sample.Model,
            Engine = sample.Engine,
            Concurrency = concurrency,
            Options = sample.Options with { MaxNumSeqs = null },
        };
        var open = NodeFit.Of(request, size, gpu);
        if (open.Placement is not { } placement)
        {
            Assert.Equal(0, open.LongestContext);
            return;
        }

        Assert.True(placement.MaxModelLen <= sample.Model.MaxContext);
        Assert.True(placement.Memory.SafeKvTokens >= placement.MaxModelLen);
        Assert.True(placement.Requests >= (open.Fits ? concurrency : 1));
        Assert.True(placement.TensorParallel * placement.DataParallel <= count);
        Assert.True(placement.MaxNumSeqs >= Math.Min(16, concurrency));
        var again = NodeFit.Of(
            request with { ContextLength = placement.MaxModelLen, Concurrency = placement.Requests, Options = placement.Options }, size,
            gpu);
        Assert.True(again.Fits, again.Reason);
    });

    [Fact]
    public void A_longer_context_or_more_requests_never_fit_where_less_does_not() =>
        Gen.Select(Case, Gen.Int[1, 64], Gen.Int[64, 131_072]).Sample((sample, concurrency, context) =>
    {
        var gpu = Card(sample.VisibleGiB);
        var size = Sample.Size("any", gpu, 1);
        var request = new PlacementRequest
        {
            Model = sample.Model,
            Engine = sample.Engine,
            ContextLength = context,
            Concurrency = concurrency,
            Options = sample.Options with { MaxNumSeqs = null },
        };
        if (NodeFit.Of(request, size, gpu).Fits)
        {
            return;
        }

        Assert.False(NodeFit.Of(request with { ContextLength = 2 * context }, size, gpu).Fits);
        Assert.False(NodeFit.Of(request with { Concurrency = 2 * concurrency }, size, gpu).Fits);
    });

    /// <summary>
    /// A placement request on a node with a number of cards: whatever is more, or smaller, the node as a whole holds no less. All layouts
    /// and steps are searched, so no switch from one to another loses anything: what a node holds at most never falls, and what was asked
    /// for fits. ChosenLayoutTests has what holds for the chosen layout.
    /// </summary>
    [Fact]
    public void More_memory_GPUs_utilization_or_a_smaller_element_never_hold_less() => Gen.Select(
        Case, Gen.Int[1, 40], Gen.Int[1, 8], Gen.Int[0, 3], Gen.Int[0, 131_072])
        .Sample((sample, concurrency, count, which, length) =>
    {
        var context = length < 16 || length % 2 == 0 ? (int?)null : length;
        if ((1 - sample.Options.GpuMemoryUtilization - 0.01) * sample.VisibleGiB < 0.5 + (0.014 * sample.VisibleGiB))
        {
            return; // with some layouts: vLLM would not start, whatever the memory
        }

        // vLLM's default of batched tokens is four times as large from 70 GiB on. Between two cards on either side of it, the law is one of
        // the same step.
        var crosses = which == 0 && EngineDefaults.MaxNumBatchedTokens(Card(sample.VisibleGiB))
            != EngineDefaults.MaxNumBatchedTokens(Card(sample.VisibleGiB * 1.1));
        var free = sample.Options with
        {
            MaxNumSeqs = null,
            MaxNumBatchedTokens = crosses || length % 3 == 0 ? sample.Options.MaxNumBatchedTokens : null,
            KvCache = KvCacheType.Auto,
        };
        var less = Holding(sample with { Options = free });
        var more = which switch
        {
            0 => Holding(sample with { VisibleGiB = sample.VisibleGiB * 1.1, Options = free }),
            1 => Holding(sample with { Options = free with { GpuMemoryUtilization = free.GpuMemoryUtilization + 0.01 } }),
            2 => Holding(sample with { Options = free with { KvCache = KvCacheType.Fp8 } }),
            _ => Holding(sample with { Options = free }, extra: count),
        };
        Assert.True(more.LongestContext >= less.LongestContext, $"{which}: {more.LongestContext} < {less.LongestContext}");
        Assert.True(more.MostKvTokens >= less.MostKvTokens, $"{which}: {more.MostKvTokens} < {less.MostKvTokens}");
        Assert.True(more.Fits || !less.Fits, more.Reason);
        if (less.Fits && context is not null)
        {
            Assert.True(more.MostRequests >= less.MostRequests, $"{which}: {more.MostRequests} < {less.MostRequests}");
            Assert.InRange(more.Placement!.Requests, concurrency, more.MostRequests);
        }
        else if (less.Fits)
        {
            Assert.True(more.Placement!.MaxModelLen >= less.Placement!.MaxModelLen);
        }

        FitResult Holding((ModelSpec Model, double VisibleGiB, EngineRelease Engine, EngineOptions Options) of, int extra = 0)
        {
            var gpu = Card(of.VisibleGiB);
            var request = new PlacementRequest
            {
                Model = of.Model,
                Engine = of.Engine,
                ContextLength = context is { } asked ? Math.Min(asked, of.Model.MaxContext) : null,
                Concurrency = concurrency,
                Options = of.Options,
            };
            return NodeFit.Of(request, Sample.Size("any", gpu, count + extra) with { FastInterconnect = true }, gpu);
        }
    });

    [Fact]
    public void A_context_is_rounded_down_to_a_round_number() => Gen.Int[0, 300_000].Sample(tokens =>
    {
        var rounded = ContextLength.RoundDown(tokens);
        Assert.InRange(rounded, 0, tokens);
        Assert.True(tokens - rounded < 1024);
        Assert.Equal(rounded, ContextLength.RoundDown(rounded));
    });

    [Theory]
    [InlineData("0.10.2", 38.25)]
    [InlineData("0.16.0", 38.25)]
    [InlineData("0.17.0", 14.09)]
    [InlineData("0.28.1", 14.09)]
    [InlineData("0.29.0", 6)]
    [InlineData("0.31.0rc1", 6)]
    [InlineData("1.0.0", 6)]
    public void A_release_has_the_memory_of_its_generation(string version, double bytesPerLogit) =>
        Assert.Equal(bytesPerLogit, EngineMemory.For(version).SamplerBytesPerLogit);

    private static Gen<T> Among<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static MemoryPlan Plan((ModelSpec Model, double VisibleGiB, EngineRelease Engine, EngineOptions Options) sample) =>
        MemoryBudget.Plan(sample.Model, Card(sample.VisibleGiB), 1, 1, sample.Options, sample.Engine);

    private static Gpu Card(double visibleGiB) => Sample.Gpu("a card", GpuArchitecture.Hopper, visibleGiB);
}
