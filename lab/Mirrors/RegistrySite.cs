using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Infra.Lab.Mirrors;

/// <summary>Docker Hub for pulls: OCI distribution with anonymous tokens; blobs come from a storage host with signed addresses.</summary>
internal sealed partial class RegistrySite(string folder, SignedLinks signed, TimeProvider clock)
{
    private const string Service = "registry.docker.io";
    private static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LinkLife = TimeSpan.FromHours(1);
    private readonly StoredJson<RegistryRepository> _repositories = new();

    /// <summary>A request to <c>registry-1.docker.io</c>.</summary>
    public Task AnswerAsync(Exchange exchange)
    {
        exchange.Headers["Docker-Distribution-Api-Version"] = "registry/2.0";
        if (!HttpMethods.IsGet(exchange.Request.Method) && !HttpMethods.IsHead(exchange.Request.Method))
        {
            return ErrorAsync(exchange, StatusCodes.Status405MethodNotAllowed, "UNSUPPORTED", "The operation is unsupported.", null);
        }

        if (exchange.Path is "/v2/" or "/v2")
        {
            return MayRead(exchange, null) ? exchange.JsonAsync(StatusCodes.Status200OK, new { }) : ChallengeAsync(exchange, null);
        }

        if (Address().Match(exchange.Path) is not { Success: true } address)
        {
            return ErrorAsync(exchange, StatusCodes.Status404NotFound, "NOT_FOUND", "404 page not found", null);
        }

        var (name, what, reference) = (address.Groups["name"].Value, address.Groups["what"].Value, address.Groups["reference"].Value);
        if (!MayRead(exchange, name))
        {
            return ChallengeAsync(exchange, name);
        }

        // For an unknown repository, Docker Hub reports missing access.
        if (RegistryRepository.FileOf(folder, name) is not { } file || _repositories.Find(file) is not { } repository)
        {
            return ErrorAsync(
                exchange, StatusCodes.Status401Unauthorized, "UNAUTHORIZED", "authentication required",
                new object[] { new Dictionary<string, string> { ["Type"] =
                    "repository", ["Class"] = "", ["Name"] = name, ["Action"] = "pull" } });
        }

        return what switch
        {
            "manifests" => ManifestAsync(exchange, repository, reference),
            "blobs" => BlobAsync(exchange, repository, reference),
            _ => exchange.JsonAsync(StatusCodes.Status200OK, new { name, tags = repository.Tags.Keys.Order(StringComparer.Ordinal) }),
        };
    }

