using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Infra.Tests.Node;

/// <summary>Requests that vLLM rejects, and the shape of the error: pydantic's, or that of vLLM's own checks.</summary>
public sealed class EngineRefusalTests
{
    private const string Chat = "/v1/chat/completions";
    private const string Completions = "/v1/completions";
    private const string Hello = """[{"role":"user","content":"hello"}]""";
    private const string Tools = """[{"type":"function","function":{"name":"weather"}}]""";

    /// <summary>Types of error: for a body that violates the schema, and for a value that vLLM rejects.</summary>
    private const string Form = "Bad Request", Value = "BadRequestError";

    private static readonly (string Route, string Members, string Type, string? Parameter, string Words)[] Cases =
    [
        (Chat, """ "stop":["1","2","3","4","5"] """, Form, "body.stop", "List should have at most 4 items after validation, not 5"),
        (Chat, """ "stop":"" """, Value, null, "stop cannot contain an empty string."),
        (Chat, """ "logprobs":true,"top_logprobs":21 """,
            Value, "logprobs", "Requested sample logprobs of 21, which is greater than max allowed: 20"),
        (Chat, """ "top_logprobs":2 """,
            Form, "top_logprobs", "Value error, when using `top_logprobs`, `logprobs` must be set to true. (parameter=top_logprobs)"),
        (Completions, """ "logprobs":21 """, Value, "logprobs", "Requested sample logprobs of 21"),
        (Chat, """ "response_format":{"type":"xml"} """, Form, "body.response_format.ResponseFormat.type", "6 validation errors:"),
        (Chat, """ "response_format":{"type":"json_schema"} """, Form, "response_format", "the 'json_schema' field must be provided."),
        (Chat, """ "response_format":{"type":"json_schema","json_schema":{"name":"n"}} """,
            Value, null, "You must use one kind of structured outputs constraint"),
        (Chat, """ "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":[]}} """,
            Form, "body.response_format.ResponseFormat.json_schema.schema", "Input should be a valid dictionary"),
        (Chat, """ "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":5}}} """,
            Value, null, "Grammar error: "),
        (Chat, """ "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"properties":5}}} """,
            Value, null, "Grammar error: "),
        (Chat, """ "response_format":{"type":"structural_tag","format":{"type":"none"}} """,
            Value, "response_format", "Invalid response_format structural_tag specification."),
        (Chat, """ "response_format":{"type":"structural_tag","format":{"type":"or","elements":[]}} """,
            Value, "response_format", "Invalid response_format structural_tag specification."),
        (Chat, """
            "response_format":{"type":"structural_tag","format":{"type":"tag","begin":"<","content":{"type":"any_text"},"end":[]}}
            """,
            Value, "response_format", "Invalid response_format structural_tag specification."),
        (Chat, """ "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"$ref":"#/x","x":{"type":{}}}}} """,
            Value, null, "Grammar error: Unsupported type {}"),
        (Chat, """ "structured_outputs":{"json":{"$ref":"#/x","x":{"type":"foo"}}} """,
            Value, null, "Grammar error: Unsupported type 'foo'"),
        (Chat, """ "structured_outputs":{"json":{"$ref":"#/x/0","x":[{"type":"first"}]}} """,
            Value, null, "Grammar error: Unsupported type"),
        (Chat, """ "structured_outputs":{"json":{"$ref":"#/x","x":{"properties":5}}} """, Value, null, "properties must be an object"),
        (Chat, """ "structured_outputs":{"json":{"$ref":"#/x","x":{"allOf":5}}} """, Value, null, "allOf must be an array"),
        (Chat, """ "structured_outputs":{"json":{"$ref":"#/x","x":{"$ref":"#/y"},"y":{"anyOf":5}}} """,
            Value, null, "anyOf must be an array"),
        (Chat, """ "structured_outputs":{"json":{"properties":{"a":{"$ref":"#/x"}},"x":{"enum":5}}} """,
            Value, null, "enum must be an array"),
        (Chat, """ "structured_outputs":{"json":{"$ref":"#/x","x":{"type":"array","minItems":"a"}}} """, Value, null, "minItems must be"),
        (Chat, """ "structured_outputs":{"json":{"$ref":"#/x","x":{"pattern":5}}} """, Value, null, "pattern must be a string"),
        (Chat, """ "structured_outputs":{"json":{"$ref":"#/x","x":{"type":"string","format":"zz"}}} """,
            Value, null, "Unknown format: 'zz'"),
        (Chat, """ "structured_outputs":{"json":{"type":["null","null"]}} """, Value, null, "type must not name one twice"),
        (Chat, """ "structured_outputs":{"regex":"["} """, Value, null, "Grammar error: "),
        (Chat, """ "structured_outputs":{"grammar":"root ::= other"} """, Value, null, "Grammar error: "),
        (Chat, """ "structured_outputs":{"choice":[]} """, Value, null, "Choice '[]' cannot be an empty list"),
        (Chat, """ "structured_outputs":{} """, Form, "body.structured_outputs", "but none are specified"),
        (Chat, """ "structured_outputs":{"regex":"a","choice":["a"]} """,
            Form, "body", "You can only use one kind of constraints for structured outputs"),
        (Chat, """ "min_p":1.5 """, Value, null, "min_p must be in [0, 1], got 1.5."),
        (Chat, """ "top_k":-2 """, Value, null, "top_k must be 0 (disable), or at least 1, got -2."),
        (Chat, """ "repetition_penalty":0 """, Value, null, "repetition_penalty must be greater than zero, got 0."),
        (Chat, """ "temperature":2.5 """,
            Value, "temperature", "temperature must be in [0, 2], got 2.5. (parameter=temperature, value=2.5)"),
        (Chat, """ "temperature":NaN """, Value, "temperature", "temperature must be a finite number, got nan."),
        (Chat, """ "logit_bias":{"131072":1} """,
            Value, "logit_bias", "token_id(s) [131072] in logit_bias contain out-of-vocab token ids. Vocabulary size: 131072"),
        (Chat, """ "logit_bias":{"x":1} """, Value, "logit_bias", "cannot be converted to integer token IDs: ['x']"),
        (Chat, """ "logit_bias":{"+-5":1} """, Value, "logit_bias", "cannot be converted to integer token IDs: ['+-5']"),
        (Chat, """ "logit_bias":{"                         -5":1} """, Value, "logit_bias", "token_id(s) [-5] in logit_bias"),
        (Chat, """ "seed":9223372036854775808 """, Form, "body.seed", "Input should be less than or equal to 9223372036854775807"),
        (Chat, """ "n":1.5 """, Form, "body.n", "Input should be a valid integer, got a number with a fractional part"),
        (Chat, """ "mm_processor_kwargs":{"size":9} """,
            Value, "mm_processor_kwargs", "Per-request mm_processor_kwargs are disabled by default"),
        (Chat, """ "media_io_kwargs":{"image":{"a":1}} """,
            Value, "media_io_kwargs", "Per-request media_io_kwargs are disabled by default"),
        (Chat, """ "chat_template":"{{x}}" """, Value, null, "--trust-request-chat-template is not set."),
        (Chat, $$""" "tools":{{Tools}},"tool_choice":{"type":"function","function":5} """,
            Form, "tool_choice.function", "Invalid value for `function`: `5` in `tool_choice`!"),
        (Chat, $$""" "tools":{{Tools}},"tool_choice":{"type":"function","function":{"name":"time"} } """,
            Form, "tool_choice", "does not match any of the specified `tools`"),
        (Chat, """ "tools":[] """, Form, "tools", "`tools` must not be an empty array."),
        (Chat, """ "stream_options":{"include_usage":true} """,
            Form, "stream_options", "Stream options can only be defined when `stream=True`."),
        (Chat, """ "bad_words":[""] """, Value, null, "bad_words cannot contain an empty string."),
        (Chat, """ "priority":1 """, Value, null, "priority"),
        (Completions, """ "prompt":["a","b","c","d"] """, Form, "prompt", "prompt list length 4 exceeds the maximum allowed count of 3."),
        (Completions, """ "prompt":"" """, Form, "prompt", "Either prompt or prompt_embeds must be provided and non-empty."),
        ("/v1/responses", """ "input":"x","text":{"format":{"type":"xml"}} """, Form, "body.text.format.type", "Input should be 'text'"),
        ("/tokenize", """ "prompt":5 """, Form, "body.TokenizeCompletionRequest.prompt", "2 validation errors:"),
        ("/v1/messages", """ "messages":[],"max_tokens":0 """, Form, "body.max_tokens", "Value error, max_tokens must be positive"),
        ("/detokenize", """ "tokens":[-1] """, Form, "body.tokens.0", "Input should be greater than or equal to 0"),
    ];

