using Infra.Tests.Deployments;

namespace Infra.Tests.Node;

/// <summary>How long the node's scripts repeat what failed.</summary>
public sealed class RetryTests
{
    private static readonly string Library = Path.Combine(StackFiles.Root, "node/rootfs/usr/local/libexec/inference/lib.bash");

    /// <summary>bash computes its seconds from the time of day: a clock that is set moves them.</summary>
    [Theory]
    [InlineData(-366)]
    [InlineData(366)]
    public async Task A_clock_that_is_set_meanwhile_changes_no_limit(int days)
    {
        var result = await Tool.RunAsync("timeout", "20", "bash", "-c",
            $$"""
            . {{Library}}
            failing() { echo tried; SECONDS=$((SECONDS + {{days}} * 86400)); return 1; }
            retry 4 failing || echo gave up
            """);
        Assert.Equal("tried\ntried\ngave up\n", result.Output);
    }
}
