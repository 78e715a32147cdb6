using System.Net;

namespace Infra.Tests.Node;

/// <summary>A real nginx with the node's own configuration, between a client and a fake engine on its socket.</summary>
public sealed class NginxTests(NginxProxy proxy) : IClassFixture<NginxProxy>
{
    private const string Alice = $"Bearer {SecretsTests.AliceKey}";

    [Theory]
    [InlineData("GET", "/v1/models")]
    [InlineData("HEAD", "/v1/models")]
    [InlineData("POST", "/v1/chat/completions")]
    [InlineData("POST", "/v1/completions")]
    [InlineData("POST", "/tokenize")]
    [InlineData("POST", "/detokenize")]
    [InlineData("POST", "/v1/responses")]
    [InlineData("POST", "/v1/messages")]
    [InlineData("POST", "/v1/messages/count_tokens")]
    [InlineData("GET", "/health")]
    [InlineData("GET", "/version")]
    public async Task An_allowed_route_needs_a_key_and_reaches_the_engine_with_it(string method, string path)
    {
        Assert.Equal(401, (await proxy.SendAsync($"{method} {path} HTTP/1.1")).Status);
        var answer = await proxy.SendAsync($"{method} {path} HTTP/1.1", $"Authorization: {Alice}");
        Assert.Equal(200, answer.Status);
        Assert.Equal($"{method} {path} HTTP/1.1", proxy.Engine.LastRequest);
    }

    [Theory]
    [InlineData("GET /v1/models", "?a=b")]
    [InlineData("GET /version", "?")]
    [InlineData("POST /v1/chat/completions", "?api-version=2026-01-01&x=/pause")]
    [InlineData("POST /v1/messages", "?beta=true")]
    [InlineData("POST /v1/completions", "?x=%0d%0aHost:%20evil&../../pause")]
    [InlineData("GET /ready", "?probe=1")]
    public async Task A_query_string_is_accepted_and_not_forwarded(string route, string query)
    {
        var answer = await proxy.SendAsync($"{route}{query} HTTP/1.1", $"Authorization: {Alice}");
        Assert.Equal(200, answer.Status);
        if (!route.EndsWith("ready", StringComparison.Ordinal))
        {
            Assert.Equal($"{route} HTTP/1.1", proxy.Engine.LastRequest);
            var line = await proxy.LogLineAsync(answer.Header("X-Request-Id")!);
            Assert.Contains($"\"path\":\"{route.Split(' ')[1]}\"", line, StringComparison.Ordinal);
            Assert.DoesNotContain("?", line, StringComparison.Ordinal);
        }

        Assert.Equal(route.EndsWith("ready", StringComparison.Ordinal) ? 200 : 401,
            (await proxy.SendAsync($"{route}{query} HTTP/1.1")).Status);
    }

