using System.Globalization;

namespace Infra.Tests.Node;

/// <summary>
/// <c>live/run</c> that is ended early, killed or cannot delete: nothing that costs money is left, or the run reports it.
/// </summary>
public sealed class LiveRunEndTests
{
    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task A_signal_during_up_deletes_everything_and_writes_the_report(string signal)
    {
        using var live = new LiveStage();
        var process = await live.StartAndAwaitPulumiAsync();
        Assert.True(live.Exists("droplets/77"));
        await Tool.RunAsync("kill", $"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture));
        var result = await LiveStage.EndAsync(process);

        Assert.True(result.ExitCode != 0, result.All);
        Assert.Contains("pulumi cancel", live.Calls, StringComparison.Ordinal);
        Assert.Equal("nothing that costs money", live.Report().GetProperty("left").GetString());
        Assert.Equal("no", live.Report().GetProperty("complete").GetString());
        Assert.False(live.Exists("droplets/77") || live.KeepsState);
    }

    [Fact]
    public async Task The_reader_of_the_output_may_go_away()
    {
        using var live = new LiveStage();
        using var process = await live.StartAndAwaitPulumiAsync();
        process.StandardOutput.Close();
        process.StandardError.Close();
        await File.WriteAllTextAsync(live.InCloud("never"), "go on\n", TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal("nothing that costs money", live.Report().GetProperty("left").GetString());
        Assert.False(live.Exists("droplets/77") || live.KeepsState);
    }

    [Fact]
    public async Task After_a_kill_that_no_trap_sees_the_end_command_deletes_everything()
    {
        using var live = new LiveStage();
        var process = await live.StartAndAwaitPulumiAsync();
        process.Kill();
        await LiveStage.EndAsync(process);
        Assert.True(live.Exists("droplets/77") && live.KeepsState);

        var again = await live.RunAsync();
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("fix: live/run end", again.Errors, StringComparison.Ordinal);
        Assert.True(live.Exists("droplets/77"), "a run that refuses must not end another's");

        var end = await live.RunAsync("run", ["end"]);
        Assert.True(end.ExitCode == 0, end.All);
        Assert.Contains("destroy", live.Calls, StringComparison.Ordinal);
        Assert.False(live.Exists("droplets/77") || live.KeepsState);
    }

    [Fact]
    public async Task A_Droplet_that_Pulumi_does_not_know_is_deleted_by_the_API()
    {
        using var live = new LiveStage();
        live.Put("forgets", "");
        live.Put("no-capacity", "");
        live.PutDroplet("78", "2027-01-15T08:00:00Z", "inference:live-other");
        var run = await live.RunAsync();
        Assert.Equal(1, run.ExitCode);
        Assert.True(live.Exists("droplets/78"), "another run's Droplet is none of its business");

        File.Delete(live.InCloud("no-capacity"));
        await live.RunAsync(("LIVE_MINUTES", "10"));
        Assert.False(live.Exists("droplets/77"));
        Assert.Contains("the Droplet is there still", live.Answer("end-destroy").GetProperty("answer").GetString(),
            StringComparison.Ordinal);
        Assert.Equal("nothing that costs money", live.Report().GetProperty("left").GetString());
    }

    [Fact]
    public async Task What_cannot_be_deleted_fails_the_run_and_keeps_its_state()
    {
        using var live = new LiveStage();
        live.Put("forgets", "");
        live.Put("answers", "403 DELETE /v2/droplets/77\n");
        var result = await live.RunAsync(("LIVE_MINUTES", "10"));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("SOMETHING MAY STILL COST MONEY", result.Errors, StringComparison.Ordinal);
        Assert.Contains("live/run end", result.Errors, StringComparison.Ordinal);
        Assert.True(live.KeepsState);
    }
}
