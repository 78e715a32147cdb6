using System.Text;

namespace Infra.Tests.Node;

/// <summary>Parts of an answer that a compromised engine can choose: status, length, one of the allowed content types, body.</summary>
public sealed class NginxEngineAnswerTests(NginxProxy proxy) : IClassFixture<NginxProxy>
{
    private const string Alice = $"Authorization: Bearer {SecretsTests.AliceKey}";

    private static readonly string[] Ours =
        ["Server", "Date", "Content-Type", "Content-Length", "Connection", "X-Request-Id", "X-Content-Type-Options", "Retry-After",
            "WWW-Authenticate"];

    [Theory]
    [InlineData("X-Accel-Redirect: /ready")]
    [InlineData("X-Accel-Redirect: /refused")]
    [InlineData("X-Accel-Redirect: @refused")]
    [InlineData("X-Accel-Limit-Rate: 1")]
    [InlineData("X-Accel-Buffering: yes")]
    [InlineData("X-Accel-Charset: utf-7")]
    [InlineData("X-Accel-Expires: 3600")]
    [InlineData("Set-Cookie: a=b")]
    [InlineData("Location: https://evil.example/")]
    [InlineData("Refresh: 0; url=https://evil.example/")]
    [InlineData("Clear-Site-Data: \"*\"")]
    [InlineData("Alt-Svc: h3=\":443\"; ma=86400")]
    [InlineData("Strict-Transport-Security: max-age=1")]
    [InlineData("Access-Control-Allow-Origin: *")]
    [InlineData("Access-Control-Allow-Credentials: true")]
    [InlineData("WWW-Authenticate: Basic realm=\"Your password\"")]
    [InlineData("Content-Encoding: gzip")]
    [InlineData("Cache-Control: public, max-age=31536000")]
    [InlineData("ETag: \"1\"")]
    [InlineData("Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT")]
    [InlineData("Server: uvicorn")]
    [InlineData("Date: Mon, 01 Jan 2024 00:00:00 GMT")]
    [InlineData("X-Request-Id: forged")]
    [InlineData("Retry-After: 99999")]
    [InlineData("Trailer: X-A")]
    [InlineData("X-What-Nobody-Thought-Of: 1")]
    public async Task A_header_of_the_engine_reaches_no_one_and_moves_nothing(string header)
    {
        proxy.Engine.Raw = $"HTTP/1.1 200 OK\r\n{header}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}";
        try
        {
            var answer = await proxy.SendAsync("POST /v1/completions HTTP/1.1", Alice);
            Assert.Equal((200, "{}"), (answer.Status, answer.Body));
            Assert.Empty(answer.Headers.Select(line => line.Split(": ")[0]).Except(Ours, StringComparer.OrdinalIgnoreCase));
            Assert.DoesNotContain(header, answer.Headers, StringComparer.OrdinalIgnoreCase);
            var line = await proxy.LogLineAsync(answer.Header("X-Request-Id")!);
            Assert.Contains(
                "\"client\":\"alice\",\"address\":\"127.0.0.1\",\"method\":\"POST\",\"path\":\"/v1/completions\",\"status\":200",
                line, StringComparison.Ordinal);
        }
        finally
        {
            proxy.Engine.Raw = null;
        }
    }

    [Theory]
    [InlineData("application/json", "application/json")]
    [InlineData("text/event-stream; charset=utf-8", "text/event-stream; charset=utf-8")]
    [InlineData("text/html", "application/octet-stream")]
    [InlineData("image/svg+xml", "application/octet-stream")]
    [InlineData("application/jsonp", "application/octet-stream")]
    public async Task A_content_type_that_a_browser_would_run_is_replaced(string sent, string seen)
    {
        proxy.Engine.Raw = $"HTTP/1.1 200 OK\r\nContent-Type: {sent}\r\nContent-Length: 2\r\n\r\n{{}}";
        try
        {
            var answer = await proxy.SendAsync("POST /v1/completions HTTP/1.1", Alice);
            Assert.Equal((seen, "nosniff"), (answer.Header("Content-Type"), answer.Header("X-Content-Type-Options")));
        }
        finally
        {
            proxy.Engine.Raw = null;
        }
    }