    [Fact]
    public async Task Each_is_a_400_in_vllms_words_and_shape()
    {
        using var engine = await Start();
        var wrong = new List<string>();
        foreach (var (route, members, type, parameter, words) in Cases)
        {
            var given = members.Contains("\"prompt\"", StringComparison.Ordinal) || !route.Contains("completions", StringComparison.Ordinal)
                ? "" : route == Chat ? $",\"messages\":{Hello}" : route == Completions ? ",\"prompt\":\"a\"" : "";
            var (status, body) = await engine.AskAsync(route, $"{{\"model\":\"m\"{given},{members}}}");
            var error = status == 400 ? JsonDocument.Parse(body).RootElement.GetProperty("error") : default;
            if (status != 400 || error.GetProperty("type").GetString() != type || error.GetProperty("param").GetString() != parameter
                || error.GetProperty("code").GetInt32() != 400
                || !error.GetProperty("message").GetString()!.Contains(words, StringComparison.Ordinal))
            {
                wrong.Add($"{route} {members}: {status} {body}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task What_cannot_be_read_at_all_is_a_400_however_deep_or_long()
    {
        using var engine = await Start();
        var deep = new string('[', 50_000) + new string(']', 50_000);
        var nested = string.Concat(Enumerable.Repeat("{\"properties\":{\"a\":", 400)) + "{}" + string.Concat(Enumerable.Repeat("}}", 400));
        string[] bodies =
        [
            "", "[1]", "{", "nothing", """{"messages":[{"role":"user","content":"\ud800"}]}""",
            $"{{\"messages\":{deep}}}",
            $"{{\"messages\":{Hello},\"seed\":{new string('9', 5000)}}}",
            $"{{\"messages\":{Hello},\"vllm_xargs\":{{\"a\":{deep}}}}}",
            $"{{\"messages\":{Hello},\"structured_outputs\":{{\"json\":{nested}}}}}",
            $"{{\"messages\":{Hello},\"structured_outputs\":{{\"regex\":\"{new string('(', 5000)}\"}}}}",
        ];
        foreach (var body in bodies)
        {
            var (status, answer) = await engine.AskAsync(Chat, body);
            Assert.True(status == 400, $"{body[..Math.Min(80, body.Length)]}: {status} {answer}");
        }

        var label = "http://" + new string('a', 70) + "/";
        foreach (var url in (string[])["http://[::1", "http://a:99999/", label,
            "ftp://a/", "file:///etc\\u0000", "data:image/jpeg;base64,/9j/wAAR"])
        {
            var (status, answer) = await engine.AskAsync(Chat,
                $$"""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":"{{url}}"}]}]}""");
            Assert.True(status == 400, $"{url}: {status} {answer}");
        }

        Assert.Equal(200, (await engine.AskAsync("/health")).Status);
    }

    [Fact]
    public async Task No_small_request_keeps_the_engine_from_the_others()
    {
        using var engine = await Start();
        var twice = string.Concat(Enumerable.Range(0, 31).Select(at =>
            $"\"d{at}\":{{\"allOf\":[{{\"$ref\":\"#/$defs/d{at + 1}\"}},{{\"$ref\":\"#/$defs/d{at + 1}\"}}]}},"));
        const string Rule = "root ::= \"a\"\n";
        string[] texts =
            [Rule + new string('[', 19_000), Rule + new string('[', 30_000), Rule + string.Concat(Enumerable.Repeat("\\\"", 9000))];
        string[] requests =
        [
            $"\"json\":{{\"$ref\":\"#/$defs/d0\",\"$defs\":{{{twice}\"d31\":{{}}}}}}",
            """ "json":{"type":"array","minItems":9000,"items":{"type":"string","minLength":9000}} """,
            """ "json":{"type":"array","minItems":9000,"items":{"type":"string","pattern":"a{9000}"}} """,
            .. texts.Select(text => $"\"grammar\":{JsonSerializer.Serialize(text)}"),
        ];
        var watch = Stopwatch.StartNew();
        foreach (var request in requests)
        {
            var (status, answer) = await engine.AskAsync(Chat, $"{{\"messages\":{Hello},\"structured_outputs\":{{{request}}}}}");
            Assert.True(status == 400, $"{request[..Math.Min(80, request.Length)]}: {status} {answer}");
        }

        var body = $"{{\"messages\":{Hello},\"max_tokens\":1,\"user\":\"{new string('u', 400_000)}\"}}";
        var chunks = string.Concat(body.Select(letter => $"1\r\n{letter}\r\n"));
        var reported = await engine.SendAsync(Encoding.ASCII.GetBytes(
            $"POST {Chat} HTTP/1.1\r\nHost: e\r\nContent-Type: application/json\r\nConnection: close\r\n" +
            $"Transfer-Encoding: chunked\r\n\r\n{chunks}0\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 200 ", reported, StringComparison.Ordinal);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_chunk_without_a_size_ends_the_connection_and_not_the_engine()
    {
        using var engine = await Start();
        foreach (var size in (string[])["-2", "0x10", "1_0", "", "z"])
        {
            var answer = await engine.SendAsync(Encoding.ASCII.GetBytes(
                $"POST {Chat} HTTP/1.1\r\nHost: e\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\nab\r\n"));
            Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        }

        Assert.Equal(200, (await engine.AskAsync("/health")).Status);
    }

    [Fact]
    public async Task The_server_may_be_set_to_trust_its_clients()
    {
        using var engine = await new FakeVllm().StartAsync(
            new Dictionary<string, string> { ["VLLM_MAX_STOP_STRINGS"] = "5" },
            "--trust-request-mm-kwargs", "--trust-request-chat-template", "--max-logprobs", "30");
        const string More = """
            "stop":["1","2","3","4","5"],"mm_processor_kwargs":{"a":1},"chat_template":"t","logprobs":true,"top_logprobs":30
            """;
        var (status, body) = await engine.AskAsync(Chat, $"{{\"messages\":{Hello},{More}}}");
        Assert.True(status == 200, body);
    }

    private static Task<FakeVllm> Start() => new FakeVllm().StartAsync(
        new Dictionary<string, string> { ["VLLM_MAX_COMPLETION_PROMPTS"] = "3" },
        "--enable-auto-tool-choice", "--tool-call-parser", "mistral", "--allowed-media-domains", "nobody.invalid",
        "--allowed-local-media-path", "/tmp");
}
