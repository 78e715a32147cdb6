using System.Net;
using System.Text;

namespace Infra.Tests.Node;

/// <summary>Limits of a client and of a stranger, and what the log contains of each.</summary>
public sealed class NginxLimitTests(NginxLimitTests.Limited proxy) : IClassFixture<NginxLimitTests.Limited>
{
    private const string Alice = $"Authorization: Bearer {SecretsTests.AliceKey}";
    private const string Bob = $"Authorization: Bearer {SecretsTests.BobKey}";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_a_client_over_its_rate_gets_a_time_to_try_again()
    {
        // Bob's requests of another test would count.
        await using var fresh = new Limited();
        await fresh.InitializeAsync();
        await using var connection = await fresh.ConnectAsync();
        var statuses = new List<int>();
        WireAnswer answer;
        do
        {
            answer = await NginxProxy.ExchangeAsync(connection, "GET /v1/models HTTP/1.1", Bob);
            statuses.Add(answer.Status);
        }
        while (answer.Status == 200 && statuses.Count < 100);
        Assert.Equal(429, answer.Status);
        // The first request and a sixth of 60 at once; on a slow machine, one more per second.
        Assert.InRange(statuses.Count, 12, 40);
        Assert.Equal(("1", "application/json"), (answer.Header("Retry-After"), answer.Header("Content-Type")));
        Assert.NotNull(answer.Header("X-Request-Id"));
        // OpenAI's libraries read "error" and its code, Anthropic's both types.
        Assert.Matches(
            "^\\{\"type\":\"error\",\"error\":\\{\"message\":\".+\",\"type\":\"rate_limit_error\",\"param\":null,"
            + "\"code\":\"rate_limit_exceeded\"\\}\\}\n$", answer.Body);
        Assert.Equal(200, (await NginxProxy.ExchangeAsync(connection, "GET /v1/models HTTP/1.1", Alice)).Status);
        Assert.Contains("\"client\":\"bob\"", await fresh.LogLineAsync(answer.Header("X-Request-Id")!), StringComparison.Ordinal);

        // However many are refused, the log has one of a second.
        var (before, start) = (Refused(fresh), TimeProvider.System.GetTimestamp());
        for (var count = 0; count < 200; count++)
        {
            await NginxProxy.ExchangeAsync(connection, "GET /v1/models HTTP/1.1", Bob);
        }

        Assert.InRange(Refused(fresh) - before, 0, (int)TimeProvider.System.GetElapsedTime(start).TotalSeconds + 3);
    }

    [Fact]
    public async Task A_client_with_as_many_requests_as_it_may_have_waits_for_one_to_end_and_no_other_does()
    {
        using var client = proxy.Client();
        client.DefaultRequestVersion = HttpVersion.Version20;
        var held = new List<HttpResponseMessage>
        {
            await StreamAsync(client, "/v1/chat/completions"),
            await StreamAsync(client, "/v1/chat/completions"),
        };
        var refused = await proxy.SendAsync("GET /v1/models HTTP/1.1", Alice);
        Assert.Equal((429, "1"), (refused.Status, refused.Header("Retry-After")));
        Assert.NotEqual(401, (await proxy.SendAsync("GET /v1/models HTTP/1.1", Bob)).Status);
        await EndAsync(held);
        await UntilAsync(async () => (await proxy.SendAsync("GET /v1/models HTTP/1.1", Alice)).Status == 200);
    }

    [Fact]
    public async Task Fewer_requests_that_may_hold_many_prompts_are_taken_at_once()
    {
        using var client = proxy.Client();
        var held = new List<HttpResponseMessage> { await StreamAsync(client, "/v1/completions") };
        Assert.Equal(429, (await proxy.SendAsync("POST /v1/completions HTTP/1.1", Alice)).Status);
        Assert.Equal(200, (await proxy.SendAsync("POST /v1/chat/completions HTTP/1.1", Alice)).Status);
        await EndAsync(held);
        await UntilAsync(async () => (await proxy.SendAsync("POST /v1/completions HTTP/1.1", Alice)).Status == 200);
    }

