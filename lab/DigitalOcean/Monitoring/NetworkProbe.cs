using System.Net.Security;
using System.Net.Sockets;

namespace Infra.Lab.DigitalOcean.Monitoring;

/// <summary>Asks targets over the network of its process, which is the lab's.</summary>
internal sealed class NetworkProbe : IUptimeProbe, IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

#pragma warning disable CA5359 // A wrong certificate is an alert of its own kind, and no outage; nothing secret is sent.
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.Zero,
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
    })
    { Timeout = s_patience };
#pragma warning restore CA5359

    /// <summary>An answer of HTTP below 400, or for <c>ping</c> an open or closed TCP port.</summary>
    public async Task<bool> IsUpAsync(UptimeCheck check, CancellationToken cancel)
    {
        try
        {
            if (check.Type != "ping")
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, check.Target);
                using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
                return (int)answer.StatusCode < 400;
            }
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(s_patience);
            using var socket = new TcpClient();
            await socket.ConnectAsync(check.Target, 443, limit.Token);
            return true;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode == SocketError.ConnectionRefused;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or InvalidOperationException)
        {
            return false;
        }
    }

    public void Dispose() => _http.Dispose();
}
