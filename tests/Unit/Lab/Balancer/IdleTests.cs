namespace Infra.Tests.Unit.Lab.Balancer;

/// <summary>How long a connection may be silent: the setting holds where TLS ends at the load balancer, and nowhere else.</summary>
public sealed class IdleTests
{
    [Theory]
    [InlineData(true, 600, 59, true)]
    [InlineData(true, 600, 61, false)]
    [InlineData(true, 30, 45, true)]
    [InlineData(false, 600, 598, true)]
    [InlineData(false, 600, 602, false)]
    [InlineData(false, 30, 45, false)]
    public async Task A_connection_may_be_silent_for_as_long_as_its_kind_may(bool passthrough, int setting, int silence, bool lives)
    {
        await using var balancer = new TestBalancer(1, passthrough);
        balancer.Apply(spec => spec with { IdleTimeoutSeconds = setting });
        await balancer.BecomeHealthyAsync();
        await using var caller = await balancer.CallAsync();
        Assert.EndsWith("hello", await caller.AskAsync("hello"), StringComparison.Ordinal);
        balancer.Time.Advance(silence);
        if (lives)
        {
            Assert.EndsWith("again", await caller.AskAsync("again"), StringComparison.Ordinal);
            return;
        }
        await balancer.UntilAsync(status => status.Active == 0);
    }
}
