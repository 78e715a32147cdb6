using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Infra.Lab.Balancer;
using Infra.Lab.Linux;
using Infra.Lab.Specs;

namespace Infra.Tests.Node;

/// <summary>Options of load balancers that our stacks do not use, and the API offers: by HAProxy, with plain servers behind it.</summary>
public sealed class BalancerOptionTests : IAsyncDisposable
{
    private const int Port = 8080;
    private const int TargetPort = 9080;

    private static int s_count;

    private readonly string _network = string.Create(
        CultureInfo.InvariantCulture, $"127.{20 + (Environment.ProcessId % 200)}.{200 + Interlocked.Increment(ref s_count)}");
    private readonly string _folder = Directory.CreateTempSubdirectory("balancer").FullName;
    private readonly CancellationTokenSource _end = new();
    private readonly List<TcpListener> _servers = [];
    private int _pid;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Plain_http_is_understood_and_the_server_learns_the_caller()
    {
        await StartAsync(spec => spec);

        Assert.Contains($"x-forwarded-for: {Host(3)}", await AskAsync(Host(3)), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_cookie_keeps_a_caller_at_its_server()
    {
        await StartAsync(spec => spec with { Sticky = new("DO-LB", 300) });

        var first = await AskAsync(Host(3));
        var cookie = first.Split('\n').Single(line => line.StartsWith("set-cookie: DO-LB=", StringComparison.OrdinalIgnoreCase))
            .Split(' ')[1].TrimEnd(';', '\r');
        for (var request = 0; request < 6; request++)
        {
            var next = await AskAsync(Host(3), $"Cookie: {cookie}\r\n");
            Assert.Equal(Server(first), Server(next));
        }

        static string Server(string answer) => answer.Split("server is ")[1];
    }

    [Fact]
    public async Task The_proxy_protocol_names_the_caller()
    {
        await StartAsync(spec => spec with
        {
            ProxyProtocol = true,
            Rules = [new(Port, TargetPort, true, null, null)],
        });

        Assert.Contains($"PROXY TCP4 {Host(3)} {Host(1)} ", await AskAsync(Host(3)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_denied_caller_is_refused_although_all_are_allowed()
    {
        await StartAsync(spec => spec with { DeniedCidrs = [$"{Host(4)}/32"] });

        Assert.Contains("200 OK", await AskAsync(Host(3)), StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<Exception>(() => AskAsync(Host(4)));
    }

    [Fact]
    public void Plain_http_on_port_80_is_sent_to_https()
    {
        var spec = Spec() with { RedirectToHttps = true, Rules = [Rule() with { EntryPort = 80 }, Rule()] };

        var text = BalancerConfig.Text(spec, "/states", _ => "");

        Assert.Single(text.Split('\n'), line => line.Trim() == "http-request redirect scheme https code 307");
        Assert.Contains(
            "option http-keep-alive", BalancerConfig.Text(spec with { Keepalive = true }, "/states", _ => ""), StringComparison.Ordinal);
    }

    [Fact]
    public void Tls_may_end_before_plain_servers_and_begin_with_http_2()
    {
        var rule = Rule() with { Passthrough = false, Http2 = true };

        var text = BalancerConfig.Text(Spec() with { Rules = [rule] }, "/states", _ => "/certificate");

        Assert.Contains("ssl crt '/certificate' alpn h2,http/1.1", text, StringComparison.Ordinal);
        Assert.DoesNotContain("ssl verify", text, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        if (_pid != 0)
        {
            Signals.Kill(_pid);
        }

        await _end.CancelAsync();
        _servers.ForEach(server => server.Stop());
        _end.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Host(int number) => string.Create(CultureInfo.InvariantCulture, $"{_network}.{number}");

    private static BalancerRule Rule() => new(Port, TargetPort, true, null, null) { Http = true, TargetTls = false };

    private BalancerSpec Spec() => new("lb", Host(1), Host(2), "vpc", $"{_network}.0/24", [Rule()], [Host(11), Host(12)],
        new("tcp", TargetPort, "", 1, 5, 3, 2), 60, []);

    private async Task StartAsync(Func<BalancerSpec, BalancerSpec> change)
    {
        foreach (var address in Spec().Backends)
        {
            var server = new TcpListener(IPAddress.Parse(address), TargetPort);
            server.Start();
            _servers.Add(server);
            _ = ServeAsync(server, address);
        }

        var haproxy = new HaProxy(Path.Combine(_folder, "lb.cfg"), Path.Combine(_folder, "sock"));
        await haproxy.ApplyAsync(change(Spec()), async () => _pid = await HostProgram.StartDetachedAsync(
            Path.Combine(_folder, "log"), HaProxy.Command(Path.Combine(_folder, "lb.cfg"), Path.Combine(_folder, "sock")), Cancel), Cancel);
        while ((await haproxy.StatusAsync(Cancel)).Backends.Any(server => !server.Healthy))
        {
            await Task.Delay(20, Cancel);
        }
    }

    /// <summary>Answers with what it was asked, and its address.</summary>
    private async Task ServeAsync(TcpListener listener, string address)
    {
        while (!_end.IsCancellationRequested)
        {
            using var connection = await listener.AcceptTcpClientAsync(_end.Token);
            try
            {
                var stream = connection.GetStream();
                var asked = await ReadAsync(stream, "\r\n\r\n", _end.Token);
                var body = $"{asked}server is {address} END";
                await stream.WriteAsync(Encoding.ASCII.GetBytes(
                    $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"), _end.Token);
            }
            catch (IOException)
            {
                // A health check connects, and says nothing.
            }
        }
    }

    private async Task<string> AskAsync(string source, string headers = "")
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(source), 0));
        await socket.ConnectAsync(IPAddress.Parse(Host(1)), Port, Cancel);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: lab\r\n{headers}\r\n"), Cancel);
        var answer = await ReadAsync(stream, " END", Cancel);
        return answer.Length > 0 ? answer : throw new IOException("no answer");
    }

    private static async Task<string> ReadAsync(NetworkStream stream, string upTo, CancellationToken cancel)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (!text.ToString().Contains(upTo, StringComparison.Ordinal) && await stream.ReadAsync(buffer, cancel) is var read and > 0)
        {
            text.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        return text.ToString();
    }
}
