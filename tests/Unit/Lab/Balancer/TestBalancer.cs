using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Infra.Lab.Balancer;
using Infra.Lab.Specs;

namespace Infra.Tests.Unit.Lab.Balancer;

/// <summary>A load balancer on loopback with servers behind it: 127.0.0.11 and on. Time stands still unless the test says otherwise.</summary>
internal sealed class TestBalancer : IAsyncDisposable
{
    public const int Interval = 10;

    private readonly LoadBalancer _balancer;

    public TestBalancer(int servers, bool passthrough = true)
    {
        _balancer = new LoadBalancer(Time);
        for (var number = 1; number <= servers; number++)
        {
            Servers.Add(new TestServer($"127.0.0.{10 + number}", Servers.Count == 0 ? 0 : Servers[0].Port));
        }
        Port = FreePort();
        using var certificate = TestServer.MakeCertificate("balancer");
        Spec = new("lb", "127.0.0.1", "127.0.0.2", "vpc", "127.0.0.0/24",
            [new(Port, Servers[0].Port, passthrough, certificate.ExportCertificatePem(), certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem())],
            [.. Servers.Select(server => server.Address)],
            new("https", Servers[0].Port, "/ready", Interval, 5, 3, 2), 60, []);
    }

    public ManualTime Time { get; } = new();

    public List<TestServer> Servers { get; } = [];

    public int Port { get; }

    public BalancerSpec Spec { get; private set; }

    public BalancerStatus Status => _balancer.Status("");

    /// <summary>Starts, or takes a changed specification.</summary>
    public void Apply(Func<BalancerSpec, BalancerSpec>? change = null)
    {
        var spec = change?.Invoke(Spec) ?? Spec;
        _balancer.Apply(spec);
        Spec = spec;
    }

    /// <summary>Starts, and lets checks pass until all servers are healthy.</summary>
    public async Task BecomeHealthyAsync()
    {
        Apply();
        await UntilAsync(status => status.Backends.All(server => server.Checks == 1));
        await NextCheckAsync();
        Assert.All(Status.Backends, server => Assert.True(server.Healthy, server.LastError));
    }

    /// <summary>Lets time pass and waits for the check of each server that it brings.</summary>
    public async Task NextCheckAsync()
    {
        var before = Status.Backends.ToDictionary(server => server.Address, server => server.Checks);
        Time.Advance(Interval);
        await UntilAsync(status => status.Backends.All(server => server.Checks == before[server.Address] + 1));
    }

    /// <summary>Waits for what follows from an event that has happened.</summary>
    public async Task UntilAsync(Func<BalancerStatus, bool> reached)
    {
        var start = Stopwatch.StartNew();
        while (!reached(Status))
        {
            Assert.True(start.Elapsed < TimeSpan.FromSeconds(20), $"never came about; at last: {Status} {string.Join(' ', Status.Backends)}");
            await Task.Delay(2);
        }
    }

    public Task<TestCaller> CallAsync(string source = "127.0.0.1") => TestCaller.ConnectAsync(Port, source);

    public async ValueTask DisposeAsync()
    {
        await _balancer.DisposeAsync();
        foreach (var server in Servers)
        {
            await server.DisposeAsync();
        }
    }

    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
