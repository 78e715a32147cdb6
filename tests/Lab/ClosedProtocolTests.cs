using System.Globalization;
using System.Text;

namespace Infra.Tests.Lab;

/// <summary>Someone with a key bends HTTP itself: what is sent is not what a server in the middle takes it for.</summary>
[Collection(TestCluster.Collection)]
public sealed class ClosedProtocolTests(TestCluster cluster)
{
    private const string Node = "chat-0";

    /// <summary>Must not get through: a second request inside the body of the first.</summary>
    private const string Hidden =
        "POST /invocations HTTP/1.1\r\nHost: engine\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";

    private string Key => $"Authorization: Bearer {cluster.Stack.Key(TestCluster.Balanced, "alice")}\r\n";

    public static TheoryData<string> Paths =>
    [
        "/v1/%2e%2e/invocations", "/v1/../invocations", "//invocations", "/./invocations", "/v1/chat/completions/../../../invocations",
        "/v1/chat/completions/..;/invocations", "/v1/chat/completions/..%2f..%2f..%2finvocations",
        "/v1/chat/completions%2f..%2f..%2f..%2finvocations", "/v1/chat/completions%00/invocations",
        "/v1/chat/completions%20HTTP/1.1%0d%0aHost:%20x", "/v1/chat/completions\\..\\..\\invocations",
        "/v1/chat/completions;x=/invocations", "/v1/chat/completions%3fx=/invocations", "/invocations?/v1/chat/completions",
        "/v1/chat/completions#/invocations", "/v1/chat/completions?a#b", "/v1/chat/completions/", "//v1/chat/completions",
        "/V1/CHAT/COMPLETIONS", "/%76%31/chat/completions", "/v1%2fchat/completions", "/v1/chat/completions.",
        "http://engine/invocations", "http://engine/v1/chat/completions", "https://node/v1/chat/completions",
        "http://169.254.169.254/metadata/v1/user-data", "unix:/run/podman/podman.sock", "*", "node:443", "/v1/chat/completions\u00a0",
        "/\u2025/invocations", "/v1/%252e%252e/invocations", "/%5c..%5cinvocations", "/v1/models/..%c0%af../invocations",
        "/invocations%0a/v1/chat/completions",
    ];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_path_in_another_spelling_leads_nowhere(string path)
    {
        var before = await CountersAsync();
        foreach (var method in (string[])["GET", "POST"])
        {
            var answer = await cluster.ExchangeAsync(
                $"{method} {path} HTTP/1.1\r\nHost: node\r\n{Key}Content-Type: application/json\r\nContent-Length: "
                    + $"2\r\nConnection: close\r\n\r\n{{}}",
                Node);
            Assert.True(answer.Status is 400 or 404 or 405, $"{method} {path}: {answer.Status}");
        }

        Assert.Equal(before, await CountersAsync());
    }

    [Theory]
    [InlineData("?")]
    [InlineData("?x=/invocations")]
    [InlineData("?x=%20HTTP/1.1%0d%0aHost:%20x")]
    [InlineData("?../../invocations")]
    public async Task A_query_string_does_not_change_the_route(string query)
    {
        var before = await CountersAsync();
        var answer = await cluster.ExchangeAsync(
            $"POST /v1/chat/completions{query} HTTP/1.1\r\nHost: node\r\n{Key}Content-Type: "
                + $"application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}",
            Node);
        Assert.Equal(400, answer.Status);
        var after = await CountersAsync();
        Assert.Equal(before.GetValueOrDefault("/v1/chat/completions") + 1, after.GetValueOrDefault("/v1/chat/completions"));
        Assert.Equal(before.Values.Sum() + 1, after.Values.Sum());
    }

    [Theory]
    [InlineData("engine")]
    [InlineData("127.0.0.1:8000")]
    [InlineData("169.254.169.254")]
    [InlineData("evil.example\r\nHost: node")]
    [InlineData("node/invocations?")]
    [InlineData("unix:/run/podman/podman.sock")]
    [InlineData("")]
    public async Task A_crafted_host_changes_nothing(string host)
    {
        var answer = await cluster.ExchangeAsync(
            $"GET /v1/models HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-Host: evil.example\r\nX-Original-URL: "
                + $"/invocations\r\nX-Rewrite-URL: /invocations\r\n{Key}Connection: close\r\n\r\n",
            Node);
        Assert.True(answer.Status == 400 || (answer.Status == 200 && answer.Body.Contains("\"object\":\"list\"", StringComparison.Ordinal)),
            $"{answer.Status} {answer.Body}");
        Assert.DoesNotContain("evil.example", answer.Head + answer.Body, StringComparison.Ordinal);
    }

