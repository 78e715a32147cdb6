using Infra.Planning.Catalog;
using Infra.Planning.Placements;
using Infra.Planning.Sizing;

namespace Infra.Tests.Unit.Sizing;

/// <summary>What vLLM demands of a layout, and what is free when it starts.</summary>
public sealed class LayoutTests
{
    private static readonly Observations All = Observations.Load();
    private static readonly Architecture Qwen14B = All.Architectures["qwen3-14b"];

    [Theory]
    [InlineData(3, "does not divide the model's 40 attention heads evenly; possible on 8 GPUs: 1, 2, 4, 8")]
    // llm-d-planner, FAILED log of 2026-04-22: 151936 is not divisible by 5.
    [InlineData(5, "does not divide the vocabulary of 151936 rows evenly")]
    public void A_tensor_parallel_size_is_refused_with_its_rule_and_the_possible_ones(int split, string reason)
    {
        var architecture = Qwen14B with { KeyValueHeads = 40 };
        Assert.Contains(reason, new Layout(split, 1).WhyNot(architecture, 8), StringComparison.Ordinal);
    }

    [Fact]
    public void Key_and_value_heads_are_split_or_copied_the_same_number_of_times()
    {
        var architecture = Qwen14B with { AttentionHeads = 48, KeyValueHeads = 6, VocabularySize = 128_000 };
        Assert.Contains("neither divides nor is a multiple of the model's 6 key and value heads",
            new Layout(4, 1).WhyNot(architecture, 8), StringComparison.Ordinal);
        Assert.Equal([1, 2], LayoutRules.Possible(architecture, 4, expertsWhole: false));
    }

    [Fact]
    public void A_width_of_experts_counts_only_if_experts_are_split()
    {
        var architecture = All.Architectures["qwen3-30b-a3b"];
        var odd = architecture with { Moe = architecture.Moe! with { ExpertFeedForwardSize = 770 } };
        Assert.Contains("feed-forward width of 770", new Layout(4, 1).WhyNot(odd, 4), StringComparison.Ordinal);
        Assert.Null(new Layout(1, 4).WhyNot(odd, 4));
    }

    [Fact]
    public void A_number_of_GPUs_that_divides_nothing_leaves_some_unused()
    {
        var gpu = Sample.Gpu("a card", GpuArchitecture.Ada, 15);
        var model = Sample.Model("some/model", Precision.Int4, 9_900_000_000, Qwen14B);
        var request = new PlacementRequest { Model = model, Engine = Sample.Engine("0.31.0"), ContextLength = 32_768 };
        Assert.False(NodeFit.Of(request, Sample.Size("one", gpu, 1), gpu).Fits);
        var three = NodeFit.Of(request, Sample.Size("three", gpu, 3), gpu);
        Assert.True(three.Fits, three.Reason);
        Assert.Equal((2, 1), (three.Placement!.TensorParallel, three.Placement.DataParallel));
        Assert.Contains("1 of 3 GPUs are unused", three.Placement.Warnings);
    }

    [Theory]
    [InlineData(1, 0.99, true)]
    [InlineData(4, 0.98, true)]
    [InlineData(4, 0.985, false)]
    [InlineData(8, 0.98, true)]
    [InlineData(8, 0.985, false)]
    public void More_GPUs_take_more_before_vLLM_starts(int gpus, double utilization, bool starts)
    {
        var gpu = Sample.Gpu("NVIDIA H100", GpuArchitecture.Hopper, 79.18);
        var reason = StartMemory.WhyNot(gpu, gpus, fastInterconnect: true, utilization, enforceEager: false);
        Assert.Equal(starts, reason is null);
        Assert.True(starts || reason!.Contains("the highest possible is 0.9", StringComparison.Ordinal), reason);
    }

    [Fact]
    public void An_AMD_card_keeps_memory_for_graphs_outside_of_the_budget()
    {
        var gpu = Sample.Gpu("AMD MI300X", GpuArchitecture.Cdna3, 191.69);
        Assert.Null(StartMemory.WhyNot(gpu, 1, fastInterconnect: false, 0.95, enforceEager: false));
        Assert.NotNull(StartMemory.WhyNot(gpu, 1, fastInterconnect: false, 0.96, enforceEager: false));
        Assert.Null(StartMemory.WhyNot(gpu, 1, fastInterconnect: false, 0.96, enforceEager: true));
    }

    [Fact]
    public void Large_3_in_four_bits_does_not_start_on_eight_H100_at_a_utilization_that_leaves_too_little()
    {
        var catalog = ModelCatalog.Load();
        var request = new PlacementRequest
        {
            Model = catalog.Models["mistralai/Mistral-Large-3-675B-Instruct-2512-NVFP4"],
            Engine = catalog.Engines["0.31.0"],
            Options = new EngineOptions { GpuMemoryUtilization = 0.985 },
        };
        var gpu = catalog.Gpus["NVIDIA H100"];
        var fit = NodeFit.Of(request, Sample.Size("eight", gpu, 8), gpu);
        Assert.False(fit.Fits);
        Assert.Contains("vLLM would not start: a utilization of 0.985", fit.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Fewer_requests_in_a_step_than_are_requested_do_not_fit()
    {
        var gpu = Sample.Gpu("a card", GpuArchitecture.Ada, 47.4);
        var request = new PlacementRequest
        {
            Model = ModelCatalog.Load().Models["mistralai/Ministral-3-8B-Instruct-2512"],
            Engine = Sample.Engine("0.31.0"),
            ContextLength = 1024,
            Concurrency = 100,
            Options = new EngineOptions { MaxNumSeqs = 4 },
        };
        var fit = NodeFit.Of(request, Sample.Size("one", gpu, 1), gpu);
        Assert.False(fit.Fits);
        Assert.Contains("4 requests in a step (maxNumSeqs) of 1 engines are 4 at once, and 100 are requested", fit.Reason,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(17)]
    public void A_model_with_next_to_no_positions_is_no_crash(int positions)
    {
        var gpu = Sample.Gpu("a card", GpuArchitecture.Ada, 47.4);
        var model = Sample.Model("some/model", Precision.Int4, 9_900_000_000, Qwen14B with { MaxPositions = positions });
        var fit = NodeFit.Of(new PlacementRequest { Model = model, Engine = Sample.Engine("0.31.0") }, Sample.Size("one", gpu, 1), gpu);
        Assert.True(fit.Fits);
        Assert.InRange(fit.Placement!.MaxModelLen, 1, positions);
    }

    /// <summary>vLLM ends with "max_num_batched_tokens (512) must be greater than or equal to max_num_seqs (1024)".</summary>
    [Theory]
    [InlineData(16)]
    [InlineData(512)]
    [InlineData(null)]
    public void A_step_never_has_fewer_tokens_than_requests(int? tokens)
    {
        var gpu = Sample.Gpu("NVIDIA H100", GpuArchitecture.Hopper, 79.18);
        var request = new PlacementRequest
        {
            Model = ModelCatalog.Load().Models["mistralai/Ministral-3-8B-Instruct-2512"],
            Engine = Sample.Engine("0.31.0"),
            Options = new EngineOptions { MaxNumBatchedTokens = tokens },
        };
        var placement = NodeFit.Of(request, Sample.Size("one", gpu, 1), gpu).Placement!;
        Assert.InRange(placement.MaxNumSeqs, 1, placement.MaxNumBatchedTokens);
    }
}
