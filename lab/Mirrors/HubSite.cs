using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Infra.Lab.Mirrors;

/// <summary>
/// The file API of Hugging Face: paged listings, small files directly, large files from a storage host with signed addresses.
/// </summary>
internal sealed class HubSite(string folder, int pageRows, SignedLinks signed)
{
    private static readonly TimeSpan LinkLife = TimeSpan.FromHours(1);
    private readonly StoredJson<HubManifest> _manifests = new();

    /// <summary>A request to <c>huggingface.co</c>.</summary>
    public Task AnswerAsync(Exchange exchange)
    {
        if (!IsRead(exchange))
        {
            return exchange.TextAsync(StatusCodes.Status405MethodNotAllowed, "Method Not Allowed\n");
        }

        return exchange.Path.Split('/')[1..] switch
        {
            ["api", "models", var org, var name] =>
                AnswerAsync(exchange, org, name, "main", (manifest, commit) => InfoAsync(exchange, manifest, commit)),
            ["api", "models", var org, var name, "revision", var revision] =>
                AnswerAsync(exchange, org, name, revision, (manifest, commit) => InfoAsync(exchange, manifest, commit)),
            ["api", "models", var org, var name, "tree", var revision] =>
                AnswerAsync(exchange, org, name, revision, (manifest, commit) => TreeAsync(exchange, manifest, commit)),
            [var org, var name, "resolve", var revision, .. var path] =>
                AnswerAsync(exchange, org, name, revision,
                    (manifest, commit) => FileAsync(exchange, manifest, commit, string.Join('/', path))),
            _ => RefuseAsync(exchange, StatusCodes.Status404NotFound, null, "Sorry, we can't find the page you are looking for."),
        };
    }

    /// <summary>A request to the storage: <c>/xet-bridge-us/REPOSITORY/SHA256</c> with the hub's signature.</summary>
    public Task AnswerStorageAsync(Exchange exchange)
    {
        var query = exchange.Request.Query;
        var (expires, signature) = (query["Expires"].ToString(), query["X-Amz-Signature"].ToString());
        if (!IsRead(exchange) || !long.TryParse(expires, CultureInfo.InvariantCulture, out _)
            || !signed.Holds(exchange.Path, expires, signature))
        {
            return exchange.TextAsync(
                StatusCodes.Status403Forbidden, "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
                "application/xml");
        }

        if (exchange.Path.Split('/') is not ["", "xet-bridge-us", var repository, var sha256]
            || Stored(repository) is not { } manifest || manifest.Files.FirstOrDefault(file => file.Sha256 == sha256) is not { } stored)
        {
            return exchange.TextAsync(
                StatusCodes.Status404NotFound, "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>",
                "application/xml");
        }

        return exchange.ContentAsync(Content(manifest, stored) with { ETag = $"\"{sha256}\"" });
    }

    private static bool IsRead(Exchange exchange) =>
        HttpMethods.IsGet(exchange.Request.Method) || HttpMethods.IsHead(exchange.Request.Method);

    private Task AnswerAsync(Exchange exchange, string org, string name, string revision, Func<HubManifest, string, Task> answer)
    {
        // The hub does not reveal which repositories exist.
        if (Find(org, name) is not { } manifest)
        {
            exchange.Headers.WWWAuthenticate = "Bearer realm=\"Authentication required\", charset=\"UTF-8\"";
            return RefuseAsync(exchange, StatusCodes.Status401Unauthorized, null, "Invalid username or password.");
        }

        if (manifest.Gated && exchange.BearerToken is null)
        {
            return RefuseAsync(
                exchange, StatusCodes.Status401Unauthorized, "GatedRepo",
                $"Access to model {manifest.Id} is restricted. You must have access to it and be authenticated to access it. "
                    + "Please log in.");
        }

        return manifest.Commit(revision) is { } commit
            ? answer(manifest, commit)
            : RefuseAsync(exchange, StatusCodes.Status404NotFound, "RevisionNotFound", $"Invalid rev id: {revision}");
    }

    private static Task RefuseAsync(Exchange exchange, int status, string? code, string message)
    {
        exchange.Headers["X-Error-Code"] = code;
        exchange.Headers["X-Error-Message"] = message;
        return exchange.Path.StartsWith("/api/", StringComparison.Ordinal)
            ? exchange.JsonAsync(status, new { error = message })
            : exchange.TextAsync(status, message);
    }

    private static Task InfoAsync(Exchange exchange, HubManifest manifest, string commit) => exchange.JsonAsync(StatusCodes.Status200OK, new
    {
        id = manifest.Id,
        modelId = manifest.Id,
        sha = commit,
        @private = false,
        gated = manifest.Gated ? (object)"auto" : false,
        siblings = manifest.Files.Select(file => new { rfilename = file.Path }),
    });

