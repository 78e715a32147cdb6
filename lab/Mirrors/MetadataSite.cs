using Microsoft.AspNetCore.Http;

namespace Infra.Lab.Mirrors;

/// <summary>
/// DigitalOcean's metadata address. The monitoring agent requests <c>/v1/appkey/droplet-auth-token</c> and posts to
/// <c>/v1/metrics/droplet_id/ID</c> (digitalocean/do-agent, pkg/clients/tsclient/client.go, bc91446). Otherwise it is the metadata service:
/// <c>/metadata/v1/KEY</c> is the file <c>CLIENT ADDRESS/KEY</c>, so a server sees only its own data. A folder returns its file names, and
/// <c>/metadata/v1.json</c> is the file <c>v1.json</c>.
/// </summary>
internal sealed class MetadataSite(string? folder)
{
    private const string Root = "/metadata/v1";

    private const string AppKey = "/v1/appkey/droplet-auth-token";
    private const string Metrics = "/v1/metrics/droplet_id/";

    /// <summary>The response to the agent's metrics.</summary>
    private static readonly object NextBatch = new { success = true, frequency = 60, max_metrics = 1000, max_lfm = 512 };

    public Task AnswerAsync(Exchange exchange)
    {
        if (exchange.Path == AppKey)
        {
            return exchange.Request.Headers.Authorization.ToString().StartsWith("DOMETADATA ", StringComparison.Ordinal)
                ? exchange.JsonAsync(StatusCodes.Status200OK, "an-app-key")
                : exchange.TextAsync(StatusCodes.Status401Unauthorized, "unauthorized\n");
        }

        if (exchange.Path.StartsWith(Metrics, StringComparison.Ordinal) && HttpMethods.IsPost(exchange.Request.Method))
        {
            return exchange.JsonAsync(StatusCodes.Status202Accepted, NextBatch, "application/json");
        }

        if (folder is null || !exchange.Path.StartsWith(Root, StringComparison.Ordinal)
            || exchange.Path[Root.Length..] is not ("" or ".json" or ['/', ..]))
        {
            return MissingAsync(exchange);
        }

        var own = Path.Combine(folder, exchange.Client);
        var key = exchange.Path[Root.Length..];
        var path = key == ".json" ? Path.Combine(own, "v1.json") : key.Trim('/').Length == 0 ? own : SafePath.Under(own, key);
        if (path is not null && File.Exists(path))
        {
            return exchange.ContentAsync(FileContent.OfFile(Path.GetFileName(path), path) with { Type = "text/plain; charset=utf-8" });
        }

        return path is not null && Directory.Exists(path) ? ListAsync(exchange, path) : MissingAsync(exchange);
    }

    private static Task ListAsync(Exchange exchange, string path)
    {
        var names = new DirectoryInfo(path).EnumerateFileSystemInfos()
            .Select(item => item is DirectoryInfo ? $"{item.Name}/" : item.Name)
            .Where(name => name != "v1.json")
            .Order(StringComparer.Ordinal);
        return exchange.TextAsync(StatusCodes.Status200OK, string.Join('\n', names));
    }

    private static Task MissingAsync(Exchange exchange) => exchange.TextAsync(StatusCodes.Status404NotFound, "not found\n");
}
