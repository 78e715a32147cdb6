using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Infra.Lab.Specs;

namespace Infra.Lab.Balancer;

/// <summary>
/// One health check of one server, over a connection of its own. As at DigitalOcean, HTTP is well with 200 to 399, TCP with a handshake
/// (docs.digitalocean.com/glossary/health-check).
/// </summary>
internal sealed class HealthProbe : IDisposable
{
    private readonly BalancerCheck _check;
    private readonly IPAddress _source;
    private readonly IPEndPoint _target;
    private readonly TimeProvider _time;
    private readonly HttpClient? _http;

    public HealthProbe(BalancerCheck check, IPAddress source, IPAddress target, TimeProvider time)
    {
        (_check, _source, _target, _time) = (check, source, new IPEndPoint(target, check.Port), time);
        if (check.Protocol != "tcp")
        {
            _http = new HttpClient(new SocketsHttpHandler
            {
                UseProxy = false,
                UseCookies = false,
                AllowAutoRedirect = false,
                PooledConnectionLifetime = TimeSpan.Zero,
                SslOptions = BackendSocket.Tls(target),
                ConnectCallback = async (_, cancel) => new NetworkStream(await BackendSocket.ConnectAsync(_source, _target, cancel), ownsSocket: true),
            })
            { Timeout = Timeout.InfiniteTimeSpan };
        }
    }

    /// <summary>Null when all is well, else what was wrong, in one line.</summary>
    public async Task<string?> RunAsync(CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(_check.TimeoutSeconds), _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            if (_http is null)
            {
                using var socket = await BackendSocket.ConnectAsync(_source, _target, either.Token);
                return null;
            }
            using var answer = await _http.GetAsync(
                new Uri($"{_check.Protocol}://{_target}{_check.Path}"), HttpCompletionOption.ResponseHeadersRead, either.Token);
            var status = (int)answer.StatusCode;
            return status is >= 200 and <= 399 ? null : string.Create(CultureInfo.InvariantCulture, $"{_check.Path} answered {status}");
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return string.Create(CultureInfo.InvariantCulture, $"no answer in {_check.TimeoutSeconds} s");
        }
        catch (Exception failed) when (failed is SocketException or HttpRequestException or IOException)
        {
            return failed.GetBaseException().Message;
        }
    }

    public void Dispose() => _http?.Dispose();
}
