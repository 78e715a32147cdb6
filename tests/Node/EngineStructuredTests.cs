using System.Text.Json;
using System.Text.RegularExpressions;

namespace Infra.Tests.Node;

/// <summary>Answers that have to be of a form are; and what goes with an answer: probabilities, calls of tools.</summary>
public sealed class EngineStructuredTests(EngineStructuredTests.OneEngine shared) : IClassFixture<EngineStructuredTests.OneEngine>
{
    private const string Chat = "/v1/chat/completions";
    private const string Messages = "\"messages\":[{\"role\":\"user\",\"content\":\"weather\"}]";

    /// <summary>Schemas, and the value that the fake engine gives: each shows keywords that it once did not look at.</summary>
    public static TheoryData<string, string> Schemas => new()
    {
        { """{"type":"array","items":{"type":"string","minLength":12},"minItems":2}""", """["fake--------","fake--------"]""" },
        {
            """
            {"$ref":"#/$defs/pair","$defs":{
              "pair":{"type":"object","required":["left"],"properties":{"left":{"$ref":"#/$defs/n"},"next":{"$ref":"#/$defs/pair"}}},
              "n":{"type":"integer","exclusiveMinimum":7,"multipleOf":5}}}
            """,
            """{"left":10}"""
        },
        {
            """
            {"anyOf":[{"$ref":"#/$defs/endless"},{"const":null}],
             "$defs":{"endless":{"type":"object","required":["more"],"properties":{"more":{"$ref":"#/$defs/endless"}}}}}
            """,
            "null"
        },
        {
            """
            {"allOf":[{"type":"object","required":["a"],"properties":{"a":{"enum":["x","y"]}}},
                      {"required":["b"],"properties":{"b":{"type":"string","pattern":"^\\d{2}-[A-F]$"}}}]}
            """,
            """{"a":"x","b":"00-A"}"""
        },
        {
            """
            {"type":"array","prefixItems":[{"type":"boolean"},{"type":"string","format":"ipv4"}],
             "items":{"type":"number","maximum":-2.5},"minItems":3}
            """,
            """[true,"192.0.2.1",-3.0]"""
        },
        { """{"$ref":"#/x/0","x":[{"type":"integer","minimum":3}]}""", "3" },
        { """{"type":"object","minProperties":2,"additionalProperties":{"type":"null"}}""", """{"more0":null,"more1":null}""" },
    };

    /// <summary>Other placement requests, and an expression that the answer has to match.</summary>
    public static TheoryData<string, string> Constraints => new()
    {
        { """{"choice":["yes","no"]}""", "^(yes|no)$" },
        { """{"regex":"(foo|ba)r{3}[^a-y0-9]?\\w+"}""", @"^(foo|ba)r{3}[^a-y0-9]?\w+$" },
        { """{"regex":"\\p{L}+ [[:a]"}""", @"^\p{L}+ .$" },
        {
            """{"grammar":"root ::= item (\",\" item){2} # three\nitem ::= [a-c]+ | \"(\" root \")\"\n"}""",
            "^[a-c]+(,[a-c]+){2}$"
        },
        {
            """
            {"grammar":"?start: sum\n?sum: NUMBER | sum \"+\" NUMBER -> add\nNUMBER: /[1-9][0-9]*/\n%import common.WS\n%ignore WS"}
            """,
            "^[1-9][0-9]*$"
        },
        { """{"json_object":true}""", @"^\{.*\}$" },
    };

    [Theory]
    [MemberData(nameof(Schemas))]
    public async Task A_schema_is_kept_on_every_route_that_takes_one(string schema, string expected)
    {
        var engine = shared.Engine;
        var format = $"{{\"type\":\"json_schema\",\"json_schema\":{{\"name\":\"n\",\"schema\":{schema}}}}}";
        var flat = $"{{\"format\":{{\"type\":\"json_schema\",\"name\":\"n\",\"schema\":{schema}}}}}";
        var completion = await engine.AskAsync("/v1/completions", $"{{\"prompt\":\"a\",\"max_tokens\":200,\"response_format\":{format}}}");
        var response = await engine.AskAsync("/v1/responses", $"{{\"input\":\"a\",\"text\":{flat}}}");
        var message = await engine.AskAsync("/v1/messages", $"{{\"model\":\"m\",\"max_tokens\":200,{Messages},\"output_config\":{flat}}}");
        foreach (var reported in (string[])
        [
            await Text(engine, $"\"response_format\":{format}"),
            await Text(engine, $"\"structured_outputs\":{{\"json\":{schema}}}"),
            Choice(completion).GetProperty("text").GetString()!,
            Answer(response).GetProperty("output")[0].GetProperty("content")[0].GetProperty("text").GetString()!,
            Answer(message).GetProperty("content")[0].GetProperty("text").GetString()!,
        ])
        {
            Assert.Equal(Plain(expected), Plain(reported));
        }
    }

    [Theory]
    [MemberData(nameof(Constraints))]
    public async Task A_choice_an_expression_and_a_grammar_are_kept(string constraint, string form) =>
        Assert.Matches(form, await Text(shared.Engine, $"\"structured_outputs\":{constraint}"));

