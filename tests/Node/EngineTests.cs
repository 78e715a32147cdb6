using Infra.Planning.Catalog;
using Infra.Planning.Plan;

namespace Infra.Tests.Node;

/// <summary>The fake engine as a command: its arguments, the starts that it refuses and the log of one that it does not.</summary>
public sealed class EngineTests
{
    [Fact]
    public async Task It_prints_the_version_that_it_fakes()
    {
        using var engine = new FakeVllm();
        var result = await engine.RunAsync("--version");
        Assert.Equal((0, "0.31.0\n"), (result.ExitCode, result.Output));
    }

    [Theory]
    [InlineData("--no-such-flag 1", "error: unrecognized arguments: --no-such-flag 1")]
    [InlineData("--swap-space 4", "error: unrecognized arguments: --swap-space 4")]
    [InlineData("--kv-cache-dtype fp9", "vllm serve: error: argument --kv-cache-dtype: invalid choice: 'fp9' (choose from")]
    [InlineData("--max-num-seqs many", "vllm serve: error: argument --max-num-seqs: invalid int value: 'many'")]
    [InlineData("--max-model-len long", "vllm serve: error: argument --max-model-len: invalid human_readable_int_or_auto value: 'long'")]
    [InlineData("--limit-mm-per-prompt {", "vllm serve: error: argument --limit-mm-per-prompt: Value { cannot be converted")]
    [InlineData("--uds", "vllm serve: error: argument --uds: expected one argument")]
    public async Task An_argument_that_vllm_would_not_know_is_refused_with_status_2(string words, string expected)
    {
        using var engine = new FakeVllm();
        var result = await engine.ServeAsync(words.Split(' '));
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("usage: vllm", result.Errors, StringComparison.Ordinal);
        Assert.Contains(expected, result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--tensor-parallel-size 4", "World size (4) is larger than the number of available GPUs (2) in this node.")]
    [InlineData("-tp 3", "Total number of attention heads (32) must be divisible by tensor parallel size (3).")]
    [InlineData("--max-model-len 300000",
        "User-specified max_model_len (300000) is greater than the derived max_model_len (max_position_embeddings=262144")]
    [InlineData("--max-model-len 200k",
        "To serve at least one request with the model's max seq len (200000), (19.85 GiB KV cache is needed, which is larger "
            + "than the available KV cache memory (12.40 GiB)")]
    [InlineData("--max-num-batched-tokens 64", "max_num_batched_tokens (64) must be greater than or equal to max_num_seqs (256).")]
    [InlineData("--max-num-batched-tokens 2048 --no-enable-chunked-prefill",
        "max_num_batched_tokens (2048) is smaller than max_model_len (32768).")]
    [InlineData("--gpu-memory-utilization 1.2", "Input should be less than or equal to 1")]
    [InlineData("--enable-auto-tool-choice", "TypeError: Error: --enable-auto-tool-choice requires --tool-call-parser")]
    [InlineData("--enable-auto-tool-choice --tool-call-parser none", "KeyError: 'invalid tool call parser: none (chose from {")]
    [InlineData("--reasoning-parser none", "KeyError: 'invalid reasoning parser: none (chose from {")]
    [InlineData("--load-format safetensors", "RuntimeError: Cannot find any model weights with `")]
    [InlineData("--config-format hf", "does not appear to have a file named config.json.")]
    [InlineData("--uds /nowhere/vllm.sock", "FileNotFoundError: [Errno 2] No such file or directory")]
    public async Task A_relation_that_vllm_checks_ends_the_start_with_its_words(string words, string expected)
    {
        using var engine = new FakeVllm();
        var result = await engine.ServeAsync(words.Split(' '));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Traceback (most recent call last):", result.Errors, StringComparison.Ordinal);
        Assert.Contains(expected, result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"a\":{\"dtype\":\"BF16\",\"shape\":[4,4],\"data_offsets\":[0,32]}}", 31, null, "MetadataIncompleteBuffer")]
    [InlineData("{\"a\":{\"dtype\":\"BF16\",\"shape\":[4,4],\"data_offsets\":[0,32]}}", 32, 1UL << 40, "HeaderTooLarge")]
    [InlineData("{}", 0, 4096UL, "InvalidHeaderLength")]
    [InlineData("<!doctype html>", 0, null, "InvalidHeaderDeserialization")]
    [InlineData("{\"a\":{\"dtype\":\"BF16\",\"shape\":[4,4],\"data_offsets\":[8,40]}}", 40, null, "InvalidOffset(\"a\")")]
    [InlineData("{\"a\":{\"dtype\":\"BF16\",\"shape\":[4,5],\"data_offsets\":[0,32]}}", 32, null, "TensorInvalidInfo")]
    public async Task A_weights_file_that_is_not_whole_is_found_by_its_header(string header, int data, ulong? length, string expected)
    {
        using var engine = new FakeVllm();
        engine.Weights("consolidated.safetensors", header, new byte[data], length);
        var result = await engine.ServeAsync();
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"safetensors_rust.SafetensorError: Error while deserializing header: {expected}", result.Errors,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shard_that_the_index_names_and_the_folder_lacks_is_missed()
    {
        using var engine = new FakeVllm();
        File.WriteAllText(Path.Combine(engine.Model, "consolidated.safetensors.index.json"),
            """{"weight_map":{"a":"consolidated.safetensors","b":"consolidated-2.safetensors"}}""");
        var result = await engine.ServeAsync();
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Following weights were not initialized from checkpoint: {'b'}", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_gpu_there_is_no_device()
    {
        using var engine = new FakeVllm();
        engine.MachineReports("""{"count":0}""");
        var result = await engine.ServeAsync();
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("RuntimeError: Failed to infer device type", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData(",\"fault\":\"import\"", 1)]
    public async Task The_class_that_the_node_asks_for_can_be_imported_unless_the_fault_is_asked_for(string fault, int status)
    {
        using var engine = new FakeVllm();
        engine.MachineReports($"{{\"count\":1{fault}}}");
        var result = await Tool.RunAsync(
            "python3",
            ["-B", "-c", "from vllm.model_executor.models.pixtral import PixtralForConditionalGeneration"],
            null,
            new Dictionary<string, string>
            {
                ["PYTHONPATH"] =
                FakeVllm.Package,
                ["LAB_MACHINE"] = Path.Combine(engine.Root, "gpu.json")
            });
        Assert.Equal(status, result.ExitCode);
    }

    [Fact]
    public async Task The_log_begins_with_the_fake_then_prints_what_vllm_would_print_and_a_second_start_finds_its_cache()
    {
        using var engine = new FakeVllm();
        using (await Running(engine))
        {
            var lines = engine.Log.Split('\n');
            Assert.Contains("FAKE of vLLM 0.31.0", lines[0], StringComparison.Ordinal);
            Assert.Matches(@"\(APIServer pid=\d+\) INFO \d\d-\d\d \d\d:\d\d:\d\d \[api_utils\.py:\d+\] non-default args: \{'model_tag'",
                engine.Log);
            Assert.Matches(@"\(EngineCore pid=\d+\) INFO .* Model loading took 4\.50 GiB memory and [0-9.]+ seconds", engine.Log);
            Assert.Contains("Available KV cache memory: 12.40 GiB", engine.Log, StringComparison.Ordinal);
            Assert.Contains("GPU KV cache size: 124,944 tokens, Maximum concurrency for 32,768 tokens per request: 3.81x", engine.Log,
                StringComparison.Ordinal);
            Assert.Contains("Compiling a graph for compile range", engine.Log, StringComparison.Ordinal);
            var end = await engine.StopAsync();
            Assert.Equal(0, end.ExitCode);
            Assert.Contains("Application shutdown complete.", end.Output, StringComparison.Ordinal);
        }

        File.Delete(engine.Socket);
        using (await Running(engine))
        {
            Assert.Contains("Directly load the compiled graph(s)", engine.Log, StringComparison.Ordinal);
            await engine.StopAsync();
        }
    }

    [Theory]
    [InlineData(NodeSamples.Small, "gpu-4000adax1-20gb")]
    [InlineData(NodeSamples.Large, "gpu-h200x8-1128gb")]
    public async Task What_the_node_passes_is_understood(string model, string size)
    {
        using var engine = new FakeVllm();
        var arguments = VllmArguments.For(NodeSamples.Plan(model, size, EngineInstall.Container)).ToList();
        // Tests only the parsing of the arguments, which precedes the error about the missing machine.
        File.Delete(Path.Combine(engine.Root, "gpu.json"));
        arguments[arguments.IndexOf("--uds") + 1] = engine.Socket;
        var result = await engine.RunAsync(["serve", engine.Model, .. arguments]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Failed to infer device type", result.Errors, StringComparison.Ordinal);
    }

    private static async Task<IDisposable> Running(FakeVllm engine)
    {
        await engine.StartAsync(null);
        return engine.Client;
    }
}
