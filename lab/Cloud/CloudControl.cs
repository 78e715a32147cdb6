using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Infra.Lab.DigitalOcean;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Http;
using Infra.Lab.Linux;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Infra.Lab.Cloud;

/// <summary>
/// How <c>./infra cloud</c> reads the account, whatever faults and rate limits its API has: HTTP on the sandbox's own loopback address,
/// which neither programs inside nor Droplets reach, with the token.
/// </summary>
internal sealed class CloudControl : IAsyncDisposable
{
    public const int Port = 8053;

    /// <summary>Prefix of the API's own answers: <c>/answers/v2/droplets</c>.</summary>
    public const string Answers = "/answers";

    private readonly WebApplication _application;

    private CloudControl(WebApplication application) => _application = application;

    public static async Task<CloudControl> StartAsync(CloudAccount account, CancellationToken cancel)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, Port));
        builder.Services.AddRoutingCore();
        var application = builder.Build();
        var routes = CloudApi.Routes(account).Where(route => route.Method == "GET")
            .ToDictionary(route => route.Path, StringComparer.Ordinal);
        application.Run(context => AnswerAsync(context, account, routes));
        await application.StartAsync(cancel);
        return new(application);
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static async Task AnswerAsync(HttpContext context, CloudAccount account, Dictionary<string, ApiRoute> routes)
    {
        var token = context.Request.Headers.Authorization.ToString().Split(' ')[^1];
        if (account.State.Find<ApiToken>(ApiToken.KeyOf(token)) is null)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }
        else if (context.Request.Path.StartsWithSegments(Answers, out var path) && routes.TryGetValue(path.Value!, out var route))
        {
            var answer = route.Handle(new ApiRequest(context, ReadOnlyMemory<byte>.Empty));
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(
                JsonSerializer.SerializeToUtf8Bytes(answer.Body, answer.Body!.GetType(), AccountJson.Options), context.RequestAborted);
        }
        else
        {
            context.Response.StatusCode = context.Request.Path == "/" ? StatusCodes.Status204NoContent : StatusCodes.Status404NotFound;
        }
    }
}

/// <summary>Its client: a command on this machine.</summary>
internal sealed class CloudControlClient : IDisposable
{
    private readonly HttpClient _http;

    /// <exception cref="IOException">The cloud has no token yet.</exception>
    public CloudControlClient(CloudLab cloud)
    {
        _http = new HttpClient(NamespaceSockets.Handler(cloud.Sandbox.NetworkPath(null)))
        {
            BaseAddress = new UriBuilder("http", "127.0.0.1", CloudControl.Port).Uri,
        };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", cloud.ReadToken());
    }

    /// <exception cref="HttpRequestException">It does not answer.</exception>
    public async Task PingAsync(CancellationToken cancel)
    {
        using var answer = await _http.GetAsync(new Uri("/", UriKind.Relative), cancel);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>All items of a list; null: the API has no such path.</summary>
    /// <param name="path">Path with a query, <c>/v2/droplets?type=gpus</c>.</param>
    /// <param name="member">Member with the list.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<IReadOnlyList<JsonObject>?> ListAsync(string path, string member, CancellationToken cancel)
    {
        var all = new List<JsonObject>();
        for (var page = 1; ; page++)
        {
            var url = $"{CloudControl.Answers}{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}per_page=200&page={page}";
            using var answer = await _http.GetAsync(new Uri(url, UriKind.Relative), cancel);
            if (answer.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }

            answer.EnsureSuccessStatusCode();
            var items = JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancel))![member]!.AsArray().OfType<JsonObject>().ToList();
            all.AddRange(items);
            if (items.Count < 200)
            {
                return all;
            }
        }
    }

    public void Dispose() => _http.Dispose();
}