    // With 1xx, and without a status line, nginx would pass on what follows as it is: an answer of the engine's own making, headers and
    // all; with 101 every byte from then on.
    [Theory]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nSSH-2.0-evil",
        "Connection: upgrade\r\nUpgrade: x")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n\r\nSSH-2.0-evil", "X-A: b")]
    [InlineData("HTTP/1.1 100 Continue\r\nContent-Length: 60\r\n\r\nHTTP/1.1 200 OK\r\nSet-Cookie: evil=1\r\nContent-Length: 0\r\n\r\n",
        "X-A: b")]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: evil\r\n\r\nHTTP/1.1 200 OK\r\nSet-Cookie: evil=1\r\nContent-Length: 0\r\n\r\n",
        "X-A: b")]
    [InlineData("Set-Cookie: evil=1\r\n\r\nevil", "X-A: b")]
    [InlineData("HTTP/1.1 000 evil\r\nContent-Length: 4\r\n\r\nevil", "X-A: b")]
    [InlineData("HTTP/1.1 999 evil\r\nContent-Length: 4\r\n\r\nevil", "X-A: b")]
    public async Task What_is_no_final_answer_ends_the_connection_and_nothing_of_it_is_passed_on(string raw, string header)
    {
        proxy.Engine.Raw = raw;
        try
        {
            await using var connection = await proxy.ConnectAsync();
            await connection.WriteAsync(
                Encoding.ASCII.GetBytes($"GET /v1/models HTTP/1.1\r\nHost: a\r\n{Alice}\r\n{header}\r\n\r\n"),
                TestContext.Current.CancellationToken);
            using var reader = new StreamReader(connection, Encoding.Latin1);
            var output = await reader.ReadToEndAsync(TestContext.Current.CancellationToken)
                .WaitAsync(TimeSpan.FromSeconds(90), TestContext.Current.CancellationToken);
            Assert.DoesNotContain("evil", output, StringComparison.Ordinal);
            Assert.DoesNotMatch("^HTTP/1.1 [012]", output);
        }
        finally
        {
            proxy.Engine.Raw = null;
        }

        Assert.Equal(200, (await proxy.SendAsync("GET /v1/models HTTP/1.1", Alice)).Status);
    }

    [Theory]
    [InlineData(20_000, 1)]
    [InlineData(10, 5_000)]
    public async Task Headers_without_an_end_are_no_answer(int length, int count)
    {
        proxy.Engine.Raw = "HTTP/1.1 200 OK\r\n"
            + $"{string.Concat(Enumerable.Range(0, count).Select(index => $"X-{index}: {new string('a', length)}\r\n"))}\r\n";
        try
        {
            Assert.Equal(503, (await proxy.SendAsync("POST /v1/completions HTTP/1.1", Alice)).Status);
        }
        finally
        {
            proxy.Engine.Raw = null;
        }
    }

    // The response of /ready is cached in memory: a long or endless one would fill it.
    [Theory]
    [InlineData("Transfer-Encoding: chunked", "8\r\n12345678\r\n")]
    [InlineData("Content-Length: 1025", "12345678")]
    [InlineData("Content-Length: 99999999999", "12345678")]
    [InlineData("Connection: close", "12345678")]
    public async Task A_health_answer_that_is_long_or_endless_is_no_sign_of_life_and_nothing_of_it_is_passed_on(string header,
        string goesOn)
    {
        await using var own = new NginxProxy();
        await own.InitializeAsync();
        own.Engine.EndlessHealth = [$"HTTP/1.1 200 OK\r\n{header}\r\n\r\n", goesOn];
        await using var connection = await own.ConnectAsync();
        await connection.WriteAsync("GET /ready HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray(),
            TestContext.Current.CancellationToken);
        using var reader = new StreamReader(connection, Encoding.Latin1);
        var output = await reader.ReadToEndAsync(TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(90), TestContext.Current.CancellationToken);
        Assert.DoesNotContain("12345678", output, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP/1.1 200", output, StringComparison.Ordinal);
        own.Engine.EndlessHealth = null;
        await own.UntilReadyAsync(200);
    }
}
