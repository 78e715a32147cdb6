namespace Infra.Tests.Node;

/// <summary>The routes of models that pool, and what the node writes for nginx.</summary>
public sealed class NginxTaskTests
{
    private const string Alice = $"Authorization: Bearer {SecretsTests.AliceKey}";

    private static readonly string[] Everybodys = ["GET /v1/models", "GET /health", "GET /version", "POST /tokenize", "POST /detokenize"];

    private static readonly Dictionary<string, string[]> Own = new()
    {
        ["generate"] = ["POST /v1/chat/completions", "POST /v1/completions", "POST /v1/responses", "POST /v1/messages",
            "POST /v1/messages/count_tokens"],
        ["embed"] = ["POST /v1/embeddings"],
        ["score"] = ["POST /v1/score", "POST /v1/rerank"],
    };

    [Theory]
    [InlineData("generate")]
    [InlineData("embed")]
    [InlineData("score")]
    public async Task A_model_has_the_routes_of_its_task_and_no_others(string task)
    {
        await using var proxy = new OfTask(task);
        await proxy.InitializeAsync();
        foreach (var route in Everybodys.Concat(Own.Values.SelectMany(routes => routes)))
        {
            var open = Everybodys.Contains(route) || Own[task].Contains(route);
            Assert.Equal((route, open ? 401 : 404), (route, (await proxy.SendAsync($"{route} HTTP/1.1")).Status));
            var answer = await proxy.SendAsync($"{route} HTTP/1.1", Alice);
            Assert.Equal((route, open ? 200 : 404), (route, answer.Status));
            Assert.Equal(open, proxy.Engine.LastRequest == $"{route} HTTP/1.1");
        }

        foreach (var closed in (string[])["POST /pooling", "POST /classify", "POST /score", "POST /rerank", "POST /v2/rerank",
            "POST /v2/embed", "GET /metrics", "GET /v1/embeddings"])
        {
            Assert.Equal((closed, 404), (closed, (await proxy.SendAsync($"{closed} HTTP/1.1", Alice)).Status));
        }
    }

    [Theory]
    [InlineData("API_TASK", "embed;")]
    [InlineData("API_TASK", "")]
    [InlineData("API_CORS_ORIGINS", "https://a.example\"; }")]
    [InlineData("API_CORS_ORIGINS", "https://a.example/$host")]
    [InlineData("API_CORS_ORIGINS", "*")]
    [InlineData("API_BODY_MIB", "")]
    [InlineData("API_BODY_MIB", "0")]
    [InlineData("API_BODY_MIB", "3m; }")]
    [InlineData("API_CLIENTS", "")]
    [InlineData("API_CLIENTS", ":60:1")]
    [InlineData("API_CLIENTS", ":60:1:0")]
    [InlineData("API_CLIENTS", ":60:1:1,a;b:1:1:1")]
    public async Task A_value_that_would_inject_nginx_configuration_is_refused(string key, string value)
    {
        using var node = new StagedNode();
        Directory.CreateDirectory(node.At("/run"));
        var result = await node.RunAsync("nginx-listen", null, ("RUNTIME_DIRECTORY", node.At("/run")), (key, value));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error: ", result.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(node.At("/run/listen.conf")));
    }

    private sealed class OfTask(string task) : NginxProxy
    {
        protected override string Task => task;
    }
}