    private Task TreeAsync(Exchange exchange, HubManifest manifest, string commit)
    {
        var query = exchange.Request.Query;
        var first = 0;
        if (query["cursor"].ToString() is { Length: > 0 } cursor && !TryReadCursor(cursor, out first))
        {
            return RefuseAsync(exchange, StatusCodes.Status400BadRequest, null, "Invalid cursor");
        }

        var rows = int.TryParse(query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0
            ? Math.Min(limit, pageRows)
            : pageRows;
        if (first + rows < manifest.Files.Count)
        {
            var next = Base64Url.EncodeToString(Encoding.ASCII.GetBytes((first + rows).ToString(CultureInfo.InvariantCulture)));
            exchange.Headers.Link = $"<{exchange.OriginOf(MirrorSite.Hub)}/api/models/{manifest.Id}/tree/{commit}"
                + $"?recursive={(query["recursive"] == "true" ? "true" : "false")}&limit={rows}&cursor={next}>; rel=\"next\"";
        }

        return exchange.JsonAsync(StatusCodes.Status200OK, manifest.Files.Skip(first).Take(rows).Select(Row));
    }

    private static object Row(HubFile file) => file.Sha256 is null
        ? new { type = "file", oid = file.Oid, size = file.Size, path = file.Path }
        : new
        {
            type = "file",
            oid = file.Oid,
            size = file.Size,
            lfs = new { oid = file.Sha256, size = file.Size, pointerSize = LfsPointer.Text(file.Sha256, file.Size).Length },
            path = file.Path,
        };

    private Task FileAsync(Exchange exchange, HubManifest manifest, string commit, string path)
    {
        exchange.Headers["X-Repo-Commit"] = commit;
        if (manifest.Files.FirstOrDefault(file => file.Path == path) is not { } found)
        {
            return RefuseAsync(exchange, StatusCodes.Status404NotFound, "EntryNotFound", "Entry not found");
        }

        if (found.Sha256 is null)
        {
            return exchange.ContentAsync(Content(manifest, found) with { ETag = $"\"{found.Oid}\"", Type = "text/plain; charset=utf-8" });
        }

        exchange.Headers["X-Linked-Size"] = found.Size.ToString(CultureInfo.InvariantCulture);
        exchange.Headers["X-Linked-ETag"] = $"\"{found.Sha256}\"";
        exchange.Headers.ETag = $"\"{found.Sha256}\"";
        exchange.Headers.AcceptRanges = "bytes";
        var there = $"/xet-bridge-us/{HubManifest.StorageId(manifest.Id)}/{found.Sha256}";
        var (expires, signature) = signed.Sign(there, LinkLife);
        var disposition = Uri.EscapeDataString($"inline; filename*=UTF-8''{path}; filename=\"{path}\";");
        return exchange.RedirectAsync(
            StatusCodes.Status302Found,
            $"{exchange.OriginOf(MirrorSite.HubStorage)}{there}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Content-Sha256=UNSIGNED-PAYLOAD"
            + $"&X-Amz-Expires={LinkLife.TotalSeconds:F0}&X-Amz-Signature={signature}&X-Amz-SignedHeaders=host"
            + $"&response-content-disposition={disposition}&x-id=GetObject&Expires={expires}");
    }

    private FileContent Content(HubManifest manifest, HubFile file) =>
        FileContent.OfFile(file.Path, Path.Combine(folder, manifest.Id, "files", file.Path));

    // Names come from the URL: only existing folders match, and none is outside the content.
    private HubManifest? Find(string org, string name) =>
        SafePath.Under(folder, $"{org}/{name}/{HubManifest.FileName}") is { } path ? _manifests.Find(path) : null;

    private HubManifest? Stored(string storageId) => !Directory.Exists(folder) ? null : Directory.EnumerateDirectories(folder)
        .SelectMany(Directory.EnumerateDirectories)
        .Select(repository => _manifests.Find(Path.Combine(repository, HubManifest.FileName)))
        .FirstOrDefault(manifest => manifest is not null && HubManifest.StorageId(manifest.Id) == storageId);

    private static bool TryReadCursor(string cursor, out int row)
    {
        row = 0;
        return Base64Url.IsValid(cursor)
            && int.TryParse(Encoding.ASCII.GetString(Base64Url.DecodeFromChars(cursor)), NumberStyles.None, CultureInfo.InvariantCulture,
                out row);
    }
}