    // Routes of vLLM 0.31 that are open without a key there (docs/usage/security.md), and neighbours of those that are allowed here.
    [Theory]
    [InlineData("GET /ping")]
    [InlineData("GET /load")]
    [InlineData("GET /metrics")]
    [InlineData("POST /invocations")]
    [InlineData("POST /pooling")]
    [InlineData("POST /classify")]
    [InlineData("POST /score")]
    [InlineData("POST /rerank")]
    [InlineData("POST /v1/rerank")]
    [InlineData("POST /generative_scoring")]
    [InlineData("POST /pause")]
    [InlineData("POST /resume")]
    [InlineData("GET /is_paused")]
    [InlineData("POST /scale_elastic_ep")]
    [InlineData("POST /update_weights")]
    [InlineData("POST /init_weight_transfer_engine")]
    [InlineData("GET /get_world_size")]
    [InlineData("POST /sleep")]
    [InlineData("POST /wake_up")]
    [InlineData("POST /collective_rpc")]
    [InlineData("POST /reset_prefix_cache")]
    [InlineData("GET /server_info")]
    [InlineData("GET /docs")]
    [InlineData("GET /redoc")]
    [InlineData("GET /openapi.json")]
    [InlineData("GET /v1/responses")]
    [InlineData("GET /v1/responses/resp_1")]
    [InlineData("POST /v1/responses/resp_1/cancel")]
    [InlineData("GET /v1/messages")]
    [InlineData("POST /v1/messages/batches")]
    [InlineData("POST /health")]
    [InlineData("HEAD /version")]
    [InlineData("POST /v1/embeddings")]
    [InlineData("POST /v1/score")]
    [InlineData("POST /v2/rerank")]
    [InlineData("POST /v1/load_lora_adapter")]
    [InlineData("POST /v1/audio/transcriptions")]
    [InlineData("POST /inference/v1/generate")]
    [InlineData("GET /")]
    [InlineData("GET /errors/503")]
    [InlineData("DELETE /v1/models")]
    [InlineData("GET /v1/completions")]
    [InlineData("POST /ready")]
    public async Task Every_other_route_is_404_with_and_without_a_key(string request)
    {
        Assert.Equal(404, (await proxy.SendAsync($"{request} HTTP/1.1")).Status);
        Assert.Equal(404, (await proxy.SendAsync($"{request} HTTP/1.1", $"Authorization: {Alice}")).Status);
    }