    [Fact]
    public async Task A_structural_tag_is_kept()
    {
        var reported = await Text(shared.Engine, """
            "response_format":{"type":"structural_tag","format":{"type":"sequence","elements":[
              {"type":"const_string","value":"a"},
              {"type":"tag","begin":"<b>","content":{"type":"regex","pattern":"12"},"end":"</b>"}]}}
            """);
        Assert.Equal("a<b>12</b>", reported);
        var free = await Text(shared.Engine, """
            "response_format":{"type":"structural_tag","triggers":["<f="],
              "structures":[{"begin":"<f=x>","schema":{"type":"object"},"end":"</f>"}]}
            """);
        Assert.StartsWith("This is", free, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_has_to_be_made_fits_the_tools_schema()
    {
        const string Tool = """
            [{"type":"function","function":{"name":"w","parameters":{"type":"object","required":["days"],
              "properties":{"days":{"type":"array","minItems":2,"items":{"$ref":"#/$defs/day"}}},"$defs":{"day":{"enum":["mo","tu"]}}}}}]
            """;
        var choice = Choice(await shared.Engine.AskAsync(Chat, $"{{{Messages},\"tools\":{Tool},\"tool_choice\":\"required\"}}"));
        var call = choice.GetProperty("message").GetProperty("tool_calls")[0].GetProperty("function");
        Assert.Equal("""{"days": ["mo", "mo"]}""", call.GetProperty("arguments").GetString());
    }

    [Fact]
    public async Task A_call_that_is_cut_is_marked()
    {
        const string Tool = """[{"name":"w","input_schema":{"type":"object","required":["a"],"properties":{"a":{"type":"string"}}}}]""";
        var reported = Answer(await shared.Engine.AskAsync(
            "/v1/messages", $"{{\"model\":\"m\",\"max_tokens\":1,{Messages},\"tools\":{Tool},\"tool_choice\":{{\"type\":\"any\"}}}}"));
        Assert.Equal("max_tokens", reported.GetProperty("stop_reason").GetString());
        Assert.Equal("{}", reported.GetProperty("content")[0].GetProperty("input").GetRawText());
    }

    [Fact]
    public async Task As_many_probabilities_are_sent_as_were_requested_in_a_stream_too()
    {
        foreach (var most in (int[])[3, 0])
        {
            var asked = $"{{{Messages},\"logprobs\":true,\"top_logprobs\":{most},\"max_tokens\":4}}";
            var tokens = Choice(await shared.Engine.AskAsync(Chat, asked)).GetProperty("logprobs").GetProperty("content");
            Assert.Equal(4, tokens.GetArrayLength());
            foreach (var token in tokens.EnumerateArray())
            {
                var top = token.GetProperty("top_logprobs").EnumerateArray().ToList();
                Assert.Equal(most, top.Select(one => one.GetProperty("token").GetString()).Distinct().Count());
                Assert.All(top.Take(1), one => Assert.Equal(token.GetProperty("token").GetString(), one.GetProperty("token").GetString()));
                Assert.Equal(top.OrderByDescending(one => one.GetProperty("logprob").GetDouble()), top);
            }
        }

        var (_, stream) = await shared.Engine.AskAsync("/v1/completions", """{"prompt":"a","max_tokens":2,"logprobs":2,"stream":true}""");
        var reported = Regex.Matches(stream, "\"top_logprobs\": \\[(\\{[^}]*\\})\\]")
            .Select(match => JsonDocument.Parse(match.Groups[1].Value).RootElement.EnumerateObject().Count());
        Assert.Equal([2, 2], reported);
    }

    [Fact]
    public async Task A_batch_of_conversations_has_a_choice_for_each()
    {
        var reported = Answer(await shared.Engine.AskAsync(Chat + "/batch",
            """{"model":"m","messages":[[{"role":"user","content":"one"}],[{"role":"user","content":"two"}]]}"""));
        var choices = reported.GetProperty("choices").EnumerateArray().ToList();
        Assert.Equal([0, 1], choices.Select(choice => choice.GetProperty("index").GetInt32()));
        Assert.EndsWith("one", choices[0].GetProperty("message").GetProperty("content").GetString(), StringComparison.Ordinal);
        Assert.EndsWith("two", choices[1].GetProperty("message").GetProperty("content").GetString(), StringComparison.Ordinal);
    }

    private static string Plain(string json) => JsonSerializer.Serialize(JsonDocument.Parse(json).RootElement);

    private static async Task<string> Text(FakeVllm engine, string constraint) =>
        Choice(await engine.AskAsync(Chat, $"{{{Messages},{constraint}}}")).GetProperty("message").GetProperty("content").GetString()!;

    private static JsonElement Choice((int Status, string Body) answer) => Answer(answer).GetProperty("choices")[0];

    private static JsonElement Answer((int Status, string Body) answer)
    {
        Assert.True(answer.Status == 200, answer.Body);
        return JsonDocument.Parse(answer.Body).RootElement;
    }

    /// <summary>One engine for all of them: none of them leaves anything behind in it.</summary>
    public sealed class OneEngine : IAsyncLifetime
    {
        internal FakeVllm Engine { get; private set; } = null!;

        public async ValueTask InitializeAsync() =>
            Engine = await new FakeVllm().StartAsync(null, "--enable-auto-tool-choice", "--tool-call-parser", "mistral");

        public ValueTask DisposeAsync()
        {
            Engine.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
