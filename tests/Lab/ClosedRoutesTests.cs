using System.Text.Json;
using System.Text.RegularExpressions;
using Infra.Node;

namespace Infra.Tests.Lab;

/// <summary>Someone with and without a key tries every route that vLLM has, and has had, by every method.</summary>
[Collection(TestCluster.Collection)]
public sealed partial class ClosedRoutesTests(TestCluster cluster)
{
    private const string Node = "chat-0";

    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get"];

    /// <summary>Routes that are open with a key; /ready is open to all.</summary>
    private static readonly string[] Open =
    [
        "GET /ready", "HEAD /ready", "GET /v1/models", "HEAD /v1/models", "GET /health", "GET /version", "POST /v1/chat/completions",
        "POST /v1/completions", "POST /v1/responses", "POST /v1/messages", "POST /v1/messages/count_tokens", "POST /tokenize",
        "POST /detokenize",
    ];

    /// <summary>Routes of models of other tasks.</summary>
    private static readonly string[] Pooling = ["POST /v1/embeddings", "POST /v1/score", "POST /v1/rerank"];

    /// <summary>Routes of other versions, of other kinds of models and of the servers around vLLM.</summary>
    private static readonly string[] More =
    [
        "/", "/favicon.ico", "/robots.txt", "/.well-known/security.txt", "/server-status", "/nginx_status", "/stub_status", "/metrics/",
        "/v1", "/v1/", "/v1/files", "/v1/batches", "/v1/images/generations", "/v1/fine_tuning/jobs", "/v1/moderations",
        "/v1/audio/speech", "/v1/load_lora_adapter", "/add_lora", "/remove_lora", "/generate", "/generate_stream", "/api/generate",
        "/api/chat", "/get_model_info", "/flush_cache", "/shutdown", "/debug", "/debug/pprof/", "/invocations/", "/unreadable", "/@401",
        "/errors/404.json", "/sleep?level=2", "/abort_requests", "/wake_up?tags=weights", "/inference/v1/generate", "/pooling", "/classify",
        "/score", "/rerank", "/v2/rerank", "/v1/responses/resp_1", "/v1/messages/batches", "/cohere/v2/chat",
    ];

    public static TheoryData<string> Routes
    {
        get
        {
            using var routes = JsonDocument.Parse(
                File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vllm", "vllm", "routes.json")));
            return
            [
                .. routes.RootElement.GetProperty("routes").EnumerateArray()
                    .Select(route => Parameter().Replace(route.GetProperty("path").GetString()!, "some_1"))
                    .Concat(More).Distinct(StringComparer.Ordinal),
            ];
        }
    }

    [Fact]
    public void The_list_of_open_routes_is_the_nodes_own()
    {
        var table = NodeFiles.All.Single(file => file.Path == "/etc/inference/nginx/routes.conf").Content;
        var listed = Line().Matches(table)
            .SelectMany(line => line.Groups["methods"].Value.Split(", ").Select(method => $"{method} {line.Groups["path"].Value}"));
        Assert.Equal(Open.Concat(Pooling).Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_route_is_there_only_if_it_is_listed_and_opens_only_with_a_key(string path)
    {
        var key = cluster.Stack.Key(TestCluster.Balanced, "alice");
        var wrong = new List<string>();
        var before = await cluster.EngineCountersAsync(Node);
        var connection = await cluster.KnockAsync(Node);
        foreach (var method in Methods)
        {
            foreach (var header in (string[])["", $"Authorization: Bearer {key}\r\n"])
            {
                await connection.SendAsync($"{method} {path} HTTP/1.1\r\nHost: node\r\n{header}Content-Length: 0\r\n\r\n");
                var answer = await connection.ReadAsync(method == "HEAD");
                if (!IsAsItShall($"{method} {path}", header.Length > 0, answer.Status))
                {
                    wrong.Add($"{method} {path} {(header.Length > 0 ? "with" : "without")} a key: {answer.Status}");
                }

                if (answer.Status == 0 || answer.Header("Connection") == "close")
                {
                    await connection.DisposeAsync();
                    connection = await cluster.KnockAsync(Node);
                }
            }
        }

        await connection.DisposeAsync();
        Assert.Empty(wrong);
        var after = await cluster.EngineCountersAsync(Node);
        Assert.Equal(before.GetValueOrDefault("none"), after.GetValueOrDefault("none"));
        // The server's own probe asks for these all the time.
        if (path != "/metrics" && !Open.Any(route => route.EndsWith($" {path}", StringComparison.Ordinal)))
        {
            Assert.Equal(before.GetValueOrDefault(path), after.GetValueOrDefault(path));
        }
    }

    private static bool IsAsItShall(string request, bool withKey, int status) => (Open.Contains(request), request, withKey) switch
    {
        (true, "GET /ready" or "HEAD /ready", _) => status == 200,
        (true, _, false) => status == 401,
        // An empty body is the engine's to refuse, and so is HEAD.
        (true, _, true) => status is 200 or 400 or 405,
        // Answered by nginx, with or without a key: a browser sends none when it asks.
        _ when request.StartsWith("OPTIONS ", StringComparison.Ordinal) && Open.Any(route =>
            route.EndsWith(request["OPTIONS".Length..], StringComparison.Ordinal)) => status == 204,
        // A method that is none cannot be read.
        _ => status == 404 || (status is 400 or 405
            && (request.StartsWith("TRACE ", StringComparison.Ordinal) || request.StartsWith("get ", StringComparison.Ordinal))),
    };

    [GeneratedRegex("\"~\\^\\S+ (?<path>/\\S+)\\$\" \"(?<methods>[A-Z, ]+)\"")]
    private static partial Regex Line();

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Parameter();
}
