using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Infra.Tests.Node;

/// <summary>A client of a load balancer that takes any certificate: one TLS connection, on which requests follow each other.</summary>
internal sealed class BalancerCaller : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly CancellationTokenSource _limit = new(Patience);
    private readonly Socket _socket;
    private readonly SslStream _stream;

    /// <param name="socket">Connected already.</param>
    private BalancerCaller(Socket socket)
    {
        _socket = socket;
        _stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
    }

    /// <summary>Who answered, by the certificate: a server, or the load balancer itself.</summary>
    public string Subject => _stream.RemoteCertificate!.Subject;

    public string Protocol => _stream.NegotiatedApplicationProtocol.ToString();

    [SuppressMessage("Security", "CA5359", Justification = "Which certificate it was is what tests ask afterwards.")]
    public static async Task<BalancerCaller> ConnectAsync(string address, int port, string source)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        BalancerCaller? caller = null;
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Parse(source), 0));
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(address), port));
            caller = new BalancerCaller(socket);
            await caller._stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "lab",
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
                ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            }, caller._limit.Token);
            return caller;
        }
        catch
        {
            await (caller?.DisposeAsync() ?? ValueTask.CompletedTask);
            socket.Dispose();
            throw;
        }
    }

    public async Task SendAsync(string path) =>
        await _stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: lab\r\n\r\n"), _limit.Token);

    /// <summary>Reads until the answer ends with what is expected, or is at its end.</summary>
    public async Task<string> ReadAsync(string upTo)
    {
        var text = new StringBuilder();
        var buffer = new byte[16 * 1024];
        while (!text.ToString().EndsWith(upTo, StringComparison.Ordinal)
            && await _stream.ReadAsync(buffer, _limit.Token) is > 0 and var count)
        {
            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }

        return text.ToString();
    }

    /// <summary>The body of the answer to a request.</summary>
    public async Task<string> AskAsync(string path)
    {
        await SendAsync(path);
        return (await ReadAsync(path)).Split("\r\n\r\n", 2)[^1];
    }

    /// <summary>Begins a stream.</summary>
    public async Task BeginAsync(string path = "/stream")
    {
        await SendAsync(path);
        Assert.EndsWith("first\r\n", await ReadAsync("first\r\n"), StringComparison.Ordinal);
    }

    /// <summary>Whether the rest of a stream comes, and its end.</summary>
    public async Task<bool> IsWholeAsync()
    {
        try
        {
            // Chunks may have become others on the way.
            return (await ReadAsync("0\r\n\r\n")).EndsWith("rest\r\n0\r\n\r\n", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Says that nothing more is sent.</summary>
    public async Task EndAsync()
    {
        await _stream.ShutdownAsync();
        _socket.Shutdown(SocketShutdown.Send);
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _limit.Dispose();
    }
}
