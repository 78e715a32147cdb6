using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Infra.Lab.Mirrors;

namespace Infra.Tests.Unit.Lab.Mirrors;

/// <summary>The hosts as their clients know them.</summary>
public sealed partial class MirrorServerTests
{
    private const string Repository = RunningMirrors.ModelId;
    private const string Json = "application/vnd.pypi.simple.v1+json";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string Commit => RunningMirrors.Model.Revision!;

    [Fact]
    public async Task The_hub_lists_a_commit_page_by_page()
    {
        await using var mirrors = await RunningMirrors.StartAsync();
        var next = mirrors.Address("huggingface.co", $"/api/models/{Repository}/tree/{Commit}?recursive=true");
        var (rows, pages) = (new List<JsonElement>(), 0);
        while (next is not null)
        {
            using var answer = await mirrors.GetAsync(next);
            rows.AddRange(await answer.Content.ReadFromJsonAsync<JsonElement[]>(Cancel) ?? []);
            pages++;
            next = answer.Headers.TryGetValues("Link", out var links) ? new(NextPage().Match(links.Single()).Groups[1].Value) : null;
        }

        Assert.Equal((13, 3), (rows.Count, pages));
        var weights = rows.Single(row => row.GetProperty("path").GetString() == "consolidated.safetensors");
        Assert.Equal(weights.GetProperty("size").GetInt64(), weights.GetProperty("lfs").GetProperty("size").GetInt64());
        Assert.All(rows, row => Assert.Matches("^[0-9a-f]{40}$", row.GetProperty("oid").GetString()));
    }

