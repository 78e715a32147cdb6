using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Infra.Tests.Unit.Lab.Balancer;

/// <summary>
/// A server behind a load balancer, with TLS. It answers a health check with <see cref="Ready"/>; to any other text it
/// answers with its address, then echoes its input until the end.
/// </summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly X509Certificate2 _certificate;
    private readonly List<Task> _serving = [];
    private readonly List<Socket> _sockets = [];
    private readonly SemaphoreSlim _checks = new(0);
    private Socket _listener;

    public TestServer(string address, int port = 0)
    {
        Address = address;
        _certificate = MakeCertificate(address);
        _listener = Listen(port);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
    }

    public string Address { get; }

    public int Port { get; }

    /// <summary>Status of the answer to a health check; 0: no answer at all.</summary>
    public int Ready { get; set; } = 200;

    /// <summary>Addresses that connected, in order, without those of health checks.</summary>
    public List<string> Callers { get; } = [];

    /// <summary>Ends when one more health check was answered.</summary>
    public async Task CheckAsync() => Assert.True(await _checks.WaitAsync(TimeSpan.FromSeconds(20)), $"no health check of {Address}");

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

    public void Start() => _listener = Listen(Port);

    public async ValueTask DisposeAsync()
    {
        Stop();
        await Task.WhenAll(_serving);
        _certificate.Dispose();
        _checks.Dispose();
    }

    public static X509Certificate2 MakeCertificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificate = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    private Socket Listen(int port)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.SetRawSocketOption(1, 2, BitConverter.GetBytes(1));
        listener.Bind(new IPEndPoint(IPAddress.Parse(Address), port));
        listener.Listen(1024);
        _serving.Add(AcceptAsync(listener));
        return listener;
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptAsync();
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
            var buffer = new byte[64 * 1024];
            var count = await stream.ReadAsync(buffer);
            if (buffer.AsSpan(0, count).StartsWith("GET /ready"u8))
            {
                if (Ready > 0)
                {
                    await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {Ready} x\r\nContent-Length: 0\r\n\r\n"));
                    await stream.ShutdownAsync();
                }
                _checks.Release();
                // Until the prober has gone.
                _ = await stream.ReadAsync(buffer);
                return;
            }
            lock (Callers)
            {
                Callers.Add(caller);
            }
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"{Address} "));
            for (; count > 0; count = await stream.ReadAsync(buffer))
            {
                await stream.WriteAsync(buffer.AsMemory(0, count));
            }
            await stream.WriteAsync("bye"u8.ToArray());
            await stream.ShutdownAsync();
        }
        catch (Exception gone) when (gone is IOException or SocketException or AuthenticationException or ObjectDisposedException or InvalidOperationException)
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
}
