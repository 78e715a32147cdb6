using System.Text.Json.Nodes;
using Infra.Lab.Host;
using Infra.Lab.Stacks;

namespace Infra.Tests.Lab;

/// <summary>
/// Client libraries of others (OpenAI's, the AI SDK, Anthropic's), unchanged, against the balanced endpoint from a host of the VPC.
/// </summary>
[Collection(TestCluster.Collection)]
public sealed class WorksClientLibraryTests(TestCluster cluster)
{
    private static readonly Dictionary<string, Task<JsonNode>> s_answers = [];

    [Fact]
    public async Task It_lists_the_model() =>
        Assert.Equal([TestCluster.Model], (await AnswersAsync())["models"]!.AsArray().Select(id => (string?)id));

    [Fact]
    public async Task It_completes_chats_and_texts()
    {
        var answers = await AnswersAsync();
        Assert.NotEmpty((string?)answers["chat"]!["content"] ?? "");
        Assert.Contains((string?)answers["chat"]!["finish"], (string[])["stop", "length"]);
        Assert.InRange((int)answers["chat"]!["tokens"]!, 1, 32);
        Assert.NotEmpty((string?)answers["completion"] ?? "");
    }

    [Fact]
    public async Task It_reads_a_stream_to_its_end_with_the_usage()
    {
        var answers = await AnswersAsync();
        Assert.Equal((string?)answers["chat"]!["content"], (string?)answers["stream"]!["content"]);
        Assert.Equal((int)answers["chat"]!["tokens"]!, (int)answers["stream"]!["usage"]!);
        Assert.True((int)answers["stream"]!["chunks"]! > (int)answers["stream"]!["usage"]!, answers["stream"]!.ToJsonString());
    }

    [Fact]
    public async Task It_is_asked_to_call_a_tool()
    {
        var tool = (await AnswersAsync())["tool"]!;
        Assert.Equal(("tool_calls", "weather", "string"), ((string?)tool["finish"], (string?)tool["name"], (string?)tool["city"]));
    }

    [Fact]
    public async Task It_sends_an_image() =>
        Assert.Contains("PNG 1x1", (string?)(await AnswersAsync())["picture"], StringComparison.Ordinal);

    [Theory]
    [InlineData("key", "AuthenticationError", 401)]
    [InlineData("model", "NotFoundError", 404)]
    [InlineData("route", "NotFoundError", 404)]
    [InlineData("length", "BadRequestError", 400)]
    [InlineData("parameter", "BadRequestError", 400)]
    public async Task The_library_throws_its_matching_error(string wrong, string error, int status)
    {
        var refusal = (await AnswersAsync())["errors"]![wrong];
        Assert.True(refusal is not null, $"{wrong}: no error");
        Assert.Equal((error, status), ((string?)refusal["name"], (int?)refusal["status"]));
    }

    [Fact]
    public async Task The_AI_SDK_asks_for_responses_and_gets_text_streams_and_tools()
    {
        var answers = await AnswersAsync("ai-sdk.mjs");
        Assert.NotEmpty((string?)answers["text"]!["text"] ?? "");
        Assert.Equal(((string?)answers["text"]!["text"], "stop"),
            ((string?)answers["stream"]!["text"], (string?)answers["stream"]!["finish"]));
        Assert.True((int)answers["stream"]!["pieces"]! > 1, answers.ToJsonString());
        Assert.Equal((2, "weather", "fake: sunny"),
            ((int)answers["tool"]!["steps"]!, (string?)answers["tool"]!["name"], (string?)answers["tool"]!["result"]));
        Assert.Equal(401, (int?)answers["error"]!["status"]);
    }

    [Fact]
    public async Task Anthropics_library_sends_its_own_header_and_gets_messages_streams_tools_and_counts()
    {
        var answers = await AnswersAsync("anthropic.mjs");
        Assert.NotEmpty((string?)answers["text"]!["text"] ?? "");
        Assert.Equal(((string?)answers["text"]!["text"], "end_turn"),
            ((string?)answers["stream"]!["text"], (string?)answers["stream"]!["stop"]));
        Assert.InRange((int)answers["count"]!, 1, 100);
        Assert.Equal(("tool_use", "weather", "string", "end_turn"), ((string?)answers["tool"]!["stop"], (string?)answers["tool"]!["name"],
            (string?)answers["tool"]!["city"], (string?)answers["tool"]!["answer"]));
        Assert.Equal((401, 404), ((int)answers["errors"]!["key"]!["status"]!, (int)answers["errors"]!["model"]!["status"]!));
    }

    private Task<JsonNode> AnswersAsync(string program = "ask.mjs")
    {
        if (!s_answers.TryGetValue(program, out var answers))
        {
            s_answers[program] = answers = AskAsync(program);
        }

        return answers;
    }

    private async Task<JsonNode> AskAsync(string program)
    {
        var endpoint = cluster.BalancedEndpoint;
        var folder = await NpmClients.InstalledAsync("openai");
        var answer = await cluster.Stack.OnNetworkAsync(HostRuntime.NeighbourName,
            "env", $"NODE_EXTRA_CA_CERTS={new AccessFiles(cluster.Stack.Folder).Authority}",
            $"OPENAI_API_KEY={cluster.Stack.Key(TestCluster.Balanced, "alice")}",
            "node", Path.Combine(folder, program), endpoint.Url, endpoint.Model);
        Assert.True(answer.Status == 0, answer.Errors);
        return JsonNode.Parse(answer.Output)!;
    }
}
