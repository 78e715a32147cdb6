using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Infra.Tests.Lab;
using Infra.Tests.Node;

namespace Infra.Tests.Abuse;

/// <summary>
/// Clients and strangers who try to monopolize a node, against the real nginx, while an honest client continues to send requests. Compares
/// its waiting time with that without an attack on the same machine, and its lines in the log with its requests.
/// </summary>
[Collection(SerialLabs.Name)]
public sealed class ProxyAbuseTests
{
    private const string Good = $"Authorization: Bearer {SecretsTests.AliceKey}";
    private const string Bad = $"Authorization: Bearer {SecretsTests.BobKey}";

    // An attacker and a client share the processors of this machine with nginx: what nginx lets an attacker hold shows in whole seconds.
    private const int Worse = 50;
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Attacks => [.. Named.Keys];

    private static Dictionary<string, Func<NginxProxy, Random, CancellationToken, Task>> Named { get; } = new(StringComparer.Ordinal)
    {
        ["a flood without a key"] = static (proxy, _, cancel) => TogetherAsync(16, () => PipelineAsync(proxy, "X-A: b", cancel), cancel),
        ["a flood with a key"] = static (proxy, _, cancel) => TogetherAsync(16, () => PipelineAsync(proxy, Bad, cancel), cancel),
        ["a flood of guesses"] = static (proxy, chance, cancel) =>
            TogetherAsync(16, () => PipelineAsync(proxy, $"Authorization: Bearer guess-{Next(chance)}", cancel), cancel),
        ["a flood of health checks"] = static (proxy, _, cancel) =>
            TogetherAsync(16, () => PipelineAsync(proxy, "X-A: b", cancel, "/ready"), cancel),
        ["streams that are opened and reset"] = static (proxy, _, cancel) => TogetherAsync(16, () => ResetAsync(proxy, cancel), cancel),
        ["windows that never open"] = static (proxy, _, cancel) => HoldAsync(8_000, async () =>
        {
            var tls = await NginxHttp2Tests.OpenAsync(proxy.Port);
            await tls.WriteAsync(NginxHttp2Tests.Stubborn(), cancel);
            return tls;
        }, cancel),
        ["connections that say nothing"] = static (proxy, _, cancel) => HoldAsync(8_000, async () =>
        {
            var tcp = new TcpClient();
            await tcp.ConnectAsync(System.Net.IPAddress.Loopback, proxy.Port, cancel);
            return tcp.GetStream();
        }, cancel),
        ["headers that do not end"] = static (proxy, chance, cancel) => HoldAsync(2_000, async () =>
        {
            var tls = await proxy.ConnectAsync();
            await tls.WriteAsync(Encoding.ASCII.GetBytes($"GET /v1/models HTTP/1.1\r\nHost: a\r\nX-{Next(chance)}: "), cancel);
            return tls;
        }, cancel),
        ["bodies that do not end, with a key"] = static (proxy, _, cancel) => HoldAsync(2_000, async () =>
        {
            var tls = await proxy.ConnectAsync();
            await tls.WriteAsync(Encoding.ASCII.GetBytes(
                $"POST /v1/completions HTTP/1.1\r\nHost: a\r\n{Bad}\r\nContent-Length: 60000000\r\n\r\n{{"), cancel);
            return tls;
        }, cancel),
    };

