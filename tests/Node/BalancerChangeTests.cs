using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Infra.Lab.Linux;
using Infra.Lab.Specs;

namespace Infra.Tests.Node;

/// <summary>What a new specification does to the lab's load balancer.</summary>
public sealed class BalancerChangeTests
{
    private const int OtherPort = 8444;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_new_specification_keeps_streams_also_on_ports_and_servers_that_are_gone(bool passthrough)
    {
        await using var stage = new BalancerStage(2, passthrough);
        await stage.BecomeHealthyAsync();
        await using var first = await stage.CallAsync();
        await using var second = await stage.CallAsync();
        await first.BeginAsync();
        await second.BeginAsync();
        await stage.ApplyAsync(spec => spec with
        {
            Rules = [spec.Rules[0] with { EntryPort = OtherPort }],
            Backends = [stage.Servers[1].Address],
            // Less than the one that stays needs to be healthy if it were new.
            Check = spec.Check with { HealthyThreshold = 5 },
        });

        // Refused, or cut where the kernel took it while the port was closing.
        Assert.True(await Record.ExceptionAsync(() => stage.CallAsync()) is SocketException or IOException);
        await using var third = await stage.CallAsync(port: OtherPort);
        Assert.Equal($"{stage.Servers[1].Address} /third", await third.AskAsync("/third"));
        var status = await stage.StatusAsync();
        Assert.Equal([OtherPort], status.Ports);
        Assert.Equal((3, 3L), (status.Active, status.Total));
        Assert.All(stage.Servers, server => server.GoOn());
        Assert.True(await first.IsWholeAsync());
        Assert.True(await second.IsWholeAsync());
    }

    [Fact]
    public async Task A_change_refuses_no_call()
    {
        await using var stage = new BalancerStage(1);
        await stage.BecomeHealthyAsync();
        using var end = new CancellationTokenSource();
        var calling = Task.Run(async () =>
        {
            var calls = 0;
            for (; !end.IsCancellationRequested; calls++)
            {
                await using var caller = await stage.CallAsync();
                await caller.AskAsync("/hello");
            }

            return calls;
        });
        for (var idle = 100; idle < 104; idle++)
        {
            await stage.ApplyAsync(spec => spec with { PassthroughIdleTimeoutSeconds = idle });
        }

        await end.CancelAsync();
        Assert.NotEqual(0, await calling);
    }

    [Fact]
    public async Task A_new_certificate_is_shown_to_new_callers()
    {
        await using var stage = new BalancerStage(1, passthrough: false);
        await stage.BecomeHealthyAsync();
        using var renewed = BalancedServer.MakeCertificate("renewed");
        using var key = renewed.GetECDsaPrivateKey()!;
        await stage.ApplyAsync(spec => spec with
        {
            Rules =
            [
                spec.Rules[0] with { CertificatePem = renewed.ExportCertificatePem(), PrivateKeyPem = key.ExportPkcs8PrivateKeyPem() },
            ],
        });

        await using var caller = await stage.CallAsync();
        Assert.Equal("CN=renewed", caller.Subject);
        Assert.Single(Directory.GetFiles(stage.Folder, "*.pem"));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_reported_and_listened_on_once_it_is_free()
    {
        await using var stage = new BalancerStage(1);
        await stage.BecomeHealthyAsync();
        using (var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            taken.Bind(new IPEndPoint(IPAddress.Parse(stage.Host(1)), OtherPort));
            taken.Listen();
            await Assert.ThrowsAsync<ProgramException>(() => stage.ApplyAsync(Both));
            var status = await stage.StatusAsync();
            Assert.Contains("older specification", status.Error, StringComparison.Ordinal);
            Assert.Equal([BalancerStage.Port], status.Ports);
            await using var caller = await stage.CallAsync();
            Assert.EndsWith("/hello", await caller.AskAsync("/hello"), StringComparison.Ordinal);
        }

        await stage.ApplyAsync(Both);
        Assert.Equal([BalancerStage.Port, OtherPort], (await stage.UntilAsync(status => status.Error is null)).Ports);

        static BalancerSpec Both(BalancerSpec spec) => spec with { Rules = [spec.Rules[0], spec.Rules[0] with { EntryPort = OtherPort }] };
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
    public async Task An_invalid_specification_is_refused_and_changes_nothing(string wrong)
    {
        await using var stage = new BalancerStage(1);
        await stage.BecomeHealthyAsync();

        var refused = await Record.ExceptionAsync(() => stage.ApplyAsync(spec => Wrong(spec, wrong)));

        Assert.True(refused is FormatException or ArgumentException or ProgramException, refused?.ToString());
        await using var caller = await stage.CallAsync();
        Assert.EndsWith("/hello", await caller.AskAsync("/hello"), StringComparison.Ordinal);
        Assert.Null((await stage.StatusAsync()).Error);
        await stage.StartAgainAsync();
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
        "path" => good with { Check = good.Check with { Path = "/ready\n  option tcp-check" } },
        _ => throw new ArgumentOutOfRangeException(nameof(what)),
    };
}
