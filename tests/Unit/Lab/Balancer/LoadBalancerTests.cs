using System.Net;
using System.Net.Sockets;
using Infra.Lab.Specs;

namespace Infra.Tests.Unit.Lab.Balancer;

public sealed class LoadBalancerTests
{
    [Fact]
    public async Task Tls_goes_through_to_the_servers_in_turn_from_the_address_in_the_vpc()
    {
        await using var balancer = new TestBalancer(3);
        await balancer.BecomeHealthyAsync();

        var answers = new List<string>();
        for (var call = 0; call < 3; call++)
        {
            await using var caller = await balancer.CallAsync();
            answers.Add($"{caller.Subject} {caller.Protocol} {await caller.AskAsync("hello")}");
        }

        Assert.Equal(
            ["CN=127.0.0.11  127.0.0.11 hello", "CN=127.0.0.12  127.0.0.12 hello", "CN=127.0.0.13  127.0.0.13 hello"],
            answers.Order());
        Assert.All(balancer.Servers, server => Assert.Equal(["127.0.0.2"], server.Callers));
    }

    [Fact]
    public async Task Where_tls_ends_the_certificate_is_the_balancers_and_the_protocol_is_http_1()
    {
        await using var balancer = new TestBalancer(1, passthrough: false);
        await balancer.BecomeHealthyAsync();
        await using var caller = await balancer.CallAsync();

        Assert.Equal("127.0.0.11 hello", await caller.AskAsync("hello"));
        Assert.Equal(("CN=balancer", "http/1.1"), (caller.Subject, caller.Protocol));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_ends_sending_still_gets_the_rest_of_the_answer(bool passthrough)
    {
        await using var balancer = new TestBalancer(1, passthrough);
        await balancer.BecomeHealthyAsync();
        await using var caller = await balancer.CallAsync();
        await caller.AskAsync("hello");

        Assert.Equal("bye", await caller.EndAsync());
        await balancer.UntilAsync(status => status is { Active: 0, Backends: [{ Active: 0, Total: 1 }] });
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(399, true)]
    [InlineData(400, false)]
    [InlineData(503, false)]
    public async Task A_server_is_down_until_checks_say_otherwise(int ready, bool healthy)
    {
        await using var balancer = new TestBalancer(1);
        var server = balancer.Servers[0];
        server.Ready = ready;
        balancer.Apply();
        await balancer.UntilAsync(status => status.Backends[0].Checks == 1);
        Assert.False(balancer.Status.Backends[0].Healthy);

        await balancer.NextCheckAsync();
        Assert.Equal(
            (healthy, healthy ? null : $"/ready answered {ready}"),
            (balancer.Status.Backends[0].Healthy, balancer.Status.Backends[0].LastError));
    }

    [Fact]
    public async Task A_server_that_turns_unhealthy_keeps_its_connections_and_gets_no_new_ones()
    {
        await using var balancer = new TestBalancer(2);
        await balancer.BecomeHealthyAsync();
        await using var first = await balancer.CallAsync();
        var server = balancer.Servers.Single(server => first.Subject == $"CN={server.Address}");
        server.Ready = 503;
        for (var check = 0; check < 3; check++)
        {
            Assert.True(balancer.Status.Backends.Single(backend => backend.Address == server.Address).Healthy);
            await balancer.NextCheckAsync();
        }
        Assert.False(balancer.Status.Backends.Single(backend => backend.Address == server.Address).Healthy);

        for (var call = 0; call < 4; call++)
        {
            await using var caller = await balancer.CallAsync();
            Assert.NotEqual(first.Subject, caller.Subject);
        }
        Assert.Equal($"{server.Address} still here", await first.AskAsync("still here"));
    }

    [Fact]
    public async Task A_check_without_an_answer_fails_in_time()
    {
        await using var balancer = new TestBalancer(1);
        balancer.Servers[0].Ready = 0;
        balancer.Apply();
        await balancer.Servers[0].CheckAsync();
        balancer.Time.Advance(5);

        await balancer.UntilAsync(status => status.Backends[0].LastError == "no answer in 5 s");
    }

    [Fact]
    public async Task Losing_one_of_three_servers_loses_no_later_call_even_before_a_check_notices()
    {
        await using var balancer = new TestBalancer(3);
        await balancer.BecomeHealthyAsync();
        balancer.Servers[1].Stop();

        for (var call = 0; call < 9; call++)
        {
            await using var caller = await balancer.CallAsync();
            Assert.EndsWith("hello", await caller.AskAsync("hello"), StringComparison.Ordinal);
        }
        Assert.True(balancer.Status.Backends[1].Healthy);
        Assert.Equal((0L, 0L), (balancer.Status.Backends[1].Total, balancer.Status.Unserved));
        Assert.NotNull(balancer.Status.Backends[1].LastError);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_dies_breaks_its_calls_so_that_no_half_answer_looks_whole(bool passthrough)
    {
        await using var balancer = new TestBalancer(1, passthrough);
        await balancer.BecomeHealthyAsync();
        await using var caller = await balancer.CallAsync();
        await caller.AskAsync("hello");
        balancer.Servers[0].Stop();

        await Assert.ThrowsAsync<IOException>(() => caller.ReadAsync("never"));
    }

    [Fact]
    public async Task Without_a_healthy_server_tls_that_goes_through_is_closed()
    {
        await using var balancer = new TestBalancer(1);
        balancer.Apply();

        await Assert.ThrowsAnyAsync<IOException>(() => balancer.CallAsync());
        await balancer.UntilAsync(status => status is { Unserved: 1, Active: 0 });
    }

    [Fact]
    public async Task Without_a_healthy_server_who_speaks_http_gets_503()
    {
        await using var balancer = new TestBalancer(1, passthrough: false);
        balancer.Apply();
        await using var caller = await balancer.CallAsync();
        await caller.SendAsync("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n");
        await caller.SendAsync("hello");

        Assert.StartsWith("HTTP/1.1 503 ", await caller.EndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_not_on_the_list_is_closed_at_once_and_the_list_can_change()
    {
        await using var balancer = new TestBalancer(1);
        await balancer.BecomeHealthyAsync();
        balancer.Apply(spec => spec with { AllowedCidrs = ["127.0.0.7/32", "::/0"] });

        await Assert.ThrowsAnyAsync<IOException>(() => balancer.CallAsync());
        await using var caller = await balancer.CallAsync("127.0.0.7");
        Assert.Equal("127.0.0.11 hello", await caller.AskAsync("hello"));
        Assert.Equal((1L, 1L), (balancer.Status.Refused, balancer.Status.Total));

        balancer.Apply(spec => spec with { AllowedCidrs = ["::/0"] });
        await Assert.ThrowsAnyAsync<IOException>(() => balancer.CallAsync("127.0.0.7"));
    }

    [Fact]
    public async Task A_silent_connection_is_closed_and_one_that_talks_either_way_is_not()
    {
        await using var balancer = new TestBalancer(1);
        await balancer.BecomeHealthyAsync();
        await using var silent = await balancer.CallAsync();
        await using var talking = await balancer.CallAsync();
        await silent.AskAsync("hello");
        await talking.AskAsync("hello");
        balancer.Time.Advance(40);
        await talking.AskAsync("again");
        balancer.Time.Advance(30);

        Assert.Equal("", await silent.ReadAsync("never"));
        await balancer.UntilAsync(status => status.Active == 1);
        Assert.Equal("still here", await talking.AskAsync("still here"));
    }

    [Fact]
    public async Task A_new_specification_keeps_streams_also_on_ports_and_servers_that_are_gone()
    {
        await using var balancer = new TestBalancer(2);
        await balancer.BecomeHealthyAsync();
        await using var first = await balancer.CallAsync();
        await using var second = await balancer.CallAsync();
        await first.AskAsync("hello");
        await second.AskAsync("hello");
        var port = TestBalancer.FreePort();
        balancer.Apply(spec => spec with { Rules = [spec.Rules[0] with { EntryPort = port }], Backends = ["127.0.0.12"] });

        Assert.Equal("first", await first.AskAsync("first"));
        Assert.Equal("second", await second.AskAsync("second"));
        Assert.Equal([port], balancer.Status.Ports);
        // Refused, or cut where the kernel took it while the port was closing.
        Assert.True(await Record.ExceptionAsync(async () => await balancer.CallAsync()) is SocketException or IOException);
        await using var third = await TestCaller.ConnectAsync(port);
        Assert.Equal("127.0.0.12 third", await third.AskAsync("third"));
    }

    [Fact]
    public async Task A_server_that_comes_in_serves_after_its_checks_while_the_others_go_on()
    {
        await using var balancer = new TestBalancer(2);
        var (old, added) = (balancer.Servers[0], balancer.Servers[1]);
        balancer.Apply(spec => spec with { Backends = [old.Address] });
        await balancer.UntilAsync(status => status.Backends[0].Checks == 1);
        await balancer.NextCheckAsync();
        balancer.Apply(spec => spec with { Backends = [old.Address, added.Address] });
        await balancer.UntilAsync(status => status.Backends[1].Checks == 1);
        await using (var caller = await balancer.CallAsync())
        {
            Assert.Equal($"CN={old.Address}", caller.Subject);
        }

        await balancer.NextCheckAsync();
        await using var first = await balancer.CallAsync();
        await using var second = await balancer.CallAsync();
        Assert.Equal([$"CN={old.Address}", $"CN={added.Address}"], new[] { first.Subject, second.Subject }.Order());
    }

    [Fact]
    public async Task A_tcp_check_is_content_with_a_connection_and_a_dead_port_is_not()
    {
        await using var balancer = new TestBalancer(2);
        balancer.Servers[1].Stop();
        balancer.Apply(spec => spec with { Check = spec.Check with { Protocol = "tcp", HealthyThreshold = 1 } });

        await balancer.UntilAsync(status => status.Backends.All(server => server.Checks == 1));
        Assert.Equal([true, false], balancer.Status.Backends.Select(server => server.Healthy));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_and_listened_on_once_it_is_free()
    {
        await using var balancer = new TestBalancer(1);
        using (var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            taken.Bind(new IPEndPoint(IPAddress.Loopback, balancer.Port));
            taken.Listen();
            balancer.Apply();
            Assert.StartsWith($"127.0.0.1:{balancer.Port} cannot be listened on", balancer.Status.Error, StringComparison.Ordinal);
        }
        balancer.Apply();

        Assert.Equal((null, balancer.Port), (balancer.Status.Error, Assert.Single(balancer.Status.Ports)));
    }

    [Theory]
    [InlineData("address")]
    [InlineData("backend")]
    [InlineData("list")]
    [InlineData("port")]
    [InlineData("two rules for one port")]
    [InlineData("no certificate")]
    [InlineData("no readable certificate")]
    [InlineData("interval")]
    [InlineData("protocol")]
    [InlineData("path")]
    public async Task What_cannot_be_followed_is_refused_and_changes_nothing(string wrong)
    {
        await using var balancer = new TestBalancer(1);
        await balancer.BecomeHealthyAsync();

        var refused = Record.Exception(() => balancer.Apply(spec => Wrong(spec, wrong)));

        Assert.True(refused is FormatException or ArgumentException, refused?.ToString());
        await using var caller = await balancer.CallAsync();
        Assert.Equal("127.0.0.11 hello", await caller.AskAsync("hello"));
    }

    private static BalancerSpec Wrong(BalancerSpec good, string what) => what switch
    {
        "address" => good with { Address = "lb.example.com" },
        "backend" => good with { Backends = ["10.0.0.x"] },
        "list" => good with { AllowedCidrs = ["everyone"] },
        "port" => good with { Rules = [good.Rules[0] with { EntryPort = 0 }] },
        "two rules for one port" => good with { Rules = [good.Rules[0], good.Rules[0]] },
        "no certificate" => good with { Rules = [good.Rules[0] with { Passthrough = false, CertificatePem = null }] },
        "no readable certificate" => good with { Rules = [good.Rules[0] with { Passthrough = false, CertificatePem = "-----BEGIN" }] },
        "interval" => good with { Check = good.Check with { IntervalSeconds = 0 } },
        "protocol" => good with { Check = good.Check with { Protocol = "udp" } },
        "path" => good with { Check = good.Check with { Path = "ready" } },
        _ => throw new ArgumentOutOfRangeException(nameof(what)),
    };
}
