using Infra.Planning.Catalog;
using Infra.Planning.Placements;
using Infra.Planning.Sizing;
using Infra.Tests.Node;

namespace Infra.Tests.Unit.Node;

public sealed class VllmArgumentsTests
{
    [Fact]
    public void The_small_model_is_served_with_exactly_these_words() =>
        Assert.Equal(
            "--tokenizer-mode mistral --config-format mistral --load-format mistral --enable-auto-tool-choice --tool-call-parser mistral "
            + "--served-model-name mistralai/Ministral-3-3B-Instruct-2512 --limit-mm-per-prompt.image 4 --max-model-len 8192 --max-num-seqs 256 "
            + "--max-num-batched-tokens 2048 --gpu-memory-utilization 0.92 --tensor-parallel-size 1 "
            + "--allowed-media-domains send-media-as-data-urls.invalid --uds /run/inference/engine/vllm.sock --disable-uvicorn-access-log --disable-fastapi-docs",
            string.Join(' ', NodeSamples.Settings().Flags));

    [Fact]
    public void Eight_gpus_are_one_tensor_parallel_engine()
    {
        var words = string.Join(' ', NodeSamples.Settings(NodeSamples.Large, "gpu-h200x8-1128gb").Flags);
        Assert.Contains("--tensor-parallel-size 8", words, StringComparison.Ordinal);
        Assert.DoesNotContain("--data-parallel-size", words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ModelTask.Generate, false)]
    [InlineData(ModelTask.Embed, true)]
    [InlineData(ModelTask.Score, true)]
    public void A_model_that_pools_is_told_so(ModelTask task, bool pools)
    {
        var settings = NodeSamples.Settings();
        var model = settings.Placement.Model with { Task = task };
        var words = string.Join(' ', (settings with { Placement = settings.Placement with { Model = model } }).Flags);
        Assert.Equal(pools, words.Contains("--runner pooling", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_vision_the_tower_is_left_out()
    {
        var words = NodeSamples.Settings(vision: false).Flags;
        Assert.Contains("--language-model-only", words);
        Assert.DoesNotContain("--limit-mm-per-prompt.image", words);
    }

    [Theory]
    [InlineData(true, false, "--enforce-eager")]
    [InlineData(false, true, "--kv-cache-dtype fp8")]
    public void An_option_is_said_when_it_is_wished(bool eager, bool fp8, string expected)
    {
        var settings = NodeSamples.Settings();
        Assert.DoesNotContain(expected, string.Join(' ', settings.Flags), StringComparison.Ordinal);
        var options = settings.Placement.Options with { EnforceEager = eager, KvCache = fp8 ? KvCacheType.Fp8 : KvCacheType.Auto };
        Assert.Contains(expected, string.Join(' ', (settings with { Placement = settings.Placement with { Options = options } }).Flags), StringComparison.Ordinal);
    }

    [Fact]
    public void Data_and_expert_parallel_are_said_together()
    {
        var settings = NodeSamples.Settings(NodeSamples.Large, "gpu-h200x8-1128gb");
        var spread = settings.Placement with { TensorParallel = 1, DataParallel = 8, ExpertParallel = true };
        Assert.Contains("--tensor-parallel-size 1 --data-parallel-size 8 --enable-expert-parallel", string.Join(' ', (settings with { Placement = spread }).Flags), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_opens_a_port_or_takes_what_a_model_brings_as_code()
    {
        foreach (var model in NodeSamples.Catalog.Models.Values)
        {
            Assert.DoesNotContain("--trust-remote-code", model.Flags);
            Assert.DoesNotContain("--host", model.Flags);
            Assert.DoesNotContain("--port", model.Flags);
            Assert.All(model.Flags, flag => Assert.DoesNotContain(' ', flag));
        }
    }

    [Theory]
    [InlineData("--load-format mistral", WeightsFormat.Mistral)]
    [InlineData("--load_format mistral", WeightsFormat.Mistral)]
    [InlineData("--load-format=mistral", WeightsFormat.Mistral)]
    [InlineData("--load-format auto", WeightsFormat.Hf)]
    [InlineData("", WeightsFormat.Hf)]
    public void The_copy_that_is_fetched_is_the_one_that_the_flags_load(string flags, WeightsFormat expected)
    {
        var settings = NodeSamples.Settings();
        var model = settings.Placement.Model with { Flags = flags.Split(' ', StringSplitOptions.RemoveEmptyEntries) };
        Assert.Equal(expected, (settings with { Placement = settings.Placement with { Model = model } }).Format);
    }
}