    [Theory]
    [MemberData(nameof(Attacks))]
    public Task An_honest_client_is_served_meanwhile(string attack) => Chance.WithSeedAsync(attack, async chance =>
    {
        await using var proxy = new Attacked();
        await proxy.InitializeAsync();
        var (quiet, _) = await AskAsync(proxy, TimeSpan.FromSeconds(5));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var attacking = Task.Run(() => Named[attack](proxy, chance, end.Token), Cancel);
        // Long enough for each connection of the attack to be opened, and for some to be opened again.
        var (disturbed, ids) = await AskAsync(proxy, TimeSpan.FromSeconds(40));
        await end.CancelAsync();
        await attacking.WaitAsync(Patience, Cancel);

        var allowed = TimeSpan.FromTicks(Math.Max(quiet.Ticks, Least.Ticks)) * Worse;
        Assert.True(disturbed <= allowed, $"waited {disturbed.TotalSeconds:0.00} s, {quiet.TotalSeconds:0.000} s undisturbed");
        foreach (var id in ids)
        {
            Assert.Contains("\"client\":\"alice\"", await proxy.LogLineAsync(id), StringComparison.Ordinal);
        }

        // 40 s and what may come at once.
        Assert.InRange(proxy.Log.Count(line => line.Contains("\"client\":\"-\"", StringComparison.Ordinal)), 0, 600);
    });

    /// <summary>The longest that one answer took, and the ids of all.</summary>
    private static async Task<(TimeSpan Longest, List<string> Ids)> AskAsync(NginxProxy proxy, TimeSpan during)
    {
        var (longest, ids, start) = (TimeSpan.Zero, new List<string>(), TimeProvider.System.GetTimestamp());
        while (TimeProvider.System.GetElapsedTime(start) < during)
        {
            var asked = TimeProvider.System.GetTimestamp();
            var answer = await proxy.SendAsync("GET /v1/models HTTP/1.1", Good).WaitAsync(Patience, Cancel);
            Assert.Equal(200, answer.Status);
            ids.Add(answer.Header("X-Request-Id")!);
            longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, TimeProvider.System.GetElapsedTime(asked).Ticks));
            await Task.Delay(100, Cancel);
        }

        return (longest, ids);
    }

    private static Task TogetherAsync(int count, Func<Task> attack, CancellationToken cancel) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(_ => Task.Run(async () =>
        {
            while (!cancel.IsCancellationRequested)
            {
                await IgnoreAsync(attack);
            }
        }, CancellationToken.None)));

    /// <summary>Keeps so many connections; one that was ended is opened again.</summary>
    private static async Task HoldAsync(int count, Func<Task<Stream>> open, CancellationToken cancel)
    {
        var held = new Queue<Stream>();
        while (!cancel.IsCancellationRequested)
        {
            await IgnoreAsync(async () => held.Enqueue(await open()));
            if (held.Count > count)
            {
                await IgnoreAsync(async () => await held.Dequeue().DisposeAsync());
            }
        }

        foreach (var stream in held)
        {
            await IgnoreAsync(async () => await stream.DisposeAsync());
        }
    }

    private static async Task PipelineAsync(NginxProxy proxy, string header, CancellationToken cancel, string path = "/v1/models")
    {
        await using var tls = await proxy.ConnectAsync();
        var requests = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(
            $"GET {path} HTTP/1.1\r\nHost: a\r\n{header}\r\n\r\n", 100)));
        var reading = IgnoreAsync(() => tls.CopyToAsync(Stream.Null, cancel));
        for (var count = 0; count < 10; count++)
        {
            await tls.WriteAsync(requests, cancel);
        }

        await reading;
    }

    private static async Task ResetAsync(NginxProxy proxy, CancellationToken cancel)
    {
        await using var tls = await NginxHttp2Tests.OpenAsync(proxy.Port);
        await tls.WriteAsync(NginxHttp2Tests.Preface([]), cancel);
        for (var stream = 1; stream < 4_000; stream += 2)
        {
            await tls.WriteAsync(NginxHttp2Tests.Reset(stream), cancel);
        }
    }

    private static async Task IgnoreAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception failure)
            when (failure is IOException or SocketException or OperationCanceledException or ObjectDisposedException
                or System.Security.Authentication.AuthenticationException)
        {
            // An attacker expects these: the connection was refused or closed, or the attack is over.
        }
    }

    private static string Next(Random chance) => chance.Next().ToString("0000000000", CultureInfo.InvariantCulture);

    private sealed class Attacked : NginxProxy
    {
        private protected override string Clients => ":30000:27:6";
    }
}
