using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Infra.Lab.DigitalOcean.Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Infra.Lab.Acme;

/// <summary>
/// Where lego says which records prove the names of an order: HTTP of its DNS provider <c>httpreq</c> (go-acme/lego,
/// providers/dns/httpreq). On a loopback address, below a path that only this order knows.
/// </summary>
internal sealed class ChallengeEndpoint : IAsyncDisposable
{
    private const int SecretBytes = 16;

    private readonly WebApplication _application;

    private ChallengeEndpoint(WebApplication application, Uri address)
    {
        _application = application;
        Address = address;
    }

    public Uri Address { get; }

    public static async Task<ChallengeEndpoint> StartAsync(IDomainProof proof, CancellationToken cancel)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var application = builder.Build();
        PathString secret = $"/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes))}";
        application.Run(context => AnswerAsync(context, secret, proof));
        await application.StartAsync(cancel);
        var address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new(application, new Uri(new Uri(address), secret));
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static async Task AnswerAsync(HttpContext context, PathString secret, IDomainProof proof)
    {
        if (!context.Request.Path.StartsWithSegments(secret, StringComparison.Ordinal, out var rest))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        // What it cleans up is removed with the end of the order.
        else if (rest == "/present")
        {
            try
            {
                var challenge = await JsonSerializer.DeserializeAsync<Challenge>(
                    context.Request.Body, JsonSerializerOptions.Web, context.RequestAborted);
                proof.Publish(challenge!.Fqdn, challenge.Value);
            }
            catch (CertificateException exception)
            {
                context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                await context.Response.WriteAsync(exception.Message, context.RequestAborted);
            }
        }
    }

    private sealed record Challenge(string Fqdn, string Value);
}
