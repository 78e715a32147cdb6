using System.Net.Sockets;

namespace Infra.Tests.Node;

/// <summary>Calls through the lab's load balancer: what it does is what DigitalOcean's does.</summary>
public sealed class BalancerTests
{
    [Fact]
    public async Task Tls_passes_through_to_the_servers_in_turn_from_the_address_in_the_vpc()
    {
        await using var stage = new BalancerStage(3);
        await stage.BecomeHealthyAsync();

        var answers = new List<string>();
        for (var call = 0; call < 6; call++)
        {
            await using (var caller = await stage.CallAsync())
            {
                answers.Add($"{caller.Subject} {caller.Protocol} {await caller.AskAsync("/hello")}");
            }

            await stage.UntilAsync(status => status.Active == 0);
        }

        Assert.Equal(stage.Servers.Select(server => $"CN={server.Address}  {server.Address} /hello"), answers.Take(3).Order());
        Assert.Equal(answers.Take(3), answers.Skip(3));
        Assert.All(stage.Servers, server => Assert.All(server.Asked, asked => Assert.Equal(stage.Host(2), asked.From)));
    }

    [Fact]
    public async Task The_server_with_the_fewest_connections_is_next()
    {
        await using var stage = new BalancerStage(3);
        await stage.BecomeHealthyAsync();
        var callers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => stage.CallAsync()));
        Assert.Equal([2, 2, 2], (await stage.UntilAsync(status => status.Active == 6)).Backends.Select(server => server.Active));
        var left = callers[3].Subject;
        await callers[3].DisposeAsync();
        await stage.UntilAsync(status => status.Backends.Sum(server => server.Active) == 5);

        await using var next = await stage.CallAsync();
        Assert.Equal(left, next.Subject);
        foreach (var caller in callers)
        {
            await caller.DisposeAsync();
        }
    }

    [Fact]
    public async Task Where_tls_ends_it_speaks_http_1_with_its_own_certificate_and_names_the_caller()
    {
        await using var stage = new BalancerStage(2, passthrough: false);
        await stage.BecomeHealthyAsync();
        await using var caller = await stage.CallAsync();

        Assert.Equal(("CN=balancer", "http/1.1"), (caller.Subject, caller.Protocol));
        // Each request has a connection of its own to a server.
        var answers = new[] { await caller.AskAsync("/hello"), await caller.AskAsync("/hello") };
        Assert.Equal(stage.Servers.Select(server => $"{server.Address} /hello"), answers.Order());
        Assert.All(stage.Servers, server => Assert.Contains(
            $"x-forwarded-for: {stage.Host(3)}\r\n", Assert.Single(server.Asked).Request, StringComparison.Ordinal));
        Assert.All(
            Directory.GetFiles(stage.Folder, "*.pem"),
            file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_caller_that_closes_its_sending_side_still_gets_the_rest_of_the_answer(bool passthrough)
    {
        await using var stage = new BalancerStage(1, passthrough);
        await stage.BecomeHealthyAsync();
        await using var caller = await stage.CallAsync();
        await caller.BeginAsync();
        await caller.EndAsync();
        stage.Servers[0].GoOn();

        Assert.True(await caller.IsWholeAsync());
        await stage.UntilAsync(status => status is { Active: 0, Backends: [{ Active: 0, Total: 1 }] });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_dies_breaks_its_calls_so_that_no_half_answer_looks_whole(bool passthrough)
    {
        await using var stage = new BalancerStage(1, passthrough);
        await stage.BecomeHealthyAsync();
        await using var caller = await stage.CallAsync();
        await caller.BeginAsync();
        stage.Servers[0].Stop();

        Assert.False(await caller.IsWholeAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Losing_one_of_three_servers_loses_no_later_call_even_before_a_check_notices(bool passthrough)
    {
        await using var stage = new BalancerStage(3, passthrough);
        await stage.BecomeHealthyAsync(spec => spec with { Check = spec.Check with { IntervalSeconds = 60, HealthyThreshold = 1 } });
        stage.Servers[1].Stop();

        for (var call = 0; call < 9; call++)
        {
            await using var caller = await stage.CallAsync();
            Assert.EndsWith("/hello", await caller.AskAsync("/hello"), StringComparison.Ordinal);
        }

        var status = await stage.StatusAsync();
        Assert.True(status.Backends[1].Healthy);
        Assert.Equal((0, 0, 9), (status.Unserved, status.Backends[1].Total, status.Total));
    }

    [Fact]
    public async Task Without_a_healthy_server_tls_that_passes_through_is_closed()
    {
        await using var stage = new BalancerStage(1);
        stage.Servers[0].Stop();
        await stage.ApplyAsync();

        await Assert.ThrowsAnyAsync<IOException>(() => stage.CallAsync());
        await stage.UntilAsync(status => status is { Unserved: 1, Total: 1, Active: 0 });
    }

    [Fact]
    public async Task Without_a_healthy_server_who_speaks_http_gets_503()
    {
        await using var stage = new BalancerStage(1, passthrough: false);
        stage.Servers[0].Stop();
        await stage.ApplyAsync();
        await using var caller = await stage.CallAsync();
        await caller.SendAsync("/");

        Assert.StartsWith("HTTP/1.1 503 ", await caller.ReadAsync("</html>\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_outside_the_allow_list_is_disconnected_at_once_and_the_list_can_change()
    {
        await using var stage = new BalancerStage(1);
        await stage.BecomeHealthyAsync(spec => spec with { AllowedCidrs = [$"{stage.Host(7)}/32", "::/0"] });

        Assert.True(await Record.ExceptionAsync(() => stage.CallAsync()) is SocketException or IOException);
        await using var caller = await stage.CallAsync(source: 7);
        Assert.EndsWith("/hello", await caller.AskAsync("/hello"), StringComparison.Ordinal);
        Assert.True(await stage.StatusAsync() is { Refused: 1, Total: 1 });

        await stage.ApplyAsync(spec => spec with { AllowedCidrs = ["::/0"] });
        Assert.True(await Record.ExceptionAsync(() => stage.CallAsync(source: 7)) is SocketException or IOException);
    }

    /// <summary>The setting holds where TLS ends at the load balancer, and nowhere else.</summary>
    [Theory]
    [InlineData(true, 1, 4, true)]
    [InlineData(true, 60, 2, false)]
    [InlineData(false, 4, 1, true)]
    [InlineData(false, 2, 60, false)]
    public async Task Each_kind_of_connection_has_its_own_idle_timeout(bool passthrough, int setting, int fixedLimit, bool lives)
    {
        await using var stage = new BalancerStage(1, passthrough);
        await stage.BecomeHealthyAsync(spec => spec with { IdleTimeoutSeconds = setting, PassthroughIdleTimeoutSeconds = fixedLimit });
        await using var idle = await stage.CallAsync();
        await using var stream = await stage.CallAsync();
        await idle.AskAsync("/hello");
        await stream.BeginAsync();
        await Task.Delay(TimeSpan.FromSeconds(lives ? 2 : 4), TestContext.Current.CancellationToken);
        Assert.Equal(lives ? 2 : 0, (await stage.StatusAsync()).Active);
        stage.Servers[0].GoOn();

        Assert.Equal(lives, await stream.IsWholeAsync());
        if (lives)
        {
            Assert.EndsWith("/again", await idle.AskAsync("/again"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_that_goes_on_is_not_silent_though_its_caller_is(bool passthrough)
    {
        await using var stage = new BalancerStage(1, passthrough);
        await stage.BecomeHealthyAsync(spec => spec with { IdleTimeoutSeconds = 2, PassthroughIdleTimeoutSeconds = 2 });
        await using var caller = await stage.CallAsync();
        await caller.BeginAsync("/slow");

        Assert.True(await caller.IsWholeAsync());
    }
}
