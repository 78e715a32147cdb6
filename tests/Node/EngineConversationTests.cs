using System.Text.Json;

namespace Infra.Tests.Node;

/// <summary>What mistral-common refuses of a conversation, and the other forms of a chat: responses, messages.</summary>
public sealed class EngineConversationTests
{
    private const string Chat = "/v1/chat/completions";
    private const string User = """{"role":"user","content":"hello"}""";
    private const string Assistant = """{"role":"assistant","content":"yes"}""";
    private const string Parameters = """{"type":"object","properties":{"city":{"type":"string"}}}""";

    private static readonly string[] Flags = ["--enable-auto-tool-choice", "--tool-call-parser", "mistral", "--allowed-media-domains",
        "nobody.invalid"];

    [Fact]
    public async Task A_conversation_is_refused_in_mistral_commons_words()
    {
        using var engine = await new FakeVllm().StartAsync(null, Flags);
        (string[] Messages, string? Refusal)[] cases =
        [
            ([User, Call("abc123DEF"), Result("abc123DEF")], null),
            ([User, Call("abc123DEF"), Result("abc123DEF"), User], null),
            ([User, Call("call_with_a_long_abc123DEF"), Result("call_with_a_long_abc123DEF")], null),
            (["""{"role":"system","content":"s"}""", User, """{"role":"system","content":"s"}""", User], null),
            ([User, Assistant, User], null),
            ([User, Call("abc"), Result("abc")], "Tool call id was abc but must be a-z, A-Z, 0-9, with a length of 9."),
            ([User, Call("abc-23DEF"), Result("abc-23DEF")], "Tool call id was abc-23DEF but must be a-z, A-Z, 0-9, with a length of 9."),
            ([User, Call("abc123DEF"), Result("zzz123DEF")], "Unexpected tool call id zzz123DEF in tool results"),
            ([User, Call("abc123DEF"), Result("abc123DEF"), Result("abc123DEF")], "Duplicate tool call id abc123DEF in tool results"),
            ([User, Call("abc123DEF"), User, Assistant, User], "Not the same number of function calls and responses"),
            ([User, Result("abc123DEF")], "Unexpected role 'tool' after role 'user'"),
            ([User, Assistant, """{"role":"system","content":"s"}""", User], "Unexpected role 'system' after role 'assistant'"),
            ([User, Call("abc123DEF"), Result("abc123DEF"), """{"role":"system","content":"s"}""", User],
                "Unexpected role 'system' after role 'tool'"),
            ([User, """{"role":"assistant","content":""}""", User],
                "Invalid assistant message: role='assistant' content='' tool_calls=None prefix=False"),
            ([User, Assistant],
                "Cannot set `add_generation_prompt` to True when the last message is from the assistant. Consider using "
                    + "`continue_final_message` instead."),
            (["""{"role":"developer","content":"d"}""", User], "Unknown message role: developer"),
            ([Result("abc123DEF")], "Conversation must start with a user message or system message"),
        ];
        foreach (var (messages, refusal) in cases)
        {
            var (status, body) = await engine.AskAsync(Chat,
                $"{{\"model\":\"m\",\"max_tokens\":4,\"messages\":[{string.Join(',', messages)}]}}");
            Assert.True(status == (refusal is null ? 200 : 400), $"{string.Join(',', messages)}: {body}");
            if (refusal is not null)
            {
                var error = JsonDocument.Parse(body).RootElement.GetProperty("error");
                Assert.Equal((refusal, "BadRequestError"),
                    (error.GetProperty("message").GetString(), error.GetProperty("type").GetString()));
            }
        }
    }

    [Fact]
    public async Task Before_its_release_1_11_1_the_user_could_not_speak_after_a_tool()
    {
        using var engine = await new FakeVllm()
            .StartAsync(new Dictionary<string, string> { ["LAB_MISTRAL_COMMON"] = "1.11.0" }, Flags);
        var (status, body) = await engine.AskAsync(Chat,
            $"{{\"model\":\"m\",\"messages\":[{User},{Call("abc123DEF")},{Result("abc123DEF")},{User}]}}");
        Assert.Equal(400, status);
        Assert.Contains("Unexpected role 'user' after role 'tool'", body, StringComparison.Ordinal);
    }

    // vllm-project/vllm issue 47734.
    [Theory]
    [InlineData("auto", true, "^[a-zA-Z0-9]{9}$")]
    [InlineData("required", false, "^[a-zA-Z0-9]{9}$")]
    [InlineData("required", true, "^chatcmpl-tool-")]
    public async Task A_required_call_in_a_stream_has_an_id_of_a_form_that_mistral_common_would_not_take(
        string choice, bool stream, string form)
    {
        using var engine = await new FakeVllm().StartAsync(null, Flags);
        var (_, body) = await engine.AskAsync(Chat,
            $"{{\"model\":\"m\",\"stream\":{(stream ? "true" : "false")},\"tool_choice\":\"{choice}\",\"messages\":[{{\"role\":\"user\",\"content\":\"weather\"}}],"
            + $"\"tools\":[{{\"type\":\"function\",\"function\":{{\"name\":\"weather\",\"parameters\":{Parameters}}}}}]}}");
        var first = stream ? body.Split("\n\n")[1][6..] : body;
        var reported = JsonDocument.Parse(first).RootElement.GetProperty("choices")[0].GetProperty(stream ? "delta" : "message");
        Assert.Matches(form, reported.GetProperty("tool_calls")[0].GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("/v1/responses", "{\"model\":\"m\",\"input\":\"hello\",\"background\":true}", 400, "does not support the background mode")]
    [InlineData("/v1/responses", "{\"model\":\"m\",\"input\":\"hello\",\"previous_response_id\":\"resp_1\"}", 404,
        "Response with id 'resp_1' not found.")]
    [InlineData("/v1/responses", "{\"model\":\"m\",\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_image\",\"image_url\":\"https://a.example/a.png\"}]}]}", 400, "['nobody.invalid']. Input URL domain: a.example")]
    [InlineData("/v1/messages", "{\"model\":\"m\",\"max_tokens\":4,\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image\",\"source\":{\"type\":\"url\",\"url\":\"https://a.example/a.png\"}}]}]}", 400, "['nobody.invalid']. Input URL domain: a.example")]
    [InlineData("/v1/messages", "{\"model\":\"x\",\"max_tokens\":4,\"messages\":[]}", 404,
        "{\"type\":\"error\",\"error\":{\"type\":\"NotFoundError\"")]
    [InlineData("/v1/messages", "{\"model\":\"m\",\"messages\":[]}", 400, "Field required")]
    public async Task Nothing_is_stored_and_nothing_is_fetched(string route, string sent, int status, string words)
    {
        using var engine = await new FakeVllm().StartAsync(null, Flags);
        var (got, body) = await engine.AskAsync(route, sent);
        Assert.Equal(status, got);
        Assert.Contains(words, body, StringComparison.Ordinal);
    }

    private static string Call(string id) => $"{{\"role\":\"assistant\",\"tool_calls\":[{{\"id\":\"{id}\",\"type\":\"function\",\"function\":{{\"name\":\"weather\",\"arguments\":\"{{}}\"}}}}]}}";

    private static string Result(string id) => $"{{\"role\":\"tool\",\"tool_call_id\":\"{id}\",\"content\":\"sunny\"}}";
}
