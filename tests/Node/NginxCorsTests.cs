namespace Infra.Tests.Node;

/// <summary>OPTIONS, and pages in a browser that the settings name.</summary>
public sealed class NginxCorsTests(NginxCorsTests.Browsers proxy) : IClassFixture<NginxCorsTests.Browsers>
{
    private const string App = "https://app.example.com";
    private const string Alice = $"Authorization: Bearer {SecretsTests.AliceKey}";

    [Theory]
    [InlineData("/v1/models", "GET, HEAD, OPTIONS")]
    [InlineData("/v1/chat/completions", "POST, OPTIONS")]
    [InlineData("/v1/chat/completions?a=b", "POST, OPTIONS")]
    [InlineData("/ready", "GET, HEAD, OPTIONS")]
    public async Task OPTIONS_of_a_listed_path_returns_its_methods_without_a_key_and_asks_the_engine_nothing(string path, string allow)
    {
        var before = proxy.Engine.Requests;
        var answer = await proxy.SendAsync($"OPTIONS {path} HTTP/1.1");
        Assert.Equal((204, allow), (answer.Status, answer.Header("Allow")));
        Assert.Null(answer.Header("Access-Control-Allow-Origin"));
        Assert.Null(answer.Header("Access-Control-Allow-Methods"));
        Assert.Equal(before, proxy.Engine.Requests);
    }

    [Theory]
    [InlineData("OPTIONS /metrics")]
    [InlineData("OPTIONS /v1/embeddings")]
    [InlineData("OPTIONS *")]
    [InlineData("OPTIONS /")]
    [InlineData("OPTIONS /v1/./models")]
    public async Task OPTIONS_of_another_path_is_refused_with_and_without_an_origin(string request)
    {
        Assert.InRange((await proxy.SendAsync($"{request} HTTP/1.1", $"Origin: {App}")).Status, 400, 405);
        Assert.InRange((await proxy.SendAsync($"{request} HTTP/1.1", Alice)).Status, 400, 405);
    }

    [Theory]
    [InlineData(App)]
    [InlineData("http://localhost:5173")]
    public async Task An_allowed_page_passes_the_browsers_preflight(string origin)
    {
        var asked = await proxy.SendAsync(
            "OPTIONS /v1/chat/completions HTTP/1.1",
            $"Origin: {origin}\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: "
                + "authorization,content-type,x-stainless-os");
        Assert.Equal(204, asked.Status);
        Assert.Equal(origin, asked.Header("Access-Control-Allow-Origin"));
        Assert.Equal("POST, OPTIONS", asked.Header("Access-Control-Allow-Methods"));
        Assert.Equal("authorization,content-type,x-stainless-os", asked.Header("Access-Control-Allow-Headers"));
        Assert.Equal("600", asked.Header("Access-Control-Max-Age"));
        Assert.Null(asked.Header("Access-Control-Allow-Credentials"));

        var answer = await proxy.SendAsync("GET /v1/models HTTP/1.1", $"Origin: {origin}\r\n{Alice}");
        Assert.Equal((200, origin, "Origin"), (answer.Status, answer.Header("Access-Control-Allow-Origin"), answer.Header("Vary")));
        Assert.Contains("X-Request-Id", answer.Header("Access-Control-Expose-Headers"), StringComparison.Ordinal);
        Assert.Null(answer.Header("Access-Control-Allow-Methods"));
        Assert.DoesNotContain("Origin", proxy.Engine.LastHeaders, StringComparison.OrdinalIgnoreCase);
    }

    // Without these headers a page sees "network error" instead of the message with the fix.
    [Theory]
    [InlineData("GET /v1/models", "", 401)]
    [InlineData("GET /metrics", Alice, 404)]
    public async Task An_allowed_page_may_read_an_error_too(string request, string header, int status)
    {
        var answer = await proxy.SendAsync($"{request} HTTP/1.1", header.Length > 0 ? $"Origin: {App}\r\n{header}" : $"Origin: {App}");
        Assert.Equal((status, App), (answer.Status, answer.Header("Access-Control-Allow-Origin")));
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("https://app.example.com.evil.example")]
    [InlineData("https://app.example.com:8443")]
    [InlineData("http://app.example.com")]
    [InlineData("HTTPS://APP.EXAMPLE.COM")]
    [InlineData("http://localhost:51730")]
    [InlineData("null")]
    [InlineData("https://app.example.com, https://evil.example")]
    public async Task Another_page_gets_nothing_that_a_browser_would_let_it_read(string origin)
    {
        var asked = await proxy.SendAsync("OPTIONS /v1/chat/completions HTTP/1.1",
            $"Origin: {origin}\r\nAccess-Control-Request-Method: POST");
        var answer = await proxy.SendAsync("GET /v1/models HTTP/1.1", $"Origin: {origin}\r\n{Alice}");
        Assert.Equal((204, 200), (asked.Status, answer.Status));
        Assert.DoesNotContain(asked.Headers.Concat(answer.Headers),
            header => header.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }

    public sealed class Browsers : NginxProxy
    {
        protected override string Origins => $"{App},http://localhost:5173";
    }
}
