namespace Infra.Tests.Node;

/// <summary>Which servers the lab's load balancer sends calls to.</summary>
public sealed class BalancerHealthTests
{
    [Theory]
    [InlineData(200, 3)]
    [InlineData(399, 1)]
    public async Task A_server_is_down_until_as_many_checks_as_its_threshold_passed(int ready, int threshold)
    {
        await using var stage = new BalancerStage(1);
        stage.Servers[0].Ready = ready;
        await stage.ApplyAsync(spec => spec with { Check = spec.Check with { HealthyThreshold = threshold } });
        var status = await stage.UntilAsync(status =>
        {
            // The status is older than the count of checks, which may have grown since.
            Assert.True(!status.Backends[0].Healthy || stage.Servers[0].Checks >= threshold);
            return status.Backends[0].Healthy;
        });

        Assert.Null(status.Backends[0].LastError);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(503)]
    public async Task A_server_that_answers_otherwise_stays_down_and_the_status_has_the_reason(int ready)
    {
        await using var stage = new BalancerStage(1);
        stage.Servers[0].Ready = ready;
        await stage.ApplyAsync();
        // While the next check is under way, HAProxy does not know the last one's code.
        var status = await stage.UntilAsync(status => stage.Servers[0].Checks > 3
            && status.Backends[0].LastError?.StartsWith($"Layer7 wrong status {ready}", StringComparison.Ordinal) == true);

        Assert.False(status.Backends[0].Healthy);
    }

    [Fact]
    public async Task A_server_that_turns_unhealthy_keeps_its_connections_and_gets_no_new_ones()
    {
        await using var stage = new BalancerStage(2);
        await stage.BecomeHealthyAsync();
        await using var first = await stage.CallAsync();
        await first.BeginAsync();
        var server = stage.Servers.Single(server => first.Subject == $"CN={server.Address}");
        server.Ready = 503;
        await stage.UntilAsync(status =>
        {
            var known = status.Backends.Single(backend => backend.Address == server.Address);
            Assert.True(known.Healthy || server.Checks >= stage.Spec.Check.UnhealthyThreshold);
            return !known.Healthy;
        });

        for (var call = 0; call < 4; call++)
        {
            await using var caller = await stage.CallAsync();
            Assert.NotEqual(first.Subject, caller.Subject);
        }

        server.GoOn();
        Assert.True(await first.IsWholeAsync());
    }

    [Fact]
    public async Task A_check_without_an_answer_fails_in_time()
    {
        await using var stage = new BalancerStage(1);
        stage.Servers[0].Ready = 0;
        await stage.ApplyAsync(spec => spec with { Check = spec.Check with { TimeoutSeconds = 1 } });

        await stage.UntilAsync(status => status.Backends[0].LastError == "Layer7 timeout");
    }

    [Fact]
    public async Task A_tcp_check_succeeds_with_a_connection_and_fails_on_a_dead_port()
    {
        await using var stage = new BalancerStage(2);
        stage.Servers[0].Ready = 503;
        stage.Servers[1].Stop();
        await stage.ApplyAsync(spec => spec with { Check = spec.Check with { Protocol = "tcp", Path = "" } });

        var status = await stage.UntilAsync(status => status.Backends[0].Healthy);
        Assert.False(status.Backends[1].Healthy);
        Assert.StartsWith("Layer4 connection problem", status.Backends[1].LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_comes_in_serves_after_its_checks_while_the_others_go_on()
    {
        await using var stage = new BalancerStage(2);
        var (old, added) = (stage.Servers[0], stage.Servers[1]);
        await stage.BecomeHealthyAsync(spec => spec with { Backends = [old.Address] });
        await stage.ApplyAsync(spec => spec with
        {
            Backends = [old.Address, added.Address],
            Check = spec.Check with { HealthyThreshold = 4 },
        });
        await using (var caller = await stage.CallAsync())
        {
            Assert.Equal($"CN={old.Address}", caller.Subject);
        }

        await stage.UntilAsync(status =>
        {
            Assert.True(status.Backends[0].Healthy);
            Assert.True(!status.Backends[1].Healthy || added.Checks >= 4);
            return status.Backends[1].Healthy;
        });
        await using var first = await stage.CallAsync();
        await using var second = await stage.CallAsync();
        Assert.Equal([$"CN={old.Address}", $"CN={added.Address}"], new[] { first.Subject, second.Subject }.Order());
    }

    [Fact]
    public async Task A_restarted_process_considers_no_server_healthy()
    {
        await using var stage = new BalancerStage(1);
        await stage.BecomeHealthyAsync();
        // A change at run time keeps the state of the health checks.
        await stage.ApplyAsync(spec => spec with { Check = spec.Check with { HealthyThreshold = 4 } });
        Assert.True((await stage.StatusAsync()).Backends[0].Healthy);
        stage.Servers[0].Ready = 200;
        await stage.StartAgainAsync();

        await stage.UntilAsync(status =>
        {
            Assert.True(!status.Backends[0].Healthy || stage.Servers[0].Checks >= 4);
            return status.Backends[0].Healthy;
        });
    }
}
