using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Infra.Tests.Unit.Lab.Balancer;

/// <summary>Someone who calls a load balancer over TLS and takes any certificate.</summary>
internal sealed class TestCaller : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _limit = new(Patience);
    private readonly Socket _socket;
    private readonly SslStream _stream;

    /// <param name="socket">Connected already.</param>
    private TestCaller(Socket socket)
    {
        _socket = socket;
        _stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
    }

    /// <summary>Who answered, by the certificate: a server, or the load balancer itself.</summary>
    public string Subject => _stream.RemoteCertificate!.Subject;

    public string Protocol => _stream.NegotiatedApplicationProtocol.ToString();

    [SuppressMessage("Security", "CA5359", Justification = "Which certificate it was is what tests ask afterwards.")]
    public static async Task<TestCaller> ConnectAsync(int port, string source = "127.0.0.1")
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(IPAddress.Parse(source), 0));
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        var caller = new TestCaller(socket);
        try
        {
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
            await caller.DisposeAsync();
            throw;
        }
    }

    public async Task SendAsync(string text) => await _stream.WriteAsync(Encoding.ASCII.GetBytes(text), _limit.Token);

    /// <summary>Reads until the answer ends with what is expected, or is at its end.</summary>
    public async Task<string> ReadAsync(string upTo)
    {
        var text = new StringBuilder();
        var buffer = new byte[16 * 1024];
        while (!text.ToString().EndsWith(upTo, StringComparison.Ordinal) && await _stream.ReadAsync(buffer, _limit.Token) is > 0 and var count)
        {
            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }
        return text.ToString();
    }

    public async Task<string> AskAsync(string text)
    {
        await SendAsync(text);
        return await ReadAsync(text);
    }

    /// <summary>All that still comes, after saying that nothing more is sent.</summary>
    public async Task<string> EndAsync()
    {
        await _stream.ShutdownAsync();
        _socket.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(_stream, Encoding.ASCII);
        return await reader.ReadToEndAsync(_limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _limit.Dispose();
    }
}
