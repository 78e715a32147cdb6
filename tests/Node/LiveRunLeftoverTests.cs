namespace Infra.Tests.Node;

/// <summary><c>live/run</c> that Pulumi's destroy leaves something of: the API deletes it, or the run reports it.</summary>
public sealed class LiveRunLeftoverTests
{
    [Fact]
    public async Task A_Droplet_that_Pulumi_does_not_know_is_deleted_by_the_API()
    {
        using var live = new LiveStage();
        live.Put("forgets", "");
        live.Put("up-fails", "");
        await live.RunAsync();
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
        live.Put("up-fails", "");
        live.Put("answers", "403 DELETE /v2/droplets/77\n");
        var result = await live.RunAsync();

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("SOMETHING MAY STILL COST MONEY", result.Errors, StringComparison.Ordinal);
        Assert.Contains("live/run end", result.Errors, StringComparison.Ordinal);
        Assert.True(live.KeepsState);
    }
}
