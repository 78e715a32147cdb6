namespace Infra.Tests.Lab;

/// <summary>The same tricks in the frames of HTTP/2, where names, paths and methods are any bytes.</summary>
[Collection(TestCluster.Collection)]
public sealed class ClosedHttp2Tests(TestCluster cluster)
{
    private const string Node = "chat-0";

    [Fact]
    public async Task HTTP_2_is_spoken_and_asks_for_a_key()
    {
        Assert.Equal(200, await AskAsync("GET", "/v1/models"));
        Assert.Equal(200, await AskAsync("GET", "/v1/models?x=/metrics"));
        Assert.Equal(204, await AskAsync("OPTIONS", "/v1/models", key: false));
        Assert.Equal(401, await AskAsync("GET", "/v1/models", key: false));
        Assert.Equal(404, await AskAsync("GET", "/metrics"));
    }

    [Theory]
    [InlineData("GET", "/v1/%2e%2e/metrics")]
    [InlineData("GET", "/v1/../metrics")]
    [InlineData("GET", "//v1/models")]
    [InlineData("GET", "/v1/models%3fx")]
    [InlineData("GET", "/metrics?/v1/models")]
    [InlineData("GET", "/v1/models?a b")]
    [InlineData("GET", "/v1/models/")]
    [InlineData("GET", "/v1/models#")]
    [InlineData("GET", "/V1/models")]
    [InlineData("GET", "v1/models")]
    [InlineData("GET", "")]
    [InlineData("GET", "*")]
    [InlineData("GET", "http://engine/metrics")]
    [InlineData("GET", "/metrics /v1/models HTTP/1.1")]
    [InlineData("GET", "/v1/models HTTP/1.1\r\nHost: engine\r\n\r\nPOST /invocations")]
    [InlineData("GET", "/v1/models HTTP/2/../../metrics")]
    [InlineData("GET", "/v1/models\t")]
    [InlineData("GET", "/v1/models\0")]
    [InlineData("GET /v1/models HTTP/1.1\r\nX: ", "/metrics")]
    [InlineData("GET /v1/models HTTP/2 ", "/metrics")]
    [InlineData("", "/v1/models")]
    [InlineData("get", "/v1/models")]
    [InlineData("CONNECT", "/v1/models")]
    [InlineData("POST", "/invocations")]
    public async Task A_path_or_a_method_in_another_spelling_leads_nowhere(string method, string path)
    {
        var before = await CountAsync();
        var status = await AskAsync(method, path);
        Assert.True(status is 0 or 400 or 404 or 405, $"{status}");
        Assert.Equal(before, await CountAsync());
    }

    [Theory]
    [InlineData(":path", "/metrics")]
    [InlineData(":method", "POST")]
    [InlineData(":unknown", "x")]
    [InlineData("transfer-encoding", "chunked")]
    [InlineData("connection", "upgrade")]
    [InlineData("content-length", "5")]
    [InlineData("X-Upper", "x")]
    [InlineData("x-line", "a\r\nauthorization: Bearer x")]
    [InlineData("x-null", "a\0b")]
    [InlineData("x y", "z")]
    [InlineData("", "nameless")]
    [InlineData("authorization", "Bearer sk-0123456789abcdef0123456789abcdef")]
    public async Task A_forbidden_header_opens_nothing(string name, string value)
    {
        var status = await AskAsync("GET", "/v1/models", false, (name, value));
        Assert.True(status is 0 or 400 or 401 or 404 or 405, $"{status}");
        Assert.NotEqual(200, await AskAsync("GET", "/metrics", true, (name, value)));
    }

    [Theory]
    [InlineData("engine", "node")]
    [InlineData("node", "169.254.169.254")]
    [InlineData("evil.example", "evil.example")]
    public async Task An_authority_of_another_name_changes_nothing(string authority, string host)
    {
        Assert.Contains(await AskAsync("GET", "/v1/models", true, (":authority", authority), ("host", host)), (int[])[200, 400, 0]);
        Assert.Contains(await AskAsync("GET", "/metrics", true, (":authority", authority), ("host", host)), (int[])[404, 400, 0]);
    }

    private async Task<int> AskAsync(string method, string path, bool key = true, params (string Name, string Value)[] more)
    {
        var tcp = await cluster.Stack.ConnectAsync(cluster.Stack.Node(Node).Id, null, "127.0.0.1", 443, TimeSpan.FromSeconds(5));
        // Pseudo-headers come first.
        var (pseudo, others) = (more.Where(header => header.Name.StartsWith(':')), more.Where(header => !header.Name.StartsWith(':')));
        return await RawHttp2.AskAsync(tcp!,
        [
            (":method", method), (":scheme", "https"), (":path", path),
            .. more.Any(header => header.Name == ":authority") ? [] : new[] { (":authority", "node") }, .. pseudo, .. others,
            .. key ? new[] { ("authorization", $"Bearer {cluster.Stack.Key(TestCluster.Balanced, "alice")}") } : [],
        ]);
    }

    private async Task<double> CountAsync() =>
        (await cluster.EngineCountersAsync(Node)).Where(counter => counter.Key is not ("/health" or "/metrics" or "/v1/completions"))
            .Sum(counter => counter.Value);
}
