using System.Runtime.CompilerServices;
using Infra.Planning.Catalog;
using Infra.Planning.Observed;

namespace Infra.Tests.Unit.Observed;

/// <summary>
/// vLLM's lines about a start, in the wordings of its releases: shapes of public logs from 2024-12 to 2026-10, with their prefixes. Names
/// around the values are made up where the log had a host or a path.
/// </summary>
public sealed class StartLogTests
{
    /// <summary>0.6, the V0 engine: a sentence for all terms, and blocks instead of tokens.</summary>
    private static readonly string V0 = Log("0.6.log");

    /// <summary>0.10: DEBUG has the terms.</summary>
    private static readonly string Debug = Log("0.10.log");

    /// <summary>0.19: the engine prints its configuration, the end of the start the terms.</summary>
    private static readonly string V19 = Log("0.19.log");

    /// <summary>0.27: graphs are charged, with a second utilization in a hint.</summary>
    private static readonly string V27 = Log("0.27.log");

    /// <summary>0.31: one line for tokens and concurrency; weights and non-torch memory are one figure (A100, 2026-10-06).</summary>
    private static readonly string V31 = Log("0.31.log");

    [Fact]
    public void The_first_engine() => Assert.Equal(
        (21.67, 15.73, 0.36, 3.09, 44.39, 0.92, 115_056L), Of(V0, log => (
            log.WeightsGiB, log.ActivationGiB, log.NonTorchGiB, log.KvGiB, log.VisibleGiB, log.Utilization, log.KvTokens)));

    [Fact]
    public void A_log_with_debug_lines() => Assert.Equal(
        ("0.10.1", 2.32, 0.45, 0.02, 37.10, 1_215_552L, 131_072, 0.9), Of(Debug, log => (
            log.Engine, log.WeightsGiB, log.ActivationGiB, log.NonTorchGiB, log.KvGiB, log.KvTokens, log.MaxModelLen, log.Utilization)));

    [Fact]
    public void Of_several_ranks_the_one_with_the_least_room_counts()
    {
        var log = StartLog.Read(V19);
        Assert.Equal((14.1, 55.15, 2), (log.WeightsGiB, log.KvGiB, log.Ranks));
        Assert.Equal(("0.19.1", 2, 1, 1), (log.Engine, log.TensorParallel, log.DataParallel, log.PipelineParallel));
        Assert.Equal((KvCacheType.Fp8, false, 8192, 8192), (log.KvCache, log.EnforceEager, log.MaxModelLen, log.MaxNumBatchedTokens));
        Assert.Equal((77.66, 79.19, 0.9), (log.FreeGiB, log.VisibleGiB, log.Utilization));
        Assert.Null(log.GraphsGiB);
        Assert.Empty(log.Outside);
    }

    [Fact]
    public void Charged_graphs_and_the_utilization_that_was_set()
    {
        var log = StartLog.Read(V27);
        Assert.Equal((0.36, 0.82, 4, true, 90_000), (log.GraphsGiB, log.Utilization, log.MaxNumSeqs, log.LanguageOnly, log.MaxModelLen));
        Assert.Equal(["mistralai/Mistral-Small-4-119B-2603"], log.Models);
    }

    [Fact]
    public void The_current_release()
    {
        var log = StartLog.Read(V31);
        Assert.Equal(("0.31.0", 15.0, 15.26, 1.44, 56.21, 460_496L), (
            log.Engine, log.WeightsGiB, log.ConsumedGiB, log.ActivationGiB, log.KvGiB, log.KvTokens));
        Assert.Null(log.NonTorchGiB);
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("Oct 06 17:00:33 gpu-17 vllm[8123]: {0}")]
    [InlineData("2026-10-06T17:00:33.123456789Z stdout F {0}")]
    [InlineData("vllm-1  | {0}")]
    [InlineData("\u001b[36m{0}\u001b[0m")]
    [InlineData("   {0}   ")]
    public void Prefixes_of_what_collects_logs_do_not_matter(string prefix)
    {
        var wrapped = string.Join('\n', V31.Split('\n').Select(line => prefix.Replace("{0}", line, StringComparison.Ordinal)));
        Assert.Equal(StartLog.Read(V31), StartLog.Read(wrapped), SameNumbers);
        Assert.Equal(460_496, StartLog.Read(wrapped.ReplaceLineEndings("\r\n")).KvTokens);
    }

    [Theory]
    [InlineData("log", """{"stream": "stderr", "time": "2026-10-06T17:00:33Z"}""")]
    [InlineData("MESSAGE", """{"_HOSTNAME": "gpu-17", "PRIORITY": "6"}""")]
    [InlineData("message", """{"level": "info", "kubernetes": {"pod_name": "vllm-0", "host": "10.0.0.7"}}""")]
    [InlineData("textPayload", """{"severity": "INFO", "resource": {"type": "k8s_container"}}""")]
    public void Lines_of_JSON_are_unpacked(string member, string envelope)
    {
        var lines = V31.Split('\n').Select(line =>
        {
            var json = System.Text.Json.Nodes.JsonNode.Parse(envelope)!.AsObject();
            json[member] = line + "\n";
            return json.ToJsonString();
        });
        Assert.Equal(460_496, StartLog.Read(string.Join('\n', lines)).KvTokens);
    }

    [Fact]
    public void Of_several_starts_the_last_counts()
    {
        var log = StartLog.Read(Debug + "\n" + V31);
        Assert.Equal((2, "0.31.0", 460_496L), (log.Starts, log.Engine, log.KvTokens));
    }

    [Theory]
    [InlineData(0, "the KV cache does not hold one request of the context")]
    [InlineData(1, "no memory is left for a KV cache")]
    [InlineData(2, "the budget is more than the memory that is free")]
    [InlineData(3, "out of memory")]
    public void A_failed_start_says_why(int line, string reason)
    {
        var log = StartLog.Read($"Model loading took 34.34 GiB memory and 5.4 seconds\n{Log("failures.log").Split('\n')[line]}");
        Assert.Equal(reason, log.Failure);
        Assert.Equal(line == 0 ? 17.39 : null, log.KvGiB);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("GPU KV cache size: tokens")]
    [InlineData("non-default args: {'max_num_seqs': 99999999999999999999, 'gpu_memory_utilization': abc}")]
    [InlineData("Available KV cache memory: . GiB")]
    public void Whatever_is_no_number_is_nothing(string text) => Assert.False(StartLog.Read(text).HasMemory);

    [Fact]
    public void A_connector_is_known_to_take_memory() => Assert.Equal(["a KV connector"],
        StartLog.Read("non-default args: {'kv_transfer_config': KVTransferConfig(kv_connector='LMCacheConnectorV1')}").Outside);

    public static string Current => V31;

    public static string WithSecrets => Debug;

    private static string Log(string name, [CallerFilePath] string here = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "logs", name));

    private static T Of<T>(string text, Func<StartLog, T> of) => of(StartLog.Read(text));

    private static bool SameNumbers(StartLog one, StartLog other) =>
        (one.Engine, one.KvGiB, one.KvTokens, one.WeightsGiB, one.ConsumedGiB, one.ActivationGiB, one.VisibleGiB, one.FreeGiB,
            one.Utilization) == (other.Engine, other.KvGiB, other.KvTokens, other.WeightsGiB, other.ConsumedGiB, other.ActivationGiB, other.VisibleGiB,
                other.FreeGiB, other.Utilization);
}
