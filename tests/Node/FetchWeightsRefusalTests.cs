using System.Globalization;

namespace Infra.Tests.Node;

/// <summary>
/// The download of weights where the hub or its storage refuses: what is asked again, what is final, and what is reported of it.
/// </summary>
public sealed class FetchWeightsRefusalTests
{
    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(408)]
    [InlineData(410)]
    [InlineData(416)]
    [InlineData(425)]
    [InlineData(429)]
    [InlineData(451)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(520)]
    [InlineData(304)]
    public async Task A_storage_host_that_refuses_for_a_moment_is_asked_again_by_a_new_address(int status)
    {
        using var fetch = new WeightsFetch { Hub = { Redirects = true } };
        fetch.Hub.Faults.Add(HubFault.Of(HubPart.Storage, status, "<Error><Code>AccessDenied</Code></Error>", times: 6));
        var result = await fetch.RunAsync();
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Equal(WeightsFetch.Weights, File.ReadAllBytes(fetch.At("current/consolidated.safetensors")));
        Assert.DoesNotContain("licence", result.All, StringComparison.Ordinal);
        var signed = fetch.Hub.Requests.Where(request => request.Query.Length > 0).Select(request => request.Query).ToList();
        Assert.Equal(signed.Distinct(), signed);
    }

    [Theory]
    [InlineData(400, "bad range")]
    [InlineData(403, "Auth failed: invalid range")]
    [InlineData(416, "")]
    public async Task After_a_refused_range_the_next_attempt_leaves_its_end_open(int status, string message)
    {
        using var fetch = new WeightsFetch { Hub = { Redirects = true } };
        fetch.Hub.Faults.Add(HubFault.Of(HubPart.Storage, status, message, times: 4));
        var result = await fetch.RunAsync(("FETCH_WORKERS", "1"), ("FETCH_SEGMENT", "100000"));
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Equal(WeightsFetch.Weights, File.ReadAllBytes(fetch.At("current/consolidated.safetensors")));
        Assert.Contains(fetch.Hub.Requests, request => request.Host != "127.0.0.1" && request.Range!.EndsWith('-'));
    }

    [Fact]
    public async Task Another_storage_host_may_be_chosen_for_the_next_try()
    {
        using var fetch = new WeightsFetch { Hub = { Redirects = true, ChangesStorage = true } };
        fetch.Hub.Faults.Add(HubFault.Of(HubPart.Storage, 403, times: 5));
        var result = await fetch.RunAsync(("CREDENTIALS_DIRECTORY", fetch.Credentials("hf_secret")));
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Contains(fetch.Hub.Requests, request => request.Host == "127.0.0.2");
        Assert.All(fetch.Hub.Requests,
            request => Assert.Equal(request.Host == "127.0.0.1" ? "Bearer hf_secret" : null, request.Authorization));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_page_in_place_of_a_file_is_no_content(bool chunked)
    {
        using var fetch = new WeightsFetch { Hub = { Redirects = true } };
        fetch.Hub.Faults.Add(HubFault.Page(HubPart.Storage, chunked, times: 6));
        fetch.Hub.Faults.Add(HubFault.Page(HubPart.Listing, chunked));
        var result = await fetch.RunAsync();
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Contains("Just a moment...", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("corrupt", result.All, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bytes 5-299999/300000")]
    [InlineData("bytes 0-299999/300001")]
    [InlineData("none")]
    public async Task An_unrequested_range_is_no_content(string range)
    {
        using var fetch = new WeightsFetch { Hub = { Redirects = true } };
        fetch.Hub.Faults.Add(HubFault.OtherRange(HubPart.Storage, range, times: 6));
        var result = await fetch.RunAsync();
        Assert.True(result.ExitCode == 0, result.All);
        Assert.DoesNotContain("corrupt", result.All, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Retry-After", "2")]
    [InlineData("Retry-After", "date")]
    [InlineData("RateLimit", "\"api\";r=0;t=1")]
    [InlineData("RateLimit", "\"pages\";r=7;t=30, \"api\" ; r=0 ; t=1")]
    public async Task A_limit_of_the_hubs_is_waited_for_by_all_threads(string header, string value)
    {
        using var fetch = new WeightsFetch();
        // A date of HTTP has whole seconds, and is measured by the sender's clock.
        var (sent, after) = (DateTimeOffset.UnixEpoch.ToString("R", CultureInfo.InvariantCulture),
            DateTimeOffset.UnixEpoch.AddSeconds(2).ToString("R", CultureInfo.InvariantCulture));
        fetch.Hub.Faults.Add(HubFault.Of(
            HubPart.Files, 429, "slow down", 1, (header, value == "date" ? after : value), ("Date", value == "date" ? sent : "now")));
        var result = await fetch.RunAsync(("FETCH_WORKERS", "1"));
        Assert.True(result.ExitCode == 0, result.All);
        Assert.InRange(fetch.Hub.Times[2] - fetch.Hub.Times[1], TimeSpan.FromSeconds(1.9), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_rate_limit_longer_than_the_retry_time_ends_the_download()
    {
        using var fetch = new WeightsFetch();
        fetch.Hub.Faults.Add(HubFault.Of(HubPart.Listing, 429, "", 99, ("RateLimit", "\"api\";r=0;t=870")));
        var result = await fetch.RunAsync(("RETRY_S", "2"));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error: 127.0.0.1 returns 429; retried for 2 s", result.Errors, StringComparison.Ordinal);
        Assert.Contains("huggingFaceToken", result.Errors, StringComparison.Ordinal);
        Assert.Equal(2, fetch.Hub.Requests.Count);
    }

    [Fact]
    public async Task A_storage_host_that_goes_on_refusing_is_named_with_its_answer()
    {
        using var fetch = new WeightsFetch { Hub = { Redirects = true } };
        fetch.Hub.Faults.Add(HubFault.Of(
            HubPart.Storage, 403,
            "<Error><Code>SignatureError</Code>\u001b[31m invalid key pair id https://x.example/a?Signature=abc</Error>"
                + new string('x', 5000),
            9999));
        var result = await fetch.RunAsync(("RETRY_S", "2"));
        Assert.Equal(1, result.ExitCode);
        var error = Assert.Single(result.Errors.Split('\n'), line => line.StartsWith("error: ", StringComparison.Ordinal));
        Assert.StartsWith(
            "error: localhost, the file storage of 127.0.0.1, returns 403: SignatureError [31m invalid key pair id https://x.example/a?...",
            error, StringComparison.Ordinal);
        Assert.EndsWith("; retried for 2 s", error, StringComparison.Ordinal);
        Assert.InRange(error.Length, 100, 400);
        Assert.DoesNotContain("licence", result.All, StringComparison.Ordinal);
        Assert.DoesNotContain("huggingFaceToken", result.All, StringComparison.Ordinal);
        Assert.DoesNotContain(result.All, letter => letter == '\u001b');
    }

    [Theory]
    [InlineData(401, "GatedRepo", "Access to model x is restricted.", "accept the licence")]
    [InlineData(403, "GatedRepo", "Access to model x is restricted and you are not in the authorized list.", "accept the licence")]
    [InlineData(401, "RepoNotFound", "Invalid username or password.", "check the endpoint's model")]
    [InlineData(404, "RepoNotFound", "Repository not found", "check the endpoint's model")]
    [InlineData(404, "RevisionNotFound", "Invalid rev id", "check the endpoint's model and revision")]
    [InlineData(403, "", "Access to this resource is disabled.", "choose another model")]
    [InlineData(401, "", "Invalid credentials in Authorization header", "huggingFaceToken")]
    public async Task The_hubs_own_word_on_the_repository_is_final(int status, string code, string message, string advice)
    {
        // Gated repositories list their files for everyone.
        using var fetch = new WeightsFetch();
        fetch.Hub.Faults.Add(HubFault.Of(HubPart.Files, status, "", 9999, ("X-Error-Code", code), ("X-Error-Message", message)));
        var result = await fetch.RunAsync(("RETRY_S", "900"), ("FETCH_WORKERS", "1"),
            ("CREDENTIALS_DIRECTORY", fetch.Credentials("hf_secret")));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(message, result.Errors, StringComparison.Ordinal);
        Assert.Contains(advice, result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("hf_secret", result.All, StringComparison.Ordinal);
        Assert.Equal(2, fetch.Hub.Requests.Count);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    public async Task A_refusal_without_a_reason_is_asked_again_once_the_hub_has_shown_the_repository(int status)
    {
        using var fetch = new WeightsFetch();
        fetch.Hub.Faults.Add(
            HubFault.Of(HubPart.Files, status, "<html><title>ERROR: The request could not be satisfied</title></html>", 3));
        var result = await fetch.RunAsync();
        Assert.True(result.ExitCode == 0, result.All);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_hub_in_trouble_is_asked_again(int status)
    {
        using var fetch = new WeightsFetch();
        fetch.Hub.Faults.Add(HubFault.Of(HubPart.Listing, status));
        fetch.Hub.Faults.Add(HubFault.Of(HubPart.Files, status, times: 2));
        var result = await fetch.RunAsync();
        Assert.True(result.ExitCode == 0, result.All);
    }

    [Theory]
    [InlineData("{\"error\": \"try later\"}")]
    [InlineData("[{\"type\": \"file\"}]")]
    [InlineData("[1]")]
    [InlineData("[")]
    public async Task A_listing_of_another_form_is_asked_for_again(string listing)
    {
        using var fetch = new WeightsFetch();
        fetch.Hub.Faults.Add(HubFault.Of(HubPart.Listing, 200, listing));
        var result = await fetch.RunAsync();
        Assert.True(result.ExitCode == 0, result.All);
    }

    [Theory]
    [InlineData("")]
    [InlineData("http://[bad/")]
    [InlineData("ftp://localhost/x")]
    [InlineData("http://no-such-host.invalid/x")]
    [InlineData("http://127.0.0.1:1/x")]
    [InlineData("https://localhost:PORT/not-tls")]
    public async Task A_redirect_to_nowhere_is_asked_again(string where)
    {
        using var fetch = new WeightsFetch { Hub = { Redirects = true } };
        var port = new Uri(fetch.Hub.Url).Port.ToString(CultureInfo.InvariantCulture);
        // From the storage host: an error of the hub itself would be a setting to fix.
        fetch.Hub.Faults.Add(HubFault.Of(HubPart.Storage, 302, "", 2, ("Location", where.Replace("PORT", port, StringComparison.Ordinal))));
        var result = await fetch.RunAsync();
        Assert.True(result.ExitCode == 0, result.All);
    }

    [Fact]
    public async Task A_host_whose_name_is_not_found_is_named_in_the_end()
    {
        using var fetch = new WeightsFetch { Hub = { Redirects = true } };
        fetch.Hub.Faults.Add(HubFault.Of(HubPart.Storage, 302, "", 9999, ("Location", "http://no-such-host.invalid/x?Signature=1")));
        var result = await fetch.RunAsync(("RETRY_S", "1"));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("no-such-host.invalid: ", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Signature", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Traceback", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_does_not_answer_is_tried_last_from_then_on()
    {
        using var node = new StagedNode();
        // A listener whose queue is full drops what knocks, as an IPv6 route that leads nowhere does.
        const string program = """
            import os, socket, sys, time
            sys.path.insert(0, sys.argv[1])
            import weights_hub
            full, good = socket.socket(), socket.create_server(("127.0.0.1", 0))
            full.bind(("127.0.0.1", 0)); full.listen(0)
            waiting = [socket.socket() for _ in range(4)]
            for s in waiting: s.setblocking(False); s.connect_ex(full.getsockname())
            time.sleep(0.1)
            row = lambda s: (socket.AF_INET, socket.SOCK_STREAM, 6, "", s.getsockname())
            weights_hub.socket.getaddrinfo = lambda *_, **__: [row(full), row(good)]
            weights_hub.FIRST_ANSWER = 0.3
            for most in (5, 0.2):
                began = time.monotonic()
                assert weights_hub.connect(("hub", 443), 60).getpeername() == good.getsockname()
                assert time.monotonic() - began < most, time.monotonic() - began
            """;
        var result = await Tool.RunAsync("python3", ["-B", "-c", program, node.At("/usr/local/libexec/inference")], null,
            new Dictionary<string, string>
            {
                ["MODEL_HUB"] = "http://127.0.0.1:9",
                ["MODEL_ID"] = "a/b",
                ["MODEL_REVISION"] = "0",
            });
        Assert.True(result.ExitCode == 0, result.All);
    }

    [Fact]
    public async Task A_storage_that_has_less_than_the_hub_lists_is_asked_for_a_minute_and_not_for_fifteen()
    {
        using var fetch = new WeightsFetch { Hub = { Redirects = true } };
        fetch.Hub.Faults.Add(HubFault.Of(HubPart.Storage, 416, "", 9999));
        const string program = """
            import runpy, sys
            sys.path.insert(0, sys.argv[1].rsplit("/", 1)[0])
            import weights_hub
            weights_hub.UNEXPLAINED = 1.0  # a minute
            del sys.argv[0]
            runpy.run_path(sys.argv[0], run_name="__main__")
            """;
        var result = await fetch.RunInsideAsync(words => ["timeout", "30", "python3", "-B", "-c", program, .. words], ("RETRY_S", "900"));
        Refusal.Holds(result);
        Assert.Contains("returns 416; retried for 1 s\nnext: the storage has a shorter file than the hub lists", result.Errors,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_write_error_of_the_disk_is_not_reported_as_a_network_error()
    {
        using var fetch = new WeightsFetch();
        var result = await fetch.RunInsideAsync(words => ["prlimit", "--fsize=100000", .. words], ("RETRY_S", "900"));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error: the weights could not be written to disk: ", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Traceback", result.Errors, StringComparison.Ordinal);
    }
}
