using Infra.Planning.Catalog;
using Infra.Planning.Placements;
using Infra.Planning.Sizing;

namespace Infra.Tests.Unit.Sizing;

/// <summary>FP8 scales for blocks of weights: what of a split vLLM accepts.</summary>
public sealed class BlockRuleTests
{
    private static readonly Observations All = Observations.Load();
    private static readonly Gpu Hopper = Sample.Gpu("NVIDIA H100", GpuArchitecture.Hopper, 79.18);

    [Theory]
    // vllm-project/vllm issue 25292: Qwen3-30B-A3B-FP8 crashes with TP 4 (768 / 4 = 192).
    [InlineData("0.19.0", 768, 4, "an expert is 192 wide on each GPU, no multiple of 128")]
    [InlineData("0.19.0", 768, 2, null)]
    // The same started on 4 x L4 in September 2026: blocks of 64.
    [InlineData("0.30.0", 768, 4, null)]
    // Issue 48173: MiniMax M2.7 with TP 8 (1536 / 8 = 192).
    [InlineData("0.28.0", 1536, 8, "an expert is 192 wide")]
    [InlineData("0.31.0", 1536, 8, null)]
    // Issue 54178: Qwen3.8-Flash-Next-FP8 (640 / 8 = 80: blocks of 16).
    [InlineData("0.31.0", 640, 8, "an expert is 80 wide on each GPU, divisible only into blocks of 16, less than 32")]
    [InlineData("0.31.0", 640, 4, null)]
    public void An_expert_is_split_into_whole_blocks(string engine, int width, int split, string? reason)
    {
        var architecture = All.Architectures["qwen3-30b-a3b"];
        var model = Model(architecture with { Moe = architecture.Moe! with { ExpertFeedForwardSize = width }, KeyValueHeads = 8 });
        Is(reason, BlockRules.WhyNot(model, Hopper, Sample.Engine(engine), new Layout(split, 1)));
        Assert.Null(BlockRules.WhyNot(model, Hopper, Sample.Engine(engine), new Layout(1, split)));
    }

    [Fact]
    public void Blackwell_pads_experts_since_0_31()
    {
        var architecture = All.Architectures["qwen3-30b-a3b"];
        var model = Model(architecture with { Moe = architecture.Moe! with { ExpertFeedForwardSize = 640 }, KeyValueHeads = 8 });
        var blackwell = Sample.Gpu("NVIDIA B200", GpuArchitecture.Blackwell, 178);
        Assert.NotNull(BlockRules.WhyNot(model, blackwell, Sample.Engine("0.30.0"), new Layout(8, 1)));
        Assert.Null(BlockRules.WhyNot(model, blackwell, Sample.Engine("0.31.0"), new Layout(8, 1)));
    }

    [Theory]
    // Pull request 52915 (open): Qwen3.6-35B-A3B-FP8 with TP 8 has shared experts of 64.
    [InlineData(512, 8, "a shared expert is 64 wide on each GPU, no multiple of 128")]
    [InlineData(512, 4, null)]
    public void A_shared_expert_is_split_into_whole_blocks_in_all_releases(int width, int split, string? reason)
    {
        var architecture = All.Architectures["qwen3-30b-a3b"];
        var model = Model(architecture with
        {
            KeyValueHeads = 8,
            Moe = architecture.Moe! with { ExpertFeedForwardSize = width, SharedExperts = 1 },
        });
        Is(reason, BlockRules.WhyNot(model, Hopper, Sample.Engine("0.31.0"), new Layout(split, 1)));
    }

    [Theory]
    [InlineData(64, 8, "the queries' part is 192 wide on each GPU, no multiple of 128")]
    [InlineData(128, 8, null)]
    public void Heads_are_split_into_whole_blocks(int headDim, int split, string? reason)
    {
        var model = Model(All.Architectures["qwen3-14b"] with
        {
            AttentionHeads = 24,
            KeyValueHeads = 8,
            HeadDim = headDim,
            FeedForwardSize = 16_384,
        });
        Is(reason, BlockRules.WhyNot(model, Hopper, Sample.Engine("0.31.0"), new Layout(split, 1)));
    }

    [Fact]
    public void Without_blocks_nothing_is_refused()
    {
        var model = Model(All.Architectures["qwen3-30b-a3b"]) with { Fp8Block = null };
        Assert.Null(BlockRules.WhyNot(model, Hopper, Sample.Engine("0.19.0"), new Layout(4, 1)));
    }

    [Fact]
    public void DeepSeek_R1_and_its_like_start_on_eight_cards()
    {
        var model = Model(All.Architectures["deepseek-r1"]);
        Assert.Null(BlockRules.WhyNot(model, Hopper, Sample.Engine("0.18.0"), new Layout(8, 1)));
        Assert.Contains("a feed-forward block is 576 wide", BlockRules.WhyNot(model, Hopper, Sample.Engine("0.18.0"), new Layout(32, 1)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_split_that_was_asked_for_is_refused_with_the_possible_ones()
    {
        var fit = NodeFit.Of(new PlacementRequest
        {
            Model = Model(All.Architectures["qwen3-30b-a3b"]),
            Engine = Sample.Engine("0.28.0"),
            ContextLength = 4096,
            Options = new EngineOptions { TensorParallel = 4 },
        }, Sample.Size("four", Hopper, 4), Hopper);
        Assert.Equal((false, FitObstacle.Layout), (fit.Fits, fit.Obstacle));
        Assert.EndsWith("possible on 4 GPUs: 1, 2", fit.Reason, StringComparison.Ordinal);
    }

    private static void Is(string? expected, string? actual)
    {
        if (expected is null)
        {
            Assert.Null(actual);
        }
        else
        {
            Assert.Contains(expected, actual, StringComparison.Ordinal);
        }
    }

    private static ModelSpec Model(Architecture architecture) =>
        Sample.Model("some/model", Precision.Fp8, WeightFormula.Bytes(architecture, Precision.Fp8), architecture) with { Fp8Block = 128 };
}
