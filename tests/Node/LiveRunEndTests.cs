using System.Globalization;

namespace Infra.Tests.Node;

/// <summary><c>live/run</c> that is ended early or killed: nothing that costs money is left.</summary>
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
}