    [Theory]
    [InlineData("POST /v1/completions/../../pause")]
    [InlineData("POST /v1/./completions")]
    [InlineData("POST //v1/completions")]
    [InlineData("POST /v1/completions/")]
    [InlineData("POST /v1/completions%2f..%2f..%2fpause")]
    [InlineData("POST /v1%2fcompletions")]
    [InlineData("POST /%761/completions")]
    [InlineData("POST /pause?x=/v1/completions")]
    [InlineData("POST /v1/completions?a#b")]
    [InlineData("POST /v1/completions%3fa=b")]
    [InlineData("POST /v1/completions/?a=b")]
    [InlineData("POST /v1/completions;/pause")]
    [InlineData("POST /v1/completions%00")]
    [InlineData("POST /v1/Completions")]
    [InlineData("POST http://127.0.0.1/v1/completions")]
    [InlineData("POST http://engine/pause")]
    [InlineData("POST /pause#/v1/completions")]
    [InlineData("POST /v1\\completions")]
    [InlineData("GET /v1/models HTTP/1.1 HTTP/1.1")]
    public async Task A_path_in_another_spelling_never_reaches_the_engine(string request)
    {
        var before = proxy.Engine.Requests;
        var answer = await proxy.SendAsync($"{request} HTTP/1.1", $"Authorization: {Alice}");
        Assert.InRange(answer.Status, 400, 405);
        Assert.Equal(before, proxy.Engine.Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Authorization: Bearer")]
    [InlineData("Authorization: Bearer ")]
    [InlineData("Authorization: Bearer wrong-key-0123456789")]
    [InlineData("Authorization: Bearer ALICE-KEY-0123456789")]
    [InlineData("Authorization: Bearer alice-key-012345678")]
    [InlineData("Authorization: Bearer alice-key-0123456789x")]
    [InlineData("Authorization: Bearer ../names/alice000000")]
    [InlineData("Authorization: Bearer ..")]
    [InlineData("Authorization: Basic alice-key-0123456789")]
    [InlineData("X-Api-Key: alice-key-0123456789")]
    public async Task A_key_that_is_not_one_is_401_in_OpenAIs_words(string header)
    {
        var before = proxy.Engine.Requests;
        var answer = await proxy.SendAsync("POST /v1/completions HTTP/1.1", header);
        Assert.Equal(401, answer.Status);
        Assert.Contains("\"code\":\"invalid_api_key\"", answer.Body, StringComparison.Ordinal);
        Assert.Equal("Bearer", answer.Header("WWW-Authenticate"));
        Assert.Equal(before, proxy.Engine.Requests);
    }

    [Theory]
    [InlineData("POST /v1/messages", "X-Api-Key: alice-key-0123456789", 200)]
    [InlineData("POST /v1/messages/count_tokens", "x-api-key: alice-key-0123456789", 200)]
    [InlineData("POST /v1/messages?beta=true", "x-api-key: alice-key-0123456789", 200)]
    [InlineData("POST /v1/messages", "x-api-key: wrong-key-0123456789", 401)]
    [InlineData("POST /v1/messages", "x-api-key: ../names/alice000000", 401)]
    [InlineData("POST /v1/messages", "x-api-key: Bearer alice-key-0123456789", 401)]
    [InlineData("POST /v1/messages", "Authorization: Bearer wrong-key-0123456789\r\nx-api-key: alice-key-0123456789", 401)]
    [InlineData("POST /v1/messages", "Authorization: Bearer alice-key-0123456789\r\nx-api-key: wrong-key-0123456789", 200)]
    [InlineData("POST /v1/chat/completions", "x-api-key: alice-key-0123456789", 401)]
    [InlineData("GET /v1/models", "x-api-key: alice-key-0123456789", 401)]
    public async Task Anthropics_libraries_may_send_the_key_in_a_header_of_their_own(string route, string header, int status)
    {
        var answer = await proxy.SendAsync($"{route} HTTP/1.1", header);
        Assert.Equal(status, answer.Status);
        if (status == 200)
        {
            Assert.DoesNotContain(SecretsTests.AliceKey, proxy.Engine.LastHeaders, StringComparison.Ordinal);
            var line = await proxy.LogLineAsync(answer.Header("X-Request-Id")!);
            Assert.Contains("\"client\":\"alice\"", line, StringComparison.Ordinal);
            Assert.DoesNotContain(SecretsTests.AliceKey, line, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_key_of_ten_thousand_letters_is_refused()
    {
        var answer = await proxy.SendAsync("POST /v1/completions HTTP/1.1", $"Authorization: Bearer {new string('a', 10_000)}");
        Assert.Equal(400, answer.Status);
        Assert.Contains("\"error\"", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_lengths_or_a_length_and_chunks_are_not_passed_on()
    {
        var before = proxy.Engine.Requests;
        Assert.Equal(400, (await proxy.SendAsync("POST /v1/completions HTTP/1.1",
            $"Authorization: {Alice}\r\nContent-Length: 1\r\nContent-Length: 2")).Status);
        Assert.Equal(400, (await proxy.SendAsync("POST /v1/completions HTTP/1.1",
            $"Authorization: {Alice}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked")).Status);
        Assert.Equal(before, proxy.Engine.Requests);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("127.0.0.1/v1/models?x=")]
    [InlineData("169.254.169.254")]
    public async Task The_engine_never_sees_the_clients_host_key_or_headers(string host)
    {
        var answer = await proxy.SendAsync("GET /v1/models HTTP/1.1",
            $"Authorization: {Alice}\r\nX-Data-Parallel-Rank: 7\r\nX-Forwarded-For: 1.2.3.4\r\nCookie: a=b", host: host);
        if (answer.Status == 200)
        {
            var headers = proxy.Engine.LastHeaders;
            Assert.Contains("Host: engine", headers, StringComparison.Ordinal);
            foreach (var header in (string[])["Authorization", "X-Data", "X-Forwarded", "Cookie", SecretsTests.AliceKey])
            {
                Assert.DoesNotContain(header, headers, StringComparison.OrdinalIgnoreCase);
            }
        }
        else
        {
            Assert.Equal(400, answer.Status);
        }
    }

    [Fact]
    public async Task Ready_is_reported_only_after_a_completion_and_while_the_engine_lives()
    {
        proxy.Answered(false);
        Assert.Equal(503, (await proxy.SendAsync("GET /ready HTTP/1.1")).Status);
        proxy.Answered(true);
        await proxy.UntilReadyAsync(200);
        proxy.Engine.Healthy = false;
        await proxy.UntilReadyAsync(503);
        proxy.Engine.Healthy = true;
        await proxy.UntilReadyAsync(200);
    }

    [Fact]
    public async Task A_body_over_the_limit_of_the_plan_is_413_and_one_of_a_megabyte_passes()
    {
        await using var small = new Small();
        await small.InitializeAsync();
        foreach (var (node, mib) in ((NginxProxy, int)[])[(proxy, 64), (small, 3)])
        {
            var refused = await node.SendAsync("POST /v1/completions HTTP/1.1",
                $"Authorization: {Alice}\r\nContent-Length: {(mib << 20) + 1}");
            Assert.Equal(413, refused.Status);
            Assert.Contains($"larger than {mib} MiB.", refused.Body, StringComparison.Ordinal);
        }

        using var client = small.Client();
        using var big = new StringContent(new string('x', 1_000_000));
        using var answer = await client.PostAsync(new Uri("/v1/completions", UriKind.Relative), big, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Http_2_is_spoken_under_the_same_rules()
    {
        using var client = proxy.Client();
        client.DefaultRequestVersion = HttpVersion.Version20;
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using var models = await client.GetAsync(new Uri("/v1/models", UriKind.Relative), TestContext.Current.CancellationToken);
        using var metrics = await client.GetAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (models.StatusCode, metrics.StatusCode));
    }

    [Fact]
    public async Task Tokens_are_passed_on_as_they_come()
    {
        using var client = proxy.Client();
        using var body = new StringContent("{\"stream\":true}");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/v1/chat/completions", UriKind.Relative)) { Content = body };
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        // The engine sends the second token only once the first was read here.
        Assert.Equal("data: 1", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        proxy.Engine.Continue.Release();
        Assert.Equal("data: 2", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Old_TLS_is_not_spoken()
    {
#pragma warning disable SYSLIB0039, CA5397, CA5398 // that it fails is the point
        await Assert.ThrowsAnyAsync<Exception>(() => proxy.ConnectAsync(System.Security.Authentication.SslProtocols.Tls11));
#pragma warning restore SYSLIB0039, CA5397, CA5398
    }

    [Fact]
    public async Task The_log_names_the_client_and_holds_no_prompt_and_no_key()
    {
        using var client = proxy.Client();
        using var body = new StringContent("{\"prompt\":\"a very private question\"}");
        using var answer = await client.PostAsync(new Uri("/v1/completions", UriKind.Relative), body,
            TestContext.Current.CancellationToken);
        var id = answer.Headers.GetValues("X-Request-Id").Single();
        var line = await proxy.LogLineAsync(id);
        Assert.Contains("\"client\":\"alice\"", line, StringComparison.Ordinal);
        Assert.Contains("\"path\":\"/v1/completions\"", line, StringComparison.Ordinal);
        Assert.DoesNotContain("private", line, StringComparison.Ordinal);
        Assert.DoesNotContain(SecretsTests.AliceKey, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rotated_key_works_at_once_on_connections_that_are_open()
    {
        await using var connection = await proxy.ConnectAsync();
        Assert.Equal(200,
            (await NginxProxy.ExchangeAsync(connection, "GET /v1/models HTTP/1.1", "Authorization: Bearer " + SecretsTests.BobKey)).Status);
        await proxy.RotateAsync("carol carol-key-0123456789\nalice " + SecretsTests.AliceKey);
        Assert.Equal(401,
            (await NginxProxy.ExchangeAsync(connection, "GET /v1/models HTTP/1.1", "Authorization: Bearer " + SecretsTests.BobKey)).Status);
        Assert.Equal(200,
            (await NginxProxy.ExchangeAsync(connection, "GET /v1/models HTTP/1.1", "Authorization: Bearer carol-key-0123456789")).Status);
        await proxy.RotateAsync($"alice {SecretsTests.AliceKey}\nbob {SecretsTests.BobKey}");
    }

    private sealed class Small : NginxProxy
    {
        private protected override string BodyMiB => "3";
    }
}
