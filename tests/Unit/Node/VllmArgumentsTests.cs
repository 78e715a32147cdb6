using Infra.Planning.Catalog;
using Infra.Planning.Plan;
using Infra.Tests.Node;

namespace Infra.Tests.Unit.Node;

public sealed class VllmArgumentsTests
{
    [Fact]
    public void The_small_model_is_served_with_exactly_these_words() =>
        Assert.Equal(
            "--tokenizer-mode mistral --config-format mistral --load-format mistral --enable-auto-tool-choice --tool-call-parser mistral "
            + "--served-model-name mistralai/Ministral-3-3B-Instruct-2512 --limit-mm-per-prompt.image 4 --max-model-len 8192 "
            + "--max-num-seqs 256 "
            + "--max-num-batched-tokens 2048 --gpu-memory-utilization 0.92 --tensor-parallel-size 1 "
            + "--allowed-media-domains send-media-as-data-urls.invalid --uds /run/inference/engine/vllm.sock "
            + "--disable-uvicorn-access-log --disable-fastapi-docs",
            string.Join(' ', VllmArguments.For(NodeSamples.Plan())));

    [Fact]
    public void Eight_gpus_are_one_tensor_parallel_engine()
    {
        var words = string.Join(' ', VllmArguments.For(NodeSamples.Plan(NodeSamples.Large, "gpu-h200x8-1128gb")));
        Assert.Contains("--tensor-parallel-size 8", words, StringComparison.Ordinal);
        Assert.DoesNotContain("--data-parallel-size", words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ModelTask.Generate, false)]
    [InlineData(ModelTask.Embed, true)]
    [InlineData(ModelTask.Score, true)]
    public void A_model_that_pools_gets_its_flag(ModelTask task, bool pools)
    {
        var plan = NodeSamples.Plan();
        var model = plan.Placement.Model with { Task = task };
        var words = string.Join(' ', VllmArguments.For(plan with { Placement = plan.Placement with { Model = model } }));
        Assert.Equal(pools, words.Contains("--runner pooling", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_vision_the_tower_is_left_out()
    {
        var words = VllmArguments.For(NodeSamples.Plan(vision: false));
        Assert.Contains("--language-model-only", words);
        Assert.DoesNotContain("--limit-mm-per-prompt.image", words);
    }

    [Theory]
    [InlineData(true, false, "--enforce-eager")]
    [InlineData(false, true, "--kv-cache-dtype fp8")]
    public void An_option_is_passed_when_it_is_set(bool eager, bool fp8, string expected)
    {
        var plan = NodeSamples.Plan();
        Assert.DoesNotContain(expected, string.Join(' ', VllmArguments.For(plan)), StringComparison.Ordinal);
        var options = plan.Placement.Options with { EnforceEager = eager, KvCache = fp8 ? KvCacheType.Fp8 : KvCacheType.Auto };
        Assert.Contains(expected, string.Join(' ', VllmArguments.For(plan with { Placement = plan.Placement with { Options = options } })),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Data_and_expert_parallel_are_passed_together()
    {
        var plan = NodeSamples.Plan(NodeSamples.Large, "gpu-h200x8-1128gb");
        var spread = plan.Placement with { TensorParallel = 1, DataParallel = 8, ExpertParallel = true };
        Assert.Contains("--tensor-parallel-size 1 --data-parallel-size 8 --enable-expert-parallel",
            string.Join(' ', VllmArguments.For(plan with { Placement = spread })), StringComparison.Ordinal);
    }
}
