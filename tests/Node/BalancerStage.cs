using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Infra.Lab.Balancer;
using Infra.Lab.Linux;
using Infra.Lab.Specs;

namespace Infra.Tests.Node;

/// <summary>
/// A load balancer as the lab runs it, with servers behind it, on loopback addresses that no other has: .1 and .2 are its own, .11 and on
/// those of servers.
/// </summary>
internal sealed class BalancerStage : IAsyncDisposable
{
    public const int Port = 8443;
    private const int TargetPort = 9443;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static int s_count;

    private readonly string _network = string.Create(
        CultureInfo.InvariantCulture, $"127.{20 + (Environment.ProcessId % 200)}.{Interlocked.Increment(ref s_count)}");
    private readonly HaProxy _haproxy;
    private int _pid;

    public BalancerStage(int servers, bool passthrough = true)
    {
        Servers = [.. Enumerable.Range(11, servers).Select(host => new BalancedServer(Host(host), TargetPort))];
        using var certificate = BalancedServer.MakeCertificate("balancer");
        using var key = certificate.GetECDsaPrivateKey()!;
        Spec = new("lb", Host(1), Host(2), "vpc", $"{_network}.0/24",
            [new(Port, TargetPort, passthrough, certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem())],
            [.. Servers.Select(server => server.Address)],
            new("https", TargetPort, "/ready", 1, 5, 3, 2), 60, []);
        _haproxy = new(Configuration, Socket);
    }

    public IReadOnlyList<BalancedServer> Servers { get; }

    public BalancerSpec Spec { get; private set; }

    public string Folder { get; } = Directory.CreateTempSubdirectory("balancer").FullName;

    private string Configuration => Path.Combine(Folder, "lb.cfg");

    private string Socket => Path.Combine(Folder, "sock");

    public string Host(int number) => string.Create(CultureInfo.InvariantCulture, $"{_network}.{number}");

    /// <summary>Starts it, or has it follow a changed specification.</summary>
    public async Task ApplyAsync(Func<BalancerSpec, BalancerSpec>? change = null)
    {
        var spec = change?.Invoke(Spec) ?? Spec;
        await _haproxy.ApplyAsync(spec, async () => _pid = _pid != 0 ? _pid : await StartAsync(), Cancel);
        Spec = spec;
    }

    /// <summary>Starts it, and waits until all servers are healthy.</summary>
    public async Task BecomeHealthyAsync(Func<BalancerSpec, BalancerSpec>? change = null)
    {
        await ApplyAsync(change);
        await UntilAsync(status => status.Backends.All(server => server.Healthy));
    }

    public Task<BalancerStatus> StatusAsync() => _haproxy.StatusAsync(Cancel);

    public async Task<BalancerStatus> UntilAsync(Func<BalancerStatus, bool> reached)
    {
        var start = Stopwatch.StartNew();
        BalancerStatus status;
        while (!reached(status = await StatusAsync()))
        {
            Assert.True(start.Elapsed < Patience, $"never came about; at last: {status} {string.Join(' ', status.Backends)}");
            await Task.Delay(20, Cancel);
        }

        return status;
    }

    public Task<BalancerCaller> CallAsync(int source = 3, int port = Port) => BalancerCaller.ConnectAsync(Host(1), port, Host(source));

    /// <summary>The process is killed, and started again as "keep" does.</summary>
    public async Task StartAgainAsync()
    {
        Signals.Kill(_pid);
        await UntilAsync(status => status.Error is not null);
        _pid = await StartAsync();
        await UntilAsync(status => status.Error is null);
    }

    public async ValueTask DisposeAsync()
    {
        if (_pid != 0)
        {
            Signals.Kill(_pid);
        }

        foreach (var server in Servers)
        {
            await server.DisposeAsync();
        }

        Directory.Delete(Folder, recursive: true);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Task<int> StartAsync() =>
        HostProgram.StartDetachedAsync($"{Configuration}.log", HaProxy.Command(Configuration, Socket), Cancel);
}
