using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Infra.Lab.Stacks;

namespace Infra.Tests.Lab;

/// <summary>Answers of each endpoint to a client that comes from where the endpoint is open: the tunnel or the VPC.</summary>
[Collection(TestCluster.Collection)]
public sealed class WorksTests(TestCluster cluster)
{
    /// <summary>One white pixel.</summary>
    private const string Picture =
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("chat")]
    [InlineData("venv")]
    [InlineData("amd")]
    public async Task An_endpoint_lists_its_model_and_how_long_a_request_may_be(string endpoint)
    {
        using var client = Client(endpoint);
        var models = await client.Http.GetFromJsonAsync<JsonNode>("models", Cancel);
        var model = Assert.Single(models!["data"]!.AsArray())!;
        Assert.Equal((TestCluster.Model, TestCluster.ContextLength), ((string?)model["id"], (int?)model["max_model_len"]));
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("venv")]
    [InlineData("amd")]
    public async Task An_endpoint_answers_a_chat_and_counts_its_tokens(string endpoint)
    {
        using var client = Client(endpoint);
        var answer = await PostAsync(client, "chat/completions", Chat(client, "Say hello.", mostTokens: 8));
        Assert.Equal("assistant", (string?)answer["choices"]![0]!["message"]!["role"]);
        Assert.NotEmpty((string?)answer["choices"]![0]!["message"]!["content"] ?? "");
        Assert.InRange((int)answer["usage"]!["completion_tokens"]!, 1, 8);
    }

    // The tutorial's request, word for word, except for the size of the model and an API key.
    [Fact]
    public async Task The_request_of_the_tutorial_is_answered_as_it_stands()
    {
        const string Request = """
            {
              "model": "mistralai/Ministral-3-3B-Instruct-2512",
              "prompt": "San Francisco is a",
              "max_tokens": 50,
              "temperature": 0
            }
            """;
        using var client = Client("chat");
        using var body = new StringContent(Request, System.Text.Encoding.UTF8, "application/json");
        using var answer = await client.Http.PostAsync(new Uri("completions", UriKind.Relative), body, Cancel);
        var reported = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;
        Assert.True(answer.IsSuccessStatusCode, reported.ToJsonString());
        Assert.Equal("text_completion", (string?)reported["object"]);
        Assert.InRange((int)reported["usage"]!["completion_tokens"]!, 1, 50);
        Assert.NotEmpty((string?)reported["choices"]![0]!["text"] ?? "");
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("venv")]
    public async Task The_tokens_of_a_stream_come_one_by_one_as_they_are_made(string endpoint)
    {
        const int Tokens = 40;
        var body = Chat(null, "Count.", Tokens);
        body["stream"] = true;
        body["ignore_eos"] = true;
        using var client = Client(endpoint);
        using var request = new HttpRequestMessage(HttpMethod.Post, "chat/completions") { Content = JsonContent.Create(body) };
        using var answer = await client.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancel));
        var clock = Stopwatch.StartNew();
        var times = new List<double>();
        string? line, last = null;
        while ((line = await reader.ReadLineAsync(Cancel)) is not null)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                last = line;
                times.Add(clock.Elapsed.TotalSeconds);
            }
        }

        Assert.Equal("data: [DONE]", last);
        Assert.True(times.Count > Tokens, $"{times.Count} events");
        // Buffered they would come together at the end: the first third is here before most of the others can have been made.
        var whole = times[^1] - times[0];
        Assert.True(whole > 0.7 * Tokens / TestCluster.TokensPerSecond, $"all within {whole:0.00} s");
        Assert.InRange((times[times.Count / 3] - times[0]) / whole, 0, 0.66);
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("venv")]
    [InlineData("amd")]
    public async Task An_image_inside_the_request_is_decoded(string endpoint)
    {
        using var client = Client(endpoint);
        var body = Chat(client, "", 64);
        body["messages"] = new JsonArray(new JsonObject
        {
            ["role"] = "user",
            ["content"] = new JsonArray(
                new JsonObject { ["type"] = "text", ["text"] = "What is this?" },
                new JsonObject { ["type"] = "image_url", ["image_url"] = new JsonObject { ["url"] = Picture } }),
        });
        var answer = await PostAsync(client, "chat/completions", body);
        Assert.Contains("PNG 1x1", (string?)answer["choices"]![0]!["message"]!["content"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("amd")]
    public async Task A_tool_is_called_when_the_model_wants_it(string endpoint)
    {
        using var client = Client(endpoint);
        var body = Chat(client, "What is the weather in Toronto?", 64);
        body["tools"] = new JsonArray(new JsonObject
        {
            ["type"] = "function",
            ["function"] = new JsonObject
            {
                ["name"] = "weather",
                ["parameters"] = JsonNode.Parse("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}"""),
            },
        });
        var choice = (await PostAsync(client, "chat/completions", body))["choices"]![0]!;
        Assert.Equal("tool_calls", (string?)choice["finish_reason"]);
        Assert.Equal("weather", (string?)choice["message"]!["tool_calls"]![0]!["function"]!["name"]);
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("venv")]
    [InlineData("amd")]
    public async Task A_request_that_is_too_long_is_refused_in_vLLMs_words(string endpoint)
    {
        using var client = Client(endpoint);
        using var answer = await client.Http.PostAsJsonAsync("chat/completions",
            Chat(client, string.Join(' ', Enumerable.Repeat("word", 12_000)), 8), Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("maximum context length is 4096 tokens", text, StringComparison.Ordinal);
        Assert.Equal(400, (int?)JsonNode.Parse(text)!["error"]!["code"]);
    }

    [Fact]
    public async Task Text_becomes_tokens_and_text_again()
    {
        using var client = Client("chat");
        var made = await PostAsync(client, "/tokenize",
            new JsonObject { ["model"] = TestCluster.Model, ["prompt"] = "A sentence to take apart." });
        var tokens = made["tokens"]!.AsArray();
        Assert.Equal((int)made["count"]!, tokens.Count);
        Assert.Equal(TestCluster.ContextLength, (int)made["max_model_len"]!);
        var text = await PostAsync(client, "/detokenize",
            new JsonObject { ["model"] = TestCluster.Model, ["tokens"] = tokens.DeepClone() });
        Assert.Contains("A sentence to take apart.", (string?)text["prompt"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Both_clients_have_keys_of_their_own_and_both_are_let_in()
    {
        Assert.NotEqual(cluster.Stack.Key("chat", "alice"), cluster.Stack.Key("chat", "bob"));
        foreach (var name in (string[])["alice", "bob"])
        {
            using var client = cluster.Stack.LabStack.Client(cluster.BalancedEndpoint, name);
            Assert.NotEmpty(await client.AskAsync("Hello.", 4, Cancel));
        }
    }

    [Fact]
    public async Task Requests_are_spread_over_all_servers_of_an_endpoint()
    {
        var before = await CountAsync();
        await Task.WhenAll(Enumerable.Range(0, 12).Select(async _ =>
        {
            using var client = Client("chat");
            await client.AskAsync("Hello.", 8, Cancel);
        }));
        var after = await CountAsync();
        var each = after.Zip(before, (now, then) => now - then).ToArray();
        Assert.True(each.Sum() == 12 && each.Min() >= 2, string.Join(", ", each));

        async Task<double[]> CountAsync() =>
            await Task.WhenAll(TestCluster.Replicas.Select(node => cluster.RequestsOfEngineAsync(node, "/v1/chat/completions")));
    }

    [Fact]
    public void The_endpoints_report_what_they_are_and_how_they_are_reached()
    {
        var endpoints = cluster.Stack.Result.Outputs.Endpoints;
        Assert.Equal(["amd", "chat", "venv"], endpoints.Keys.Order());
        Assert.All(endpoints.Values, endpoint => Assert.Equal(TestCluster.Model, endpoint["servedModelName"]));
        Assert.Equal(("internal", "gpu-4000adax1-20gb"), (endpoints["chat"]["access"], endpoints["chat"]["size"]));
        Assert.Equal(("private", "gpu-mi325x1-256gb"), (endpoints["amd"]["access"], endpoints["amd"]["size"]));
        Assert.Equal($"https://{cluster.BalancedEndpoint.BalancerAddress}/v1", endpoints["chat"]["url"]);
        Assert.Equal(TestCluster.Servers, cluster.Stack.Result.Outputs.PhaseTimelines.Keys.Order());
    }

    private EndpointClient Client(string endpoint) => cluster.Stack.LabStack.Client(cluster.Stack.Endpoint(endpoint));

    private static JsonObject Chat(EndpointClient? client, string question, int mostTokens) => new()
    {
        ["model"] = client?.Model ?? TestCluster.Model,
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = question }),
        ["max_tokens"] = mostTokens,
    };

    private static async Task<JsonNode> PostAsync(EndpointClient client, string route, JsonObject body)
    {
        using var answer = await client.Http.PostAsJsonAsync(route, body, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }
}
