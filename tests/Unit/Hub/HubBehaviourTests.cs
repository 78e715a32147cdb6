using System.IO.Compression;
using System.Text;
using Infra.Cli.Hub;
using Infra.Planning.Errors;
using Infra.Planning.Hub;

namespace Infra.Tests.Unit.Hub;

/// <summary>
/// Answers as huggingface.co gives them (huggingface_hub ee0a451, 2026-08-20: utils/_http.py, file_download.py, tests/test_utils_http.py):
/// redirects within the hub and to its storage, large files, gates, rate limits, renamed repositories.
/// </summary>
public sealed class HubBehaviourTests
{
    private const string Token = "hf_0123456789abcdefghij";
    private const string Id = "acme/Ministral-3-8B-Instruct-2512";
    private const string Description = $"/api/models/{Id}/revision/main";
    private static string Params { get; } = Path(Id, "params.json");

    [Fact]
    public async Task A_small_file_is_redirected_within_the_hub_by_a_relative_address_and_the_token_goes_along()
    {
        await using var hub = new StubHub();
        hub.Serve(Repositories.Ministral8B);
        var cached = $"/api/resolve-cache/models/{Id}/{RepositoryFixture.Commit}/params.json?%2F{Id}=&etag=%2200%22";
        hub.Answers[cached] = hub.Answers[Params];
        hub.Answers[Params] = new(307, "Temporary Redirect.",
            $"Location: {cached}\r\nX-Repo-Commit: {RepositoryFixture.Commit}\r\nX-Linked-Size: 700\r\nX-Linked-Etag: \"00\"\r\n");
        Assert.Equal(34, (await ReadAsync(hub, Token)).Model.Architecture.Layers);
        Assert.Contains(hub.Requests, head => head.StartsWith($"GET {cached}", StringComparison.Ordinal)
            && head.Contains($"Bearer {Token}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_large_file_is_redirected_to_the_storage_which_does_not_get_the_token()
    {
        await using var hub = new StubHub();
        var repository = Sharded(163);
        hub.Serve(repository);
        var index = Path(repository.Id, "model.safetensors.index.json");
        hub.Answers["/xet-bridge/00?X-Amz-Signature=0"] = hub.Answers[index];
        hub.Answers[index] = new(302, "Found. Redirecting to storage",
            $"Location: {hub.Elsewhere}/xet-bridge/00?X-Amz-Signature=0\r\nX-Linked-Size: 9000000\r\n");
        var proposal = await ReadAsync(hub, Token, repository.Id);
        Assert.Equal(163 * 4_224_000_000L, proposal.Model.WeightBytes);
        Assert.DoesNotContain(hub.Requests, head => head.StartsWith("GET /xet-bridge", StringComparison.Ordinal)
            && head.Contains("Bearer", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_list_of_files_in_several_pages_is_read_to_its_end()
    {
        await using var hub = new StubHub();
        hub.Serve(Repositories.Ministral8B);
        var tree = $"/api/models/{Id}/tree/{RepositoryFixture.Commit}";
        hub.Answers[$"{tree}?cursor=ZXlK%3D&limit=1000"] = hub.Answers[tree];
        hub.Answers[tree] = new(200, "[]", $"Link: <{hub.Url}{tree}?cursor=ZXlK%3D&limit=1000>; rel=\"next\"\r\n");
        Assert.Equal(10_420_656_840, (await ReadAsync(hub)).Model.WeightBytes);
    }

    [Fact]
    public async Task An_answer_that_a_cache_compressed_is_unpacked()
    {
        await using var hub = new StubHub();
        hub.Serve(Repositories.Ministral8B);
        hub.Answers[Params] = Gzip(Repositories.Ministral8B.Contents["params.json"]);
        Assert.Equal(34, (await ReadAsync(hub)).Model.Architecture.Layers);

        hub.Answers[Params] = new(200, "no gzip", "Content-Encoding: gzip\r\n");
        Assert.Contains("cannot be read", (await RefusedAsync(hub)).Problem, StringComparison.Ordinal);
        hub.Answers[Params] = new(200, "x", "Content-Encoding: br\r\n");
        Assert.Contains("sends it encoded, which was not asked for: br", (await RefusedAsync(hub)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_small_answer_that_unpacks_to_a_large_one_is_not_read_to_its_end()
    {
        await using var hub = new StubHub();
        hub.Serve(Repositories.Ministral8B);
        hub.Answers[Params] = Gzip(new string(' ', 8 << 20));
        Assert.InRange(hub.Answers[Params].Raw!.Length, 1, 100_000);
        Assert.Contains("has more than 4 MiB", (await RefusedAsync(hub)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pointer_in_place_of_a_large_file_is_named()
    {
        await using var hub = new StubHub();
        var repository = Sharded(2);
        hub.Serve(repository);
        hub.Answers[Path(repository.Id, "model.safetensors.index.json")] =
            new(200, "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9000000\n");
        Assert.Contains("has a model.safetensors.index.json that is a pointer of Git LFS",
            (await RefusedAsync(hub, repository.Id)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repository_that_was_renamed_is_refused_with_its_new_name()
    {
        await using var hub = new StubHub();
        hub.Serve(Repositories.Ministral8B);
        hub.Answers["/api/models/old/name/revision/main"] = new(307, "", $"Location: {Description}\r\n");
        var error = await RefusedAsync(hub, "old/name");
        Assert.Contains($"is now called {Id} on the hub", error.Problem, StringComparison.Ordinal);
        Assert.Equal($"--from-hub {Id}", error.Fix);
    }

    [Theory]
    [InlineData("refs/pr/3", "refs%2Fpr%2F3")]
    [InlineData("v1.2", "v1.2")]
    [InlineData(RepositoryFixture.Commit, RepositoryFixture.Commit)]
    public async Task A_revision_may_be_a_commit_a_tag_or_a_pull_request_and_the_row_pins_its_commit(string revision, string inAddress)
    {
        await using var hub = new StubHub();
        hub.Serve(Repositories.Ministral8B);
        hub.Answers[$"/api/models/{Id}/revision/{inAddress}"] = hub.Answers[Description];
        hub.Answers.TryRemove(Description, out _);
        Assert.Equal(RepositoryFixture.Commit, (await ReadAsync(hub, id: $"{Id}@{revision}")).Model.Revision);
    }

    /// <summary>The lists of a gated repository are public; its files are not.</summary>
    [Theory]
    [InlineData(401, "X-Error-Code: GatedRepo\r\nX-Error-Message: Access to model acme/x is restricted. You must have access to it and be "
        + "authenticated to access it. Please log in.\r\n", "is gated, and the hub denies access without a token (401: Access to model")]
    [InlineData(403, "X-Error-Code: GatedRepo\r\nX-Error-Message: Access to model acme/x is restricted and you are not in the authorized "
        + "list.\r\n", "is gated, and the hub denies access without a token (403: Access to model")]
    [InlineData(404, "X-Error-Code: EntryNotFound\r\nX-Error-Message: Entry not found\r\n", "lacks /acme/Ministral")]
    [InlineData(503, "", "returns 503: Service Unavailable")]
    public async Task A_file_that_the_hub_refuses_is_one_message(int status, string headers, string problem)
    {
        await using var hub = new StubHub();
        hub.Serve(Repositories.Ministral8B);
        hub.Answers[Params] = new(status, status == 503 ? "Service Unavailable" : "", headers);
        Assert.Contains(problem, (await RefusedAsync(hub)).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, "X-Error-Message: Invalid username or password.\r\n", "does not exist on 127.0.0.1, or is not visible",
        "check the name")]
    [InlineData(401, "X-Error-Message: Invalid credentials in Authorization header\r\n", "does not accept the token in HF_TOKEN",
        "unset HF_TOKEN: a public repository needs none")]
    [InlineData(404, "X-Error-Code: RepoNotFound\r\nX-Error-Message: Repository not found\r\n", "(404: Repository not found)", "case")]
    [InlineData(403, "X-Error-Message: Access to this resource is disabled.\r\n", "is disabled on 127.0.0.1", "name another repository")]
    [InlineData(429, "RateLimit: \"api\";r=0;t=55\r\nRateLimit-Policy: \"fixed window\";\"api\";q=500;w=300\r\n", "limits requests",
        "wait 55 s;")]
    [InlineData(429, "RateLimit: \"api\";r=10;t=55\r\nRetry-After: 120\r\n", "limits requests", "wait 120 s;")]
    [InlineData(429, "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n", "limits requests", "wait some minutes;")]
    [InlineData(503, "Retry-After: 30\r\n", "returns 503", "run it again in 30 s")]
    [InlineData(500, "", "returns 500", "run it again in a few minutes")]
    [InlineData(502, "Content-Type: text/html\r\n", "returns 502", "run it again")]
    public async Task A_refusal_has_the_hubs_reason_and_what_to_do(int status, string headers, string problem, string fix)
    {
        await using var hub = new StubHub();
        hub.Answers[Description] = new(status, status == 502 ? "<html><h1>Bad Gateway</h1></html>" : "", headers);
        var error = await RefusedAsync(hub);
        Assert.Contains(problem, error.Problem, StringComparison.Ordinal);
        Assert.Contains(fix, error.Fix, StringComparison.Ordinal);
        Assert.DoesNotContain("html", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_stops_in_its_middle_is_given_up()
    {
        await using var hub = new StubHub();
        hub.Answers[Description] = new(200, "{\"sha\":") { Length = 1000, Stalls = true };
        Assert.Contains("sent no complete answer within 0.3 s",
            (await RefusedAsync(hub, patience: TimeSpan.FromSeconds(0.3))).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_storage_that_refuses_is_not_taken_for_the_hub()
    {
        await using var hub = new StubHub();
        hub.Serve(Repositories.Ministral8B);
        hub.Answers[Params] = new(302, "", $"Location: {hub.Elsewhere}/expired\r\n");
        hub.Answers["/expired"] = new(403, "<Error><Code>AccessDenied</Code></Error>", "");
        Assert.Contains("localhost, the file storage of the hub, returns 403", (await RefusedAsync(hub)).Problem, StringComparison.Ordinal);
    }

    /// <summary>DeepSeek R1 with an index of many files.</summary>
    private static RepositoryFixture Sharded(int parts)
    {
        var names = Enumerable.Range(1, parts).Select(part => $"model-{part:00000}-of-{parts:000000}.safetensors").ToList();
        var map = string.Join(", ", names.Select((name, number) => $"\"model.layers.{number}.weight\": \"{name}\""));
        return Repositories.DeepSeekR1 with
        {
            Sizes = new Dictionary<string, long>(names.Select(name => KeyValuePair.Create(name, 4_224_000_000L * 163 / parts)))
            {
                ["config.json"] = 1700,
                ["model.safetensors.index.json"] = 9_000_000,
            },
            Contents = new Dictionary<string, string>(Repositories.DeepSeekR1.Contents)
            {
                ["model.safetensors.index.json"] = $$$"""{"metadata": {"total_size": 688512000000}, "weight_map": {{{{map}}}}}""",
            },
        };
    }

    private static StubAnswer Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return new(200, "", "Content-Encoding: gzip\r\n") { Raw = packed.ToArray() };
    }

    private static string Path(string id, string file) => $"/{id}/resolve/{RepositoryFixture.Commit}/{file}";

    private static async Task<UserError> RefusedAsync(StubHub hub, string id = Id, TimeSpan? patience = null) => Assert.Single(
        (await Assert.ThrowsAsync<ConfigurationException>(() => ReadAsync(hub, token: null, id, patience))).Errors);

    private static async Task<HubProposal> ReadAsync(StubHub hub, string? token = null, string id = Id, TimeSpan? patience = null)
    {
        using var http = HubHttp.Client();
        var url = new Uri(hub.Url);
        var address = HubAddress.Of(id);
        var client = new HubClient(http, url, token, address, patience ?? TimeSpan.FromSeconds(60));
        return await HubReader.ReadAsync(client, address, url, TimeProvider.System);
    }
}