    [Fact]
    public async Task Unknown_keys_are_401_however_many_and_few_are_logged()
    {
        await using var fresh = new NginxProxy();
        await fresh.InitializeAsync();
        await using var connection = await fresh.ConnectAsync();
        var statuses = new List<int>();
        for (var guess = 0; guess < 150; guess++)
        {
            statuses.Add((await NginxProxy.ExchangeAsync(
                connection, "GET /v1/models HTTP/1.1", $"Authorization: Bearer guess-{guess:0000000000}")).Status);
        }

        Assert.Equal(Enumerable.Repeat(401, 150), statuses);
        Assert.Equal(401, (await NginxProxy.ExchangeAsync(connection, "GET /v1/models HTTP/1.1", "X-A: b")).Status);
        Assert.Equal(200, (await NginxProxy.ExchangeAsync(connection, "GET /v1/models HTTP/1.1", Alice)).Status);
        var lines = fresh.Log;
        Assert.Contains(lines, line => line.Contains(
            "\"client\":\"-\",\"address\":\"127.0.0.1\",\"method\":\"GET\",\"path\":\"/v1/models\",\"status\":401",
            StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("\"status\":429", StringComparison.Ordinal)
            || line.Contains("guess", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_log_has_every_line_of_a_client_and_few_of_a_flood_without_a_key()
    {
        var before = Strangers();
        var ids = new List<string>();
        await using var connection = await proxy.ConnectAsync();
        // Strangers are refused without an end of the connection; several requests go in one packet.
        var flood = string.Concat(Enumerable.Repeat(
            "GET /v1/models HTTP/1.1\r\nHost: a\r\n\r\nGET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", 15));
        for (var round = 0; round < 20; round++)
        {
            await using var stranger = await proxy.ConnectAsync();
            await stranger.WriteAsync(Encoding.ASCII.GetBytes(flood), Cancel);
            ids.Add((await NginxProxy.ExchangeAsync(connection, "GET /v1/models HTTP/1.1", Alice)).Header("X-Request-Id")!);
            for (var one = 0; one < 30; one++)
            {
                Assert.InRange((await WireAnswer.ReadAsync(stranger, noBody: false).WaitAsync(Patience, Cancel)).Status, 401, 405);
            }
        }

        foreach (var id in ids)
        {
            Assert.Contains("\"client\":\"alice\"", await proxy.LogLineAsync(id), StringComparison.Ordinal);
        }

        // 600 of them.
        Assert.InRange(Strangers() - before, 1, 60);
    }

    // These requests end before a limit counts them. If all were logged, one client could bury the lines of the others.
    [Fact]
    public async Task The_log_has_a_sample_of_a_clients_requests_that_end_before_its_limits()
    {
        await using var fresh = new NginxProxy();
        await fresh.InitializeAsync();
        var start = TimeProvider.System.GetTimestamp();
        await using var connection = await fresh.ConnectAsync();
        for (var count = 0; count < 300; count++)
        {
            var refused = await NginxProxy.ExchangeAsync(connection, "GET /metrics HTTP/1.1", Alice);
            Assert.Equal(404, refused.Status);
            // nginx drops a line if the log's socket is full: this test must not lose lines that way.
            if (count < 60)
            {
                await fresh.LogLineAsync(refused.Header("X-Request-Id")!);
            }
        }

        var served = await NginxProxy.ExchangeAsync(connection, "GET /v1/models HTTP/1.1", Alice);
        await fresh.LogLineAsync(served.Header("X-Request-Id")!);
        var seconds = (int)TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        // 60 at once, the one after them, and one a second.
        Assert.InRange(fresh.Log.Count(line => line.Contains("\"status\":404", StringComparison.Ordinal)), 60, 62 + seconds);
    }

    [Theory]
    [InlineData("GET /v1/models HTTP/1.1", "X-A: b", 401)]
    [InlineData("GET /metrics HTTP/1.1", Alice, 404)]
    [InlineData("TRACE /v1/models HTTP/1.1", Alice, 404)]
    [InlineData("GET /v1/models HTTP/1.1", "Host: twice", 400)]
    [InlineData("OPTIONS /v1/models HTTP/1.1", "X-A: b", 204)]
    [InlineData("POST /v1/completions HTTP/1.1", $"{Alice}\r\nContent-Length: 99999999", 413)]
    public async Task Every_answer_of_the_proxy_has_an_id(string request, string header, int status)
    {
        var answer = await proxy.SendAsync(request, header);
        Assert.Equal(status, answer.Status);
        Assert.Matches("^[0-9a-f]{32}$", answer.Header("X-Request-Id"));
    }

    // A request that nginx redirects internally is logged as it came; a refused body is logged with the client's name.
    [Fact]
    public async Task The_log_has_what_was_asked()
    {
        var refused = await proxy.SendAsync("POST /v1/completions HTTP/1.1", $"{Alice}\r\nContent-Length: 99999999");
        Assert.Contains(
            "\"client\":\"alice\",\"address\":\"127.0.0.1\",\"method\":\"POST\",\"path\":\"/v1/completions\",\"status\":413",
            await proxy.LogLineAsync(refused.Header("X-Request-Id")!), StringComparison.Ordinal);
        var trace = await proxy.SendAsync("TRACE /v1/models HTTP/1.1", Alice);
        Assert.Contains("\"method\":\"TRACE\",\"path\":\"/v1/models\",\"status\":404",
            await proxy.LogLineAsync(trace.Header("X-Request-Id")!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Behind_a_load_balancer_that_ends_TLS_the_address_is_the_last_one_that_it_names()
    {
        await using var balanced = new Balanced();
        await balanced.InitializeAsync();
        var answer = await balanced.SendAsync("GET /v1/models HTTP/1.1", $"{Alice}\r\nX-Forwarded-For: 192.0.2.1, 203.0.113.9");
        Assert.Contains("\"address\":\"203.0.113.9\"", await balanced.LogLineAsync(answer.Header("X-Request-Id")!),
            StringComparison.Ordinal);
        // A name that no load balancer put there is no address.
        var direct = await proxy.SendAsync("GET /v1/models HTTP/1.1", $"{Alice}\r\nX-Forwarded-For: 203.0.113.9");
        Assert.Contains("\"address\":\"127.0.0.1\"", await proxy.LogLineAsync(direct.Header("X-Request-Id")!), StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> StreamAsync(HttpClient client, string path)
    {
        using var body = new StringContent("{\"stream\":true}");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = body };
        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer;
    }

    private async Task EndAsync(List<HttpResponseMessage> held)
    {
        proxy.Engine.Continue.Release(held.Count);
        foreach (var answer in held)
        {
            await answer.Content.ReadAsStringAsync(Cancel);
            answer.Dispose();
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!await holds())
        {
            await Task.Delay(20, limit.Token);
        }
    }

    private static int Refused(NginxProxy proxy) =>
        proxy.Log.Count(line => line.Contains("\"client\":\"bob\"", StringComparison.Ordinal)
            && line.Contains("\"status\":429", StringComparison.Ordinal));

    private int Strangers() => proxy.Log.Count(line => line.Contains("\"client\":\"-\"", StringComparison.Ordinal));

    /// <summary>
    /// Alice has two requests at once, one of them with prompts; bob has sixty in a minute. Others have words of nginx as names.
    /// </summary>
    public sealed class Limited : NginxProxy
    {
        private protected override string Clients => ":30000:2:1,bob:60:20:4,default:9:9:9,include:8:8:8,hostnames:7:7:7,volatile:6:6:6";
    }

    private sealed class Balanced : NginxProxy
    {
        private protected override string Address => "header";
        private protected override string Vpc => "127.0.0.0/8";
    }
}
