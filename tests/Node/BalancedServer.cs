using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Infra.Tests.Node;

/// <summary>
/// A server behind a load balancer: HTTP/1.1 over TLS. It answers a health check with <see cref="Ready"/>, <c>/stream</c> with "first" and,
/// once <see cref="GoOn"/> is called, "rest"; <c>/slow</c> for three seconds; all else with its address and the path.
/// </summary>
internal sealed class BalancedServer : IAsyncDisposable
{
    private readonly X509Certificate2 _certificate;
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _goOn = new(0);
    private readonly List<Task> _serving = [];
    private readonly List<Socket> _sockets = [];
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private int _checks;

    public BalancedServer(string address, int port)
    {
        Address = address;
        _certificate = MakeCertificate(address);
        _listener.Bind(new IPEndPoint(IPAddress.Parse(address), port));
        _listener.Listen(1024);
        _serving.Add(AcceptAsync());
    }

    public string Address { get; }

    /// <summary>Status of the answer to a health check; 0: no answer at all.</summary>
    public int Ready
    {
        get;
        set
        {
            field = value;
            Volatile.Write(ref _checks, 0);
        }
    } = 200;

    /// <summary>Health checks since <see cref="Ready"/> was set.</summary>
    public int Checks => Volatile.Read(ref _checks);

    /// <summary>Addresses that asked for something, and how, without health checks.</summary>
    public List<(string From, string Request)> Asked { get; } = [];

    /// <summary>Sends the rest of a stream.</summary>
    public void GoOn() => _goOn.Release();

    /// <summary>As a process that ends: no port, no connection.</summary>
    public void Stop()
    {
        _listener.Dispose();
        lock (_sockets)
        {
            foreach (var socket in _sockets)
            {
                socket.LingerState = new LingerOption(true, 0);
                socket.Dispose();
            }

            _sockets.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        Stop();
        await Task.WhenAll(_serving);
        _certificate.Dispose();
        _goOn.Dispose();
        _end.Dispose();
    }

    public static X509Certificate2 MakeCertificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificate = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync();
                lock (_sockets)
                {
                    _sockets.Add(socket);
                    _serving.Add(ServeAsync(socket));
                }
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await Task.Yield();
        try
        {
            var caller = ((IPEndPoint)socket.RemoteEndPoint!).Address.ToString();
            await using var stream = new SslStream(new NetworkStream(socket));
            await stream.AuthenticateAsServerAsync(_certificate);
            var buffer = new byte[16 * 1024];
            while (await stream.ReadAsync(buffer) is > 0 and var count)
            {
                var request = Encoding.ASCII.GetString(buffer, 0, count);
                await AnswerAsync(stream, caller, request, request.Split(' ')[1]);
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or AuthenticationException or ObjectDisposedException
            or InvalidOperationException or OperationCanceledException)
        {
        }
        finally
        {
            lock (_sockets)
            {
                _sockets.Remove(socket);
            }

            socket.Dispose();
        }
    }

    private async Task AnswerAsync(SslStream stream, string caller, string request, string path)
    {
        if (path == "/ready")
        {
            Interlocked.Increment(ref _checks);
            await WriteAsync(Ready == 0 ? "" : $"HTTP/1.1 {Ready} x\r\nContent-Length: 0\r\n\r\n");
            return;
        }

        lock (Asked)
        {
            Asked.Add((caller, request));
        }

        if (path is not ("/stream" or "/slow"))
        {
            var body = $"{Address} {path}";
            await WriteAsync($"HTTP/1.1 200 x\r\nContent-Length: {body.Length}\r\n\r\n{body}");
            return;
        }

        await WriteAsync("HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
        for (var part = 0; path == "/slow" && part < 6; part++)
        {
            await Task.Delay(500, _end.Token);
            await WriteAsync("4\r\nmore\r\n");
        }

        if (path == "/stream")
        {
            await _goOn.WaitAsync(_end.Token);
        }

        await WriteAsync("4\r\nrest\r\n0\r\n\r\n");

        async Task WriteAsync(string text) => await stream.WriteAsync(Encoding.ASCII.GetBytes(text));
    }
}
