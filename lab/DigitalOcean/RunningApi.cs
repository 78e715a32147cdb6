using System.Net;
using System.Security.Cryptography.X509Certificates;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Certificates;
using Infra.Lab.DigitalOcean.Droplets;
using Infra.Lab.DigitalOcean.Effects;
using Infra.Lab.DigitalOcean.Http;
using Infra.Lab.DigitalOcean.Monitoring;
using Infra.Lab.Specs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Infra.Lab.DigitalOcean;

/// <summary>An account that answers over HTTP, with its work running.</summary>
internal sealed class RunningApi : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;

    private RunningApi(WebApplication application, WorkRunner runner, NetworkFollower networks, UptimeProber? prober)
    {
        _application = application;
        _work = Task.WhenAll(runner.RunAsync(_stop.Token), networks.RunAsync(_stop.Token),
            prober?.RunAsync(_stop.Token) ?? Task.CompletedTask);
    }

    /// <summary>Ends only when it is disposed, or with an error of ours: then nothing that takes time would end any more.</summary>
    public Task Work => _work;

    /// <summary>Where it answers; with several addresses, the first.</summary>
    public Uri Address => new(
        _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <param name="account">The account.</param>
    /// <param name="host">What makes servers, disks and networks.</param>
    /// <param name="listen">Addresses; port 0 is any free one.</param>
    /// <param name="certificate">Certificate of the server; null: plain HTTP, for tests.</param>
    /// <param name="prepare">Adds what answers before the API, such as other hosts; null: nothing.</param>
    /// <param name="probe">Asks the targets of uptime checks; null: none is asked.</param>
    /// <param name="authority">Issues certificates; null: a <see cref="LocalAuthority"/>.</param>
    public static async Task<RunningApi> StartAsync(
        CloudAccount account, IHostRuntime host, IReadOnlyList<IPEndPoint> listen, X509Certificate2? certificate,
        Action<WebApplication>? prepare = null, IUptimeProbe? probe = null, ICertificateAuthority? authority = null)
    {
        // No configuration from files or the environment: only what is said here.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            foreach (var address in listen)
            {
                options.Listen(address, endpoint =>
                {
                    if (certificate is not null)
                    {
                        endpoint.UseHttps(certificate);
                    }
                });
            }
        });
        builder.Services.AddRoutingCore();
        var application = builder.Build();
        prepare?.Invoke(application);
        application.UseRouting();
        new ApiServer(new ApiGate(account), CloudApi.Routes(account)).Map(application);
        await application.StartAsync();
        DropletRevival.Begin(account, host);
        var networks = new NetworkFollower(account, host);
        var handlers = CloudApi.Handlers(account, host, networks, authority);
        return new(application, new WorkRunner(account, handlers), networks, probe is null ? null : new UptimeProber(account, probe));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _application.DisposeAsync();
        _stop.Dispose();
    }
}