    [Fact]
    public async Task A_large_file_comes_from_the_storage_by_signed_address_and_in_parts()
    {
        await using var mirrors = await RunningMirrors.StartAsync();
        using var found = await mirrors.GetAsync("huggingface.co", $"/{Repository}/resolve/{Commit}/model.safetensors");
        var address = found.Headers.Location!;
        Assert.Equal((HttpStatusCode.Found, "cas-bridge.xethub.hf.co"), (found.StatusCode, address.Host));
        Assert.Equal(Commit, found.Headers.GetValues("X-Repo-Commit").Single());
        var sha256 = found.Headers.GetValues("X-Linked-ETag").Single().Trim('"');
        var size = long.Parse(found.Headers.GetValues("X-Linked-Size").Single(), null);
        using var first = await mirrors.GetAsync(address, request => request.Headers.Range = new(0, 999_999));
        using var rest = await mirrors.GetAsync(address, request => request.Headers.Range = new(1_000_000, null));
        Assert.Equal((HttpStatusCode.PartialContent, $"bytes 0-999999/{size}"),
            (first.StatusCode, first.Content.Headers.ContentRange!.ToString()));
        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(
            [.. await first.Content.ReadAsByteArrayAsync(Cancel), .. await rest.Content.ReadAsByteArrayAsync(Cancel)])));
        using var beyond = await mirrors.GetAsync(address, request => request.Headers.Range = new(size, null));
        Assert.Equal((HttpStatusCode.RequestedRangeNotSatisfiable, $"bytes */{size}"),
            (beyond.StatusCode, beyond.Content.Headers.ContentRange!.ToString()));
        using var forged = await mirrors.GetAsync(new(address.ToString().Replace("Signature=", "Signature=0", StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
    }

    [Theory]
    [InlineData($"/api/models/{Repository}/tree/0123456789012345678901234567890123456789?recursive=true", 404, "RevisionNotFound")]
    [InlineData($"/{Repository}/resolve/0123456789012345678901234567890123456789/params.json", 404, "RevisionNotFound")]
    [InlineData($"/{Repository}/resolve/main/nothing.json", 404, "EntryNotFound")]
    [InlineData("/api/models/mistralai/Unknown/tree/main?recursive=true", 401, null)]
    [InlineData("/api/models/../../tree/main", 404, null)]
    [InlineData("/api/models/lab/gated/tree/main", 401, "GatedRepo")]
    public async Task The_hub_refuses_in_its_own_words(string path, int status, string? code)
    {
        await using var mirrors = await RunningMirrors.StartAsync();
        using var answer = await mirrors.GetAsync("huggingface.co", path);
        Assert.Equal((status, code),
            ((int)answer.StatusCode, answer.Headers.TryGetValues("X-Error-Code", out var codes) ? codes.Single() : null));
    }

    [Fact]
    public async Task A_gated_repository_opens_with_a_token()
    {
        await using var mirrors = await RunningMirrors.StartAsync();
        using var answer = await mirrors.GetAsync(
            "huggingface.co", "/lab/gated/resolve/main/params.json", request => request.Headers.Authorization = new("Bearer", "hf_lab"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task An_image_is_pulled_as_from_Docker_Hub()
    {
        await using var mirrors = await RunningMirrors.StartAsync();
        using var stranger = await mirrors.GetAsync("registry-1.docker.io",
            $"/v2/vllm/vllm-openai/manifests/{RunningMirrors.Image.IndexDigest}");
        var challenge = stranger.Headers.WwwAuthenticate.Single();
        Assert.Equal((HttpStatusCode.Unauthorized, "Bearer"), (stranger.StatusCode, challenge.Scheme));
        Assert.Contains("scope=\"repository:vllm/vllm-openai:pull\"", challenge.Parameter, StringComparison.Ordinal);
        using var granted = await mirrors.GetAsync("auth.docker.io",
            "/token?service=registry.docker.io&scope=repository:vllm/vllm-openai:pull");
        var token = (await granted.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("token").GetString()!;
        void Authorize(HttpRequestMessage request) => request.Headers.Authorization = new("Bearer", token);
        using var index = await mirrors.GetAsync("registry-1.docker.io", "/v2/vllm/vllm-openai/manifests/v0.31.0", Authorize);
        Assert.Equal(RunningMirrors.Image.IndexDigest, index.Headers.GetValues("Docker-Content-Digest").Single());
        var child = (await index.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("manifests")[0];
        using var manifest = await mirrors.GetAsync(
            "registry-1.docker.io", $"/v2/vllm/vllm-openai/manifests/{child.GetProperty("digest").GetString()}", Authorize);
        Assert.Equal(child.GetProperty("mediaType").GetString(), manifest.Content.Headers.ContentType!.MediaType);
        var layer = (await manifest.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("layers")[1].GetProperty("digest")
            .GetString()!;
        using var blob = await mirrors.GetAsync("registry-1.docker.io", $"/v2/vllm/vllm-openai/blobs/{layer}", Authorize);
        Assert.Equal((HttpStatusCode.TemporaryRedirect, "production.cloudflare.docker.com"),
            (blob.StatusCode, blob.Headers.Location!.Host));
        Assert.Equal(layer,
            $"sha256:{Convert.ToHexStringLower(SHA256.HashData(await mirrors.Client.GetByteArrayAsync(blob.Headers.Location, Cancel)))}");
        using var other = await mirrors.GetAsync("registry-1.docker.io", "/v2/vllm/other/manifests/v1", Authorize);
        Assert.Equal(HttpStatusCode.Unauthorized, other.StatusCode);
        using var unknown = await mirrors.GetAsync(
            "registry-1.docker.io", $"/v2/vllm/vllm-openai/manifests/sha256:{new string('0', 64)}", Authorize);
        Assert.Contains("\"MANIFEST_UNKNOWN\"", await unknown.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_Python_index_speaks_JSON_and_HTML()
    {
        await using var mirrors = await RunningMirrors.StartAsync();
        using var answer = await mirrors.GetAsync(
            "pypi.org", "/simple/vllm/",
            request => request.Headers.Accept.ParseAdd($"{Json}, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01"));
        Assert.Equal(Json, answer.Content.Headers.ContentType!.MediaType);
        var file = (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("files")[0];
        Assert.Matches("^2026-09-.*Z$", file.GetProperty("upload-time").GetString());
        var content = await mirrors.Client.GetByteArrayAsync(file.GetProperty("url").GetString(), Cancel);
        Assert.Equal(file.GetProperty("hashes").GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(content)));
        using var page = await mirrors.GetAsync("pypi.org", "/simple/vllm/", request => request.Headers.Accept.ParseAdd("text/html"));
        Assert.Contains($"#sha256={Convert.ToHexStringLower(SHA256.HashData(content))}\"", await page.Content.ReadAsStringAsync(Cancel),
            StringComparison.Ordinal);
        using var alias = await mirrors.GetAsync("pypi.org", "/simple/Mistral_Common");
        Assert.Equal((HttpStatusCode.MovedPermanently, "/simple/mistral-common/"), (alias.StatusCode, alias.Headers.Location!.ToString()));
        using var unknown = await mirrors.GetAsync("pypi.org", "/simple/numpy/");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task An_archive_reports_when_a_file_has_not_changed()
    {
        await using var mirrors = await RunningMirrors.StartAsync();
        using var answer = await mirrors.GetAsync("security.debian.org", "/debian/dists/trixie/InRelease");
        Assert.Equal("Origin: Debian\n", await answer.Content.ReadAsStringAsync(Cancel));
        using var again = await mirrors.GetAsync(
            "deb.debian.org", "/debian/dists/trixie/InRelease", request =>
                request.Headers.IfModifiedSince = answer.Content.Headers.LastModified);
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        using var outside = await mirrors.GetAsync("deb.debian.org", "/debian/%2e%2e/%2e%2e/python/index.json");
        Assert.Equal(HttpStatusCode.NotFound, outside.StatusCode);
    }

    [Fact]
    public async Task A_server_sees_its_own_metadata_and_no_other()
    {
        await using var mirrors = await RunningMirrors.StartAsync();
        foreach (var (client, id) in (ReadOnlySpan<(string, string)>)[("127.0.0.1", "1001"), ("198.51.100.9", "1002")])
        {
            Directory.CreateDirectory(Path.Combine(mirrors.MetadataFolder, client, "interfaces"));
            File.WriteAllText(Path.Combine(mirrors.MetadataFolder, client, "id"), id);
        }

        using var own = await mirrors.GetAsync("169.254.169.254", "/metadata/v1/id");
        using var other = await mirrors.GetAsync("169.254.169.254", "/metadata/v1/../198.51.100.9/id");
        using var list = await mirrors.GetAsync("169.254.169.254", "/metadata/v1/");
        Assert.Equal("1001", await own.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        Assert.Equal("id\ninterfaces/", await list.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task A_host_without_a_mirror_is_misdirected()
    {
        await using var mirrors = await RunningMirrors.StartAsync();
        using var answer = await mirrors.GetAsync("example.com", "/");
        Assert.Equal(HttpStatusCode.MisdirectedRequest, answer.StatusCode);
        Assert.Contains("example.com", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_request_is_a_line_of_the_log()
    {
        await using var mirrors = await RunningMirrors.StartAsync();
        var address = mirrors.Address("huggingface.co", $"/{Repository}/resolve/main/params.json?x=1", tls: true);
        using var answer = await mirrors.GetAsync(address, request => request.Headers.Range = new(0, 9));
        Assert.Equal(10, (await answer.Content.ReadAsByteArrayAsync(Cancel)).Length);
        var line = await mirrors.LoggedAsync(line => line.Host == "huggingface.co");
        Assert.Equal(
            (MirrorKind.Hub, "GET", $"/{Repository}/resolve/main/params.json?x=1", "bytes=0-9", 206, 10L, "127.0.0.1", RequestOutcome.Sent),
            (line.Mirror, line.Method, line.Path, line.Range, line.Status, line.Bytes, line.Client, line.Outcome));
    }

    [GeneratedRegex("<([^>]+)>; rel=\"next\"")]
    private static partial Regex NextPage();
}
