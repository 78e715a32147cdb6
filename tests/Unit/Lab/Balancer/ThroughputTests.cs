using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Infra.Lab.Balancer;
using Infra.Lab.Specs;

namespace Infra.Tests.Unit.Lab.Balancer;

/// <summary>Measurements, run by hand: <c>Infra.Tests --explicit only --filter-class '*ThroughputTests' --xunit-diagnostics on</c>.</summary>
public sealed class ThroughputTests
{
    private const int Parallel = 1000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task A_stream_of_bytes()
    {
        await using var balancer = new LoadBalancer(TimeProvider.System);
        var (port, _) = await StartAsync(balancer);
        using var caller = await CallAsync(port);
        var buffer = new byte[64 * 1024];
        var start = Stopwatch.StartNew();
        var sending = Task.Run(async () =>
        {
            for (long sent = 0; sent < 2L << 30; sent += buffer.Length)
            {
                await caller.SendAsync(buffer, Cancel);
            }
            caller.Shutdown(SocketShutdown.Send);
        }, Cancel);
        var read = new byte[64 * 1024];
        long received = 0;
        for (int count; (count = await caller.ReceiveAsync(read, Cancel)) > 0; received += count)
        {
        }
        await sending;

        Say($"{received / start.Elapsed.TotalSeconds / (1 << 20):F0} MiB/s each way at once, passthrough, caller and echoing server in the same process");
    }

    [Fact(Explicit = true)]
    public async Task A_thousand_connections_that_each_ask_ten_times()
    {
        await using var balancer = new LoadBalancer(TimeProvider.System);
        var (port, _) = await StartAsync(balancer);
        var start = Stopwatch.StartNew();
        var callers = await Task.WhenAll(Enumerable.Range(0, Parallel).Select(_ => CallAsync(port)));
        var connected = start.Elapsed;
        await Task.WhenAll(callers.Select(async caller =>
        {
            var buffer = new byte[256];
            for (var ask = 0; ask < 10; ask++)
            {
                await caller.SendAsync(buffer, Cancel);
                for (var count = 0; count < buffer.Length;)
                {
                    count += await caller.ReceiveAsync(buffer.AsMemory(count), Cancel) is > 0 and var more ? more : throw new IOException("ended early");
                }
            }
        }));
        Say($"{Parallel} connections in {connected.TotalSeconds:F2} s, {Parallel * 10} small asks on them in {(start.Elapsed - connected).TotalSeconds:F2} s, {GC.GetTotalMemory(true) >> 20} MiB");
        Array.ForEach(callers, caller => caller.Dispose());
    }

    private static void Say(string line) => TestContext.Current.SendDiagnosticMessage(line);

    private static async Task<(int Port, Socket Server)> StartAsync(LoadBalancer balancer)
    {
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        server.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.11"), 0));
        server.Listen(Parallel);
        _ = EchoAsync(server);
        var (port, target) = (TestBalancer.FreePort(), ((IPEndPoint)server.LocalEndPoint!).Port);
        balancer.Apply(new("lb", "127.0.0.1", "127.0.0.2", "vpc", "127.0.0.0/24", [new BalancerRule(port, target, true, null, null)], ["127.0.0.11"],
            new("tcp", target, "/", 10, 5, 3, 1), 60, []));
        while (!balancer.Status("").Backends[0].Healthy)
        {
            await Task.Delay(5);
        }
        return (port, server);
    }

    private static async Task EchoAsync(Socket listener)
    {
        while (true)
        {
            var socket = await listener.AcceptAsync();
            _ = Task.Run(async () =>
            {
                using (socket)
                {
                    var buffer = new byte[64 * 1024];
                    for (int count; (count = await socket.ReceiveAsync(buffer)) > 0;)
                    {
                        await socket.SendAsync(buffer.AsMemory(0, count));
                    }
                }
            });
        }
    }

    private static async Task<Socket> CallAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }
}
