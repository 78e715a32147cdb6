using System.Text.Json;

namespace Infra.Tests.Node;

/// <summary><c>timeline</c>: the events of phases, one a line.</summary>
public sealed class PhaseTimelineTests
{
    [Theory]
    [InlineData("start", "", "start", "success")]
    [InlineData("stop", "success", "stop", "success")]
    [InlineData("stop", "exit-code", "failed", "exit-code")]
    public async Task The_phase_timeline_is_one_json_line_per_event(string argument, string serviceResult, string output, string result)
    {
        using var node = new StagedNode();
        await node.RunAsync("timeline", ["weights", argument], null, serviceResult.Length > 0 ? [("SERVICE_RESULT", serviceResult)] : []);
        using var line = JsonDocument.Parse(node.Read("/var/lib/inference/timeline/events.jsonl"));
        Assert.Equal(("weights", output, result), (Text(line, "phase"), Text(line, "event"), Text(line, "result")));
        Assert.True(line.RootElement.GetProperty("monotonicSeconds").GetDouble() > 0);
    }

    [Fact]
    public async Task A_unit_that_was_not_meant_to_run_leaves_no_trace_in_the_phase_timeline()
    {
        using var node = new StagedNode();
        await node.RunAsync("timeline", ["engine", "stop"], null, ("SERVICE_RESULT", "exec-condition"));
        Assert.False(File.Exists(node.At("/var/lib/inference/timeline/events.jsonl")));
    }

    // As on a disk that is full: a unit whose phase timeline fails would not start, and one that may not start cannot free the disk either.
    [Theory]
    [InlineData("start")]
    [InlineData("stop")]
    public async Task A_phase_timeline_that_cannot_be_written_keeps_no_unit_from_starting_or_stopping(string argument)
    {
        using var node = new StagedNode();
        Directory.CreateDirectory(node.At("/var/lib/inference/timeline"));
        File.CreateSymbolicLink(node.At("/var/lib/inference/timeline/events.jsonl"), "/dev/full");
        var result = await node.RunAsync("timeline", ["vllm", argument], null);
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Contains("No space left on device", result.Errors, StringComparison.Ordinal);
        Assert.Equal(argument == "start", File.Exists(node.At("/run/inference/started/vllm")));
    }

    private static string? Text(JsonDocument line, string name) => line.RootElement.GetProperty(name).GetString();
}