    /// <summary>A request to <c>auth.docker.io</c>: any client gets a token for the repository in the scope.</summary>
    public Task AnswerTokenAsync(Exchange exchange)
    {
        if (exchange.Path != "/token")
        {
            return exchange.TextAsync(StatusCodes.Status404NotFound, "404 page not found\n");
        }

        var names = exchange.Request.Query["scope"]
            .SelectMany(scope => (scope ?? "").Split(' '))
            .Select(scope => scope.Split(':'))
            .Where(scope => scope is ["repository", _, _])
            .Select(scope => scope[1]);
        var scopes = string.Join(' ', names);
        var (expires, signature) = signed.Sign($"pull {scopes}", TokenLife);
        var token = $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(scopes))}.{expires}.{signature}";
        return exchange.JsonAsync(StatusCodes.Status200OK, new
        {
            token,
            access_token = token,
            expires_in = (int)TokenLife.TotalSeconds,
            issued_at = clock.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture),
        });
    }

    /// <summary>A request to the storage, with the signature of <see cref="AnswerAsync"/>.</summary>
    public Task AnswerStorageAsync(Exchange exchange)
    {
        var query = exchange.Request.Query;
        var (expires, signature) = (query["expires"].ToString(), query["signature"].ToString());
        if (!long.TryParse(expires, CultureInfo.InvariantCulture, out _) || !signed.Holds(exchange.Path, expires, signature)
            || exchange.Path.Split('/') is not [.., var hex, "data"])
        {
            return exchange.TextAsync(StatusCodes.Status403Forbidden, "Access Denied\n");
        }

        return exchange.ContentAsync(
            FileContent.OfFile(hex, RegistryRepository.BlobFile(folder, $"sha256:{hex}")) with { ETag = $"\"{hex}\"" });
    }

    private Task ManifestAsync(Exchange exchange, RegistryRepository repository, string reference)
    {
        var digest = repository.Tags.GetValueOrDefault(reference, reference);
        if (!repository.Manifests.TryGetValue(digest, out var type))
        {
            return ErrorAsync(
                exchange, StatusCodes.Status404NotFound, "MANIFEST_UNKNOWN", "manifest unknown",
                Digest().IsMatch(reference) ? $"unknown manifest name={repository.Name} revision={reference}" : $"unknown tag={reference}");
        }

        exchange.Headers["Docker-Content-Digest"] = digest;
        var content = FileContent.OfFile(digest["sha256:".Length..], RegistryRepository.BlobFile(folder, digest));
        return exchange.ContentAsync(content with { ETag = $"\"{digest}\"", Type = type });
    }

    private Task BlobAsync(Exchange exchange, RegistryRepository repository, string digest)
    {
        if (!repository.Blobs.Contains(digest))
        {
            return Digest().IsMatch(digest)
                ? ErrorAsync(exchange, StatusCodes.Status404NotFound, "BLOB_UNKNOWN", "blob unknown to registry", digest)
                : ErrorAsync(exchange, StatusCodes.Status400BadRequest, "DIGEST_INVALID", "provided digest did not match uploaded content",
                    digest);
        }

        exchange.Headers["Docker-Content-Digest"] = digest;
        var hex = digest["sha256:".Length..];
        if (HttpMethods.IsHead(exchange.Request.Method))
        {
            return exchange.ContentAsync(
                FileContent.OfFile(hex, RegistryRepository.BlobFile(folder, digest)) with { ETag = $"\"{digest}\"" });
        }

        var there = $"/registry-v2/docker/registry/v2/blobs/sha256/{hex[..2]}/{hex}/data";
        var (expires, signature) = signed.Sign(there, LinkLife);
        return exchange.RedirectAsync(
            StatusCodes.Status307TemporaryRedirect,
            $"{exchange.OriginOf(MirrorSite.RegistryStorage)}{there}?expires={expires}&signature={signature}&version=3");
    }

    private bool MayRead(Exchange exchange, string? repository) =>
        exchange.BearerToken?.Split('.') is [var scopes, var expires, var signature]
        && Base64Url.IsValid(scopes) && long.TryParse(expires, CultureInfo.InvariantCulture, out _)
        && Encoding.UTF8.GetString(Base64Url.DecodeFromChars(scopes)) is var names
        && signed.Holds($"pull {names}", expires, signature)
        && (repository is null || names.Split(' ').Contains(repository));

    private static Task ChallengeAsync(Exchange exchange, string? repository)
    {
        var scope = repository is null ? "" : $",scope=\"repository:{repository}:pull\"";
        var fault = exchange.BearerToken is null ? "" : ",error=\"invalid_token\"";
        exchange.Headers.WWWAuthenticate =
            $"Bearer realm=\"{exchange.OriginOf(MirrorSite.RegistryTokens)}/token\",service=\"{Service}\"{scope}{fault}";
        return ErrorAsync(exchange, StatusCodes.Status401Unauthorized, "UNAUTHORIZED", "authentication required", null);
    }

    private static Task ErrorAsync(Exchange exchange, int status, string code, string message, object? detail) =>
        exchange.JsonAsync(status, new { errors = new[] { new { code, message, detail } } });

    [GeneratedRegex("^/v2/(?<name>[a-z0-9]+(?:[._/-]+[a-z0-9]+)*)/(?:(?<what>manifests|blobs)/(?<reference>[A-Za-z0-9_][A-Za-z0-9._:-]*)|(?<what>tags)/list)$")]
    private static partial Regex Address();

    [GeneratedRegex("^sha256:[0-9a-f]{64}$")]
    private static partial Regex Digest();
}