    /// <summary>Headers of an outer request, and its body: {H} is the hidden request, {L} its length.</summary>
    public static TheoryData<string, string, string> Smuggled => new()
    {
        { "length, then chunks", "Content-Length: {L}\r\nTransfer-Encoding: chunked", "0\r\n\r\n{H}" },
        { "chunks, then length", "Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n{H}" },
        { "two lengths", "Content-Length: 2\r\nContent-Length: {L}", "{}{H}" },
        { "two lengths in one line", "Content-Length: 2, {L}", "{}{H}" },
        { "a length with a sign", "Content-Length: +{L}", "{H}" },
        { "a length below zero", "Content-Length: -1", "{H}" },
        { "a length in hexadecimal", "Content-Length: 0x2", "{}{H}" },
        { "a length that overflows", "Content-Length: 18446744073709551618", "{}{H}" },
        { "an encoding with an x", "Transfer-Encoding: xchunked", "0\r\n\r\n{H}" },
        { "an encoding in front of another", "Transfer-Encoding: gzip, chunked", "0\r\n\r\n{H}" },
        { "two encodings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "0\r\n\r\n{H}" },
        { "an encoding after a tab", "Transfer-Encoding:\tchunked\r\nContent-Length: {L}", "0\r\n\r\n{H}" },
        { "a space before the colon", "Transfer-Encoding : chunked\r\nContent-Length: 2", "{}{H}" },
        { "a folded header", "Transfer-Encoding:\r\n chunked\r\nContent-Length: 2", "{}{H}" },
        { "a folded unknown header", "X-Long: a\r\n Transfer-Encoding: chunked\r\nContent-Length: 2", "{}{H}" },
        { "a bare line feed", "X-Long: a\nTransfer-Encoding: chunked\r\nContent-Length: {L}", "0\r\n\r\n{H}" },
        { "a bare carriage return", "X-Long: a\rTransfer-Encoding: chunked\r\nContent-Length: 2", "{}{H}" },
        { "a null", "X-Long: a\0Transfer-Encoding: chunked\r\nContent-Length: 2", "{}{H}" },
        { "a chunk with an extension", "Transfer-Encoding: chunked", "2;a=\"\r\n{}\r\n0\r\n\r\n{H}" },
        { "an extension with a line feed", "Transfer-Encoding: chunked", "2;a\n{}\r\n0\r\n\r\n{H}" },
        { "a chunk in hexadecimal with 0x", "Transfer-Encoding: chunked", "0x2\r\n{}\r\n0\r\n\r\n{H}" },
        { "a chunk that overflows", "Transfer-Encoding: chunked", "10000000000000002\r\n{}\r\n0\r\n\r\n{H}" },
        { "trailers", "Transfer-Encoding: chunked", "2\r\n{}\r\n0\r\nTransfer-Encoding: chunked\r\nContent-Length: 50\r\n\r\n{H}" },
        { "an upgrade",
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nContent-Length: 2",
            "{}{H}" },
        { "an expectation", "Expect: 100-continue\r\nContent-Length: 2", "{}{H}" },
        { "a body of GET's", "Content-Length: {L}", "{H}" },
    };

    [Theory]
    [MemberData(nameof(Smuggled))]
    public async Task A_request_inside_a_request_never_reaches_the_engine(string trick, string headers, string body)
    {
        var before = await CountersAsync();
        var method = trick.StartsWith("a body of GET", StringComparison.Ordinal) ? "GET /v1/models" : "POST /tokenize";
        foreach (var key in (string[])[Key, ""])
        {
            var sent = body.Replace("{H}", Hidden, StringComparison.Ordinal);
            await using var connection = await cluster.KnockAsync(Node);
            await connection.SendAsync($"{method} HTTP/1.1\r\nHost: node\r\n{key}Content-Type: application/json\r\n"
                + $"{headers.Replace("{L}", sent.Length.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)}\r\n\r\n{sent}");
            var answers = await connection.ReadAllAsync();
            // nginx answers what it takes for a second request itself: 404.
            Assert.True(RawConnection.Answers(answers) <= 3, $"{trick}: {answers}");
        }

        var after = await CountersAsync();
        Assert.Equal(before.GetValueOrDefault("/invocations"), after.GetValueOrDefault("/invocations"));
        Assert.Equal(before.GetValueOrDefault("none"), after.GetValueOrDefault("none"));
        // At most the outer one, once for each try with a key.
        Assert.InRange(after.Values.Sum() - before.Values.Sum(), 0, 1);
    }

    [Theory]
    [InlineData("a header of 40 KB", 40_000)]
    [InlineData("a header of 1 MB", 1_000_000)]
    public async Task A_header_that_is_too_large_is_refused(string what, int length)
    {
        var answer = await cluster.ExchangeAsync(
            $"GET /v1/models HTTP/1.1\r\nHost: node\r\n{Key}X-Large: {new string('a', length)}\r\nConnection: close\r\n\r\n", Node);
        Assert.True(answer.Status is 400 or 431 or 0, $"{what}: {answer.Status}");
    }

    [Fact]
    public async Task A_thousand_headers_are_refused()
    {
        var headers = string.Concat(Enumerable.Range(0, 5_000).Select(index => $"X-{index}: some value\r\n"));
        var answer = await cluster.ExchangeAsync($"GET /v1/models HTTP/1.1\r\nHost: node\r\n{Key}{headers}Connection: close\r\n\r\n", Node);
        Assert.True(answer.Status is 400 or 431 or 0, $"{answer.Status}");
    }

    [Fact]
    public async Task A_body_of_65_MB_is_refused_with_and_without_a_length()
    {
        var before = await CountersAsync();
        var reported = await cluster.ExchangeAsync(
            $"POST /v1/completions HTTP/1.1\r\nHost: node\r\n{Key}Content-Length: {65 << 20}\r\n\r\n", Node);
        Assert.Equal(413, reported.Status);

        await using var connection = await cluster.KnockAsync(Node);
        await connection.SendAsync($"POST /v1/completions HTTP/1.1\r\nHost: node\r\n{Key}Transfer-Encoding: chunked\r\n\r\n");
        var chunk = Encoding.ASCII.GetBytes($"100000\r\n{new string(' ', 1 << 20)}\r\n");
        for (var sent = 0; sent < 66; sent++)
        {
            await connection.SendAsync(chunk);
        }

        Assert.Contains((await connection.ReadAsync()).Status, (int[])[413, 0]);
        Assert.Equal(before, await CountersAsync());
        Assert.Equal("0", await cluster.ShellAsync(Node, "find /run/inference/bodies -type f | wc -l"));
    }

    // nginx waits 20 s for the headers, then closes a silent connection.
    [Fact]
    public async Task Connections_that_send_little_are_closed_and_disturb_no_one()
    {
        var slow = new List<RawConnection>();
        try
        {
            for (var count = 0; count < 100; count++)
            {
                slow.Add(await cluster.KnockAsync(Node));
                await slow[^1].SendAsync("POST /v1/completions HTTP/1.1\r\nHost: node\r\nX-A: ");
            }

            Assert.Equal(200,
                (await cluster.ExchangeAsync($"GET /v1/models HTTP/1.1\r\nHost: node\r\n{Key}Connection: close\r\n\r\n", Node)).Status);
            var ends = await Task.WhenAll(slow.Select(connection => connection.EndsWithinAsync(TimeSpan.FromSeconds(30))));
            Assert.DoesNotContain(false, ends);
        }
        finally
        {
            foreach (var connection in slow)
            {
                await connection.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task Bytes_that_are_no_HTTP_end_the_connection()
    {
        foreach (var bytes in (string[])["\0\0\0\0\r\n\r\n", "SSH-2.0-x\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "GET /v1/models\r\n\r\n", "GET /v1/models HTTP/0.9\r\n\r\n", "GET /v1/models HTTP/9.9\r\n\r\n"])
        {
            await using var connection = await cluster.KnockAsync(Node);
            await connection.SendAsync(bytes);
            Assert.DoesNotContain(TestCluster.Model, await connection.ReadAllAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Clear_text_on_the_TLS_port_gets_nothing_but_an_error()
    {
        await using var tcp = await cluster.Stack.ConnectAsync(cluster.Stack.Node(Node).Id, null, "127.0.0.1", 443,
            TimeSpan.FromSeconds(5));
        await using var connection = new RawConnection(tcp!);
        await connection.SendAsync($"GET /v1/models HTTP/1.1\r\nHost: node\r\n{Key}\r\n");
        var answer = await connection.ReadAllAsync();
        Assert.DoesNotContain(TestCluster.Model, answer, StringComparison.Ordinal);
        Assert.Matches("^HTTP/1.1 400 ", answer);
    }

    private async Task<SortedDictionary<string, double>> CountersAsync() => new(
        // The node's own probe and the load balancer's check ask for these all the time.
        (await cluster.EngineCountersAsync(Node)).Where(counter => counter.Key is not ("/health" or "/metrics" or "/v1/completions"))
            .ToDictionary(StringComparer.Ordinal),
        StringComparer.Ordinal);
}
