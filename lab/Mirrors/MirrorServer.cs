using System.Diagnostics;
using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Infra.Lab.Mirrors;

/// <summary>
/// All mirrored hosts behind one web server that distinguishes them by the Host header. HTTP/1.1 only: then a connection has one transfer,
/// and cutting one does not affect others.
/// </summary>
internal sealed class MirrorServer : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly MirrorBoard _board;
    private readonly MirrorLinks _links;
    private readonly RequestLog _log;
    private readonly TimeProvider _clock;
    private readonly ServerCertificate? _certificate;
    private readonly Dictionary<MirrorSite, Func<Exchange, Task>> _sites;
    private readonly CancellationTokenSource _stop = new();
    private Task _watching = Task.CompletedTask;

    private MirrorServer(MirrorOptions options, TimeProvider clock)
    {
        _clock = clock;
        _board = new(options.ControlFile, clock, options.Complain);
        _links = new(options.Hosts);
        _log = new(options.LogFile ?? Path.Combine(options.Folder, "requests.jsonl"));
        _certificate = options is { CertificateFile: { } chain, KeyFile: { } key } ? new(chain, key) : null;
        var signed = new SignedLinks(clock);
        var hub = new HubSite(Path.Combine(options.Folder, "hub"), options.HubPageRows, signed);
        var registry = new RegistrySite(Path.Combine(options.Folder, "registry"), signed, clock);
        var python = new PythonSite(Path.Combine(options.Folder, "python"));
        var apt = new AptSite(Path.Combine(options.Folder, "apt"));
        var thirdParty = new ThirdPartyAptSite(Path.Combine(options.Folder, "third-party"));
        var metadata = new MetadataSite(options.MetadataFolder);
        _sites = new()
        {
            [MirrorSite.Hub] = hub.AnswerAsync,
            [MirrorSite.HubStorage] = hub.AnswerStorageAsync,
            [MirrorSite.Registry] = registry.AnswerAsync,
            [MirrorSite.RegistryTokens] = registry.AnswerTokenAsync,
            [MirrorSite.RegistryStorage] = registry.AnswerStorageAsync,
            [MirrorSite.PythonIndex] = python.AnswerAsync,
            [MirrorSite.PythonFiles] = python.AnswerFileAsync,
            [MirrorSite.Apt] = apt.AnswerAsync,
            [MirrorSite.ThirdPartyApt] = thirdParty.AnswerAsync,
            [MirrorSite.Metadata] = metadata.AnswerAsync,
        };
        _host = Host(options.Listeners);
    }

    /// <summary>Its addresses, in the order of the settings' listeners.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints { get; private set; } = [];

    /// <summary>Serves until cancelled.</summary>
    public static async Task RunAsync(MirrorOptions options, CancellationToken cancel)
    {
        await using var server = await StartAsync(options, TimeProvider.System, cancel);
        await Task.Delay(Timeout.Infinite, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Returns when it is listening.</summary>
    /// <exception cref="IOException">An address is taken.</exception>
    public static async Task<MirrorServer> StartAsync(MirrorOptions options, TimeProvider clock, CancellationToken cancel)
    {
        var server = new MirrorServer(options, clock);
        try
        {
            await server._host.StartAsync(cancel);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        var addresses = server._host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        server.EndPoints = [.. addresses.Select(address => IPEndPoint.Parse(new Uri(address).Authority))];
        server._watching = server._board.WatchAsync(server._stop.Token);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
        _board.Dispose();
        _log.Dispose();
        _stop.Dispose();
    }

    private IHost Host(IReadOnlyList<MirrorListener> listeners) => new HostBuilder()
        .ConfigureServices(services => services
            .AddSingleton<IHostLifetime, OwnLifetime>()
            .Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(200)))
        .ConfigureWebHost(web => web
            .UseKestrelCore()
            .UseKestrelHttpsConfiguration()
            .ConfigureKestrel(options => Listen(options, listeners))
            .Configure(app => app.Run(AnswerAsync)))
        .Build();

    private void Listen(KestrelServerOptions options, IReadOnlyList<MirrorListener> listeners)
    {
        options.AddServerHeader = false;
        // Clients may be slow because a test throttles them.
        options.Limits.MinResponseDataRate = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.ConfigureEndpointDefaults(listen => listen.Protocols = HttpProtocols.Http1);
        foreach (var listener in listeners)
        {
            options.Listen(listener.Address, listener.Port, listen =>
            {
                if (listener.Tls)
                {
                    var certificate = _certificate
                        ?? throw new InvalidOperationException("A listener speaks TLS, and there is no certificate.");
                    listen.UseHttps(new TlsHandshakeCallbackOptions
                    {
                        OnConnection = greeting =>
                        ValueTask.FromResult(Greet(greeting, certificate))
                    });
                }
            });
        }
    }

    // The TLS greeting has the host name, so a mirror that is down can refuse before the request.
    private SslServerAuthenticationOptions Greet(TlsHandshakeCallbackContext greeting, ServerCertificate certificate)
    {
        var host = greeting.ClientHelloInfo.ServerName;
        _board.Refresh();
        if (_links.Find(host) is { } site && _board[MirrorSites.KindOf(site)] is { Faults.Down: true } mirror)
        {
            var client = (greeting.Connection.RemoteEndPoint as IPEndPoint)?.Address.ToString() ?? "";
            _log.Write(new(_clock.GetUtcNow(), mirror.Kind, host, "TLS", "", null, 0, 0, 0, client, RequestOutcome.Reset));
            var error = new ConnectionAbortedException($"{host} is down.");
            greeting.Connection.Abort(error);
            throw error;
        }

        return new() { ServerCertificateContext = certificate.Context };
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var (at, began) = (_clock.GetUtcNow(), Stopwatch.GetTimestamp());
        var request = http.Request;
        if (_links.Find(request.Host.Host) is not { } site)
        {
            http.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
            var text = $"No mirror exists for {request.Host.Host}; known hosts: {string.Join(", ", _links.Names)}.\n";
            await http.Response.WriteAsync(text);
            _log.Write(Line(http, at, began, null, text.Length, RequestOutcome.Sent));
            return;
        }

        _board.Refresh();
        var mirror = _board[MirrorSites.KindOf(site)];
        var exchange = new Exchange(http, mirror, site, _links);
        var outcome = RequestOutcome.Sent;
        mirror.Enter(exchange);
        try
        {
            if (await exchange.BeginAsync())
            {
                await _sites[site](exchange);
            }
        }
        catch (Exception error) when (http.RequestAborted.IsCancellationRequested && error is OperationCanceledException or IOException)
        {
            outcome = RequestOutcome.Lost;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            outcome = RequestOutcome.Failed;
            await Console.Error.WriteLineAsync($"{request.Host}{request.Path}: {error}");
            await FailAsync(http);
        }
        finally
        {
            mirror.Leave(exchange);
            _log.Write(Line(http, at, began, exchange, exchange.Sent, exchange.WasReset ? RequestOutcome.Reset : outcome));
        }
    }

    private static async Task FailAsync(HttpContext http)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        http.Response.Clear();
        http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        await http.Response.WriteAsync("The mirror failed: its standard error has the reason.\n");
    }

    private static RequestLine Line(HttpContext http, DateTimeOffset at, long began, Exchange? exchange, long bytes, RequestOutcome outcome)
    {
        var request = http.Request;
        var status = outcome == RequestOutcome.Sent || http.Response.HasStarted ? http.Response.StatusCode : 0;
        return new(
            at, exchange?.Mirror.Kind, request.Host.Host, request.Method, $"{request.Path.Value}{request.QueryString.Value}",
            request.Headers.Range is [{ } range, ..] ? range : null, status, bytes, (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds,
            exchange?.Client ?? http.Connection.RemoteIpAddress?.ToString() ?? "", outcome);
    }

    /// <summary>The program decides when to stop: the web host would handle signals itself.</summary>
    private sealed class OwnLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
