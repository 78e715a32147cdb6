using System.Diagnostics;

namespace Infra.Tests.Node;

/// <summary>The proof of readiness, and the watch for an engine that hangs.</summary>
public sealed class ReadyProbeTests
{
    [Fact]
    public async Task Ready_is_set_after_a_completion_and_removed_when_the_engine_ends()
    {
        using var node = new StagedNode();
        Directory.CreateDirectory(node.At("/ready"));
        using var probe = Start(node, timeout: "5");
        Assert.False(File.Exists(node.At("/ready/answered")));
        var engine = new FakeEngine(node.At("/vllm.sock")) { Completion = "{\"choices\":[{\"text\":\"a\"}]}" };
        await Until(() => File.Exists(node.At("/ready/answered")));
        engine.Completion = "{\"error\":{}}";
        await Until(() => !File.Exists(node.At("/ready/answered")));
        Assert.False(probe.HasExited);
        engine.Dispose();
        probe.Kill();
        await probe.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("{\"choices\":")]
    [InlineData("deep")]
    public async Task An_invalid_answer_does_not_count_and_does_not_end_the_probe(string completion)
    {
        using var node = new StagedNode();
        Directory.CreateDirectory(node.At("/ready"));
        using var engine = new FakeEngine(node.At("/vllm.sock"))
        {
            Completion = completion == "deep" ? new string('[', 100_000) : completion,
        };
        using var probe = Start(node, timeout: "5");
        // Its next question shows that it outlived this answer.
        await Until(() => engine.Requests > 4);
        Assert.False(File.Exists(node.At("/ready/answered")));
        engine.Completion = "{\"choices\":[{\"text\":\"a\"}]}";
        await Until(() => File.Exists(node.At("/ready/answered")));
        probe.Kill();
        await probe.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    // The fake engine's own routes: were another one asked, it would be 404 there.
    [Theory]
    [InlineData("embed", "MistralModel", "an embedding succeeded: ready")]
    [InlineData("score", "MistralForSequenceClassification", "a score succeeded: ready")]
    public async Task A_model_that_pools_is_asked_for_what_it_makes(string task, string architecture, string message)
    {
        using var node = new StagedNode();
        Directory.CreateDirectory(node.At("/ready"));
        using var engine = await FakeVllm.PoolingAsync(architecture);
        using var probe = Start(node, "5", engine.Socket, task);
        Assert.Equal(message, await probe.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.True(File.Exists(node.At("/ready/answered")));
        probe.Kill();
        await probe.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task An_engine_that_answers_nothing_and_counts_nothing_is_reported_by_status_75()
    {
        using var node = new StagedNode();
        Directory.CreateDirectory(node.At("/ready"));
        using var engine = new FakeEngine(node.At("/vllm.sock")) { Hangs = true };
        using var probe = Start(node, timeout: "0.2");
        // Two probes ask for counters twice each, 3 s each time, and the processors may be busy.
        await probe.WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(90), TestContext.Current.CancellationToken);
        Assert.Equal(75, probe.ExitCode);
        Assert.Contains("it hangs", await probe.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("75", true)]
    [InlineData("0", false)]
    [InlineData("TERM", false)]
    public async Task Only_that_status_restarts_the_engine(string status, bool restarts)
    {
        using var node = new StagedNode();
        await node.RunAsync("restart-hanging", null, ("EXIT_STATUS", status));
        Assert.Equal(restarts, node.Called.Contains("try-restart", StringComparison.Ordinal));
    }

    private static Process Start(StagedNode node, string timeout, string? socket = null, string task = "generate") =>
        Tool.Start("python3", [node.At("/usr/local/libexec/inference/ready-probe")], new Dictionary<string, string>
        {
            ["API_TASK"] = task,
            ["ENGINE_SOCKET"] = socket ?? node.At("/vllm.sock"),
            ["MODEL_SERVED_NAME"] = "m",
            ["PROBE_INTERVAL_S"] = "0.1",
            ["PROBE_TIMEOUT_S"] = timeout,
            ["RUNTIME_DIRECTORY"] = node.At("/ready"),
        });

    private static async Task Until(Func<bool> condition)
    {
        for (var i = 0; i < 800 && !condition(); i++)
        {
            await Task.Delay(25, TestContext.Current.CancellationToken);
        }

        Assert.True(condition());
    }
}
