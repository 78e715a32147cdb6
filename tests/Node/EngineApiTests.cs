using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Infra.Tests.Node;

/// <summary>The fake engine's API: vLLM's routes, shapes, limits and words of refusal.</summary>
public sealed class EngineApiTests
{
    private const string Chat = "/v1/chat/completions";
    private const string Hello = """[{"role":"user","content":"hello"}]""";
    private const string Tools = """[{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}]""";

    private static readonly string[] ToolFlags = ["--enable-auto-tool-choice", "--tool-call-parser", "mistral"];

    [Fact]
    public async Task An_answer_states_that_no_model_ran_and_counts_its_tokens()
    {
        using var engine = await Start();
        var (status, body) = await engine.AskAsync(Chat, $"{{\"model\":\"m\",\"messages\":{Hello}}}");
        using var answer = JsonDocument.Parse(body);
        var choice = answer.RootElement.GetProperty("choices")[0];
        Assert.Equal(200, status);
        Assert.Equal("This is a fake engine with the API of vLLM 0.31.0, without a model. You said: hello",
            choice.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
        var usage = answer.RootElement.GetProperty("usage");
        Assert.Equal(usage.GetProperty("total_tokens").GetInt32(),
            usage.GetProperty("prompt_tokens").GetInt32() + usage.GetProperty("completion_tokens").GetInt32());
        Assert.Equal(21, usage.GetProperty("completion_tokens").GetInt32());
    }

    [Fact]
    public async Task A_stream_has_a_role_then_tokens_then_the_usage_then_its_end()
    {
        using var engine = await Start();
        var (_, whole) = await engine.AskAsync(Chat, $"{{\"model\":\"m\",\"messages\":{Hello}}}");
        var (status, body) = await engine.AskAsync(Chat,
            $"{{\"model\":\"m\",\"stream\":true,\"stream_options\":{{\"include_usage\":true}},\"messages\":{Hello}}}");
        var events = body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(200, status);
        Assert.All(events, line => Assert.StartsWith("data: ", line, StringComparison.Ordinal));
        Assert.Equal("data: [DONE]", events[^1]);
        var chunks = events[..^1].Select(line => JsonDocument.Parse(line[6..]).RootElement).ToList();
        Assert.All(chunks, chunk => Assert.Equal("chat.completion.chunk", chunk.GetProperty("object").GetString()));
        Assert.Equal("assistant", Delta(chunks[0]).GetProperty("role").GetString());
        var text = string.Concat(chunks[1..^1].Select(chunk => Delta(chunk).GetProperty("content").GetString()));
        Assert.Equal(
            JsonDocument.Parse(whole).RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString(),
            text);
        Assert.All(chunks[1..^2],
            chunk => Assert.Equal(JsonValueKind.Null, chunk.GetProperty("choices")[0].GetProperty("finish_reason").ValueKind));
        Assert.Equal("stop", chunks[^2].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal(0, chunks[^1].GetProperty("choices").GetArrayLength());
        Assert.Equal(chunks.Count - 2, chunks[^1].GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Fact]
    public async Task A_request_that_vllm_would_refuse_gets_its_status_and_words()
    {
        using var engine = await Start(ToolFlags);
        (string Body, int Status, string Type, string Words)[] cases =
        [
            ("{\"model\":", 400, "Bad Request", "JSON decode error"),
            ("{\"model\":\"m\"}", 400, "Bad Request", "Field required"),
            ($"{{\"model\":\"m\",\"messages\":{Hello},\"temperature\":\"hot\"}}", 400, "Bad Request",
                "Input should be a valid number, unable to parse string as a number"),
            ($"{{\"model\":\"other\",\"messages\":{Hello}}}", 404, "NotFoundError", "The model `other` does not exist."),
            ($"{{\"model\":\"m\",\"messages\":{Hello},\"max_tokens\":0}}", 400, "BadRequestError", "max_tokens must be at least 1, got 0."),
            ($"{{\"model\":\"m\",\"messages\":{Hello},\"max_tokens\":32768}}", 400, "BadRequestError",
                "This model's maximum context length is 32768 tokens. However, you requested 32768 output tokens"),
            ($"{{\"model\":\"m\",\"messages\":[{{\"role\":\"user\",\"content\":\"{new string('x', 140000)}\"}}]}}", 400, "BadRequestError",
                "your prompt contains at least 35004 input tokens"),
            ($"{{\"model\":\"m\",\"messages\":{Hello},\"n\":129}}", 400, "BadRequestError",
                "n must be at most 128, got 129. To increase this limit, set the VLLM_MAX_N_SEQUENCES environment variable."),
            (Image("data:image/png;base64,AAAA"), 400, "BadRequestError", "cannot identify image file"),
            (Image("data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAGQAAAAyCAIAAAA=", 3), 400, "BadRequestError",
                "At most 2 image(s) may be provided in one prompt."),
            ($"{{\"model\":\"m\",\"messages\":{Hello},\"top_logprobs\":3}}", 400, "Bad Request",
                "when using `top_logprobs`, `logprobs` must be set to true."),
            ($"{{\"model\":\"m\",\"messages\":{Hello},\"tools\":{Tools},\"tool_choice\":{{\"type\":\"function\",\"function\":5}}}}", 400,
                "Bad Request", "Invalid value for `function`: `5` in `tool_choice`!"),
            (Image("http://127.0.0.1:9/a.png"), 500, "InternalServerError", "Cannot connect to host 127.0.0.1:9"),
        ];
        foreach (var (sent, status, type, words) in cases)
        {
            var (got, body) = await engine.AskAsync(Chat, sent);
            var error = JsonDocument.Parse(body).RootElement.GetProperty("error");
            Assert.Equal((status, type, status), (got, error.GetProperty("type").GetString(), error.GetProperty("code").GetInt32()));
            Assert.Contains(words, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        }

        var (seen, image) = await engine.AskAsync(Chat, Image("data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAGQAAAAyCAIAAAA="));
        Assert.Equal(200, seen);
        Assert.Contains("I was given 1 image(s): PNG 100x50.", image, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_word_of_a_tool_calls_it_and_without_the_flags_tools_are_refused()
    {
        var asked = $"{{\"model\":\"m\",\"messages\":[{{\"role\":\"user\",\"content\":\"the weather, please\"}}],\"tools\":{Tools}";
        using (var plain = await Start())
        {
            var (refused, words) = await plain.AskAsync(Chat, asked + "}");
            Assert.Equal(400, refused);
            Assert.Contains("\\\"auto\\\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set", words,
                StringComparison.Ordinal);
        }

        using var engine = await Start(ToolFlags);
        var (_, body) = await engine.AskAsync(Chat, asked + "}");
        var choice = JsonDocument.Parse(body).RootElement.GetProperty("choices")[0];
        Assert.Equal("tool_calls", choice.GetProperty("finish_reason").GetString());
        var function = choice.GetProperty("message").GetProperty("tool_calls")[0].GetProperty("function");
        Assert.Equal(("weather", "{\"city\": \"fake\"}"),
            (function.GetProperty("name").GetString(), function.GetProperty("arguments").GetString()));

        var (_, stream) = await engine.AskAsync(Chat, asked + ",\"stream\":true}");
        var calls = stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)[1..^1]
            .Select(line => Delta(JsonDocument.Parse(line[6..]).RootElement).GetProperty("tool_calls")[0]).ToList();
        Assert.Equal("weather", calls[0].GetProperty("function").GetProperty("name").GetString());
        Assert.Equal("{\"city\": \"fake\"}",
            string.Concat(calls.Select(call => call.GetProperty("function").GetProperty("arguments").GetString())));
    }

    [Fact]
    public async Task Every_route_of_the_data_file_is_there_under_its_condition_and_only_then()
    {
        using var routes = JsonDocument.Parse(File.ReadAllText(Path.Combine(FakeVllm.Package, "vllm", "routes.json")));
        using var engine = await Start("--disable-fastapi-docs");
        foreach (var route in routes.RootElement.GetProperty("routes").EnumerateArray())
        {
            var path = route.GetProperty("path").GetString()!.Replace("{response_id}", "r", StringComparison.Ordinal);
            var method = route.GetProperty("methods")[0].GetString()!;
            var (status, body) = await engine.AskAsync(path, method == "POST" ? "{}" : null, method);
            var missing = status == 404 && body == """{"detail":"Not Found"}""";
            Assert.True(missing == (route.GetProperty("when").GetString() != "always"), $"{method} {path}: {status} {body}");
            if (!missing)
            {
                Assert.Equal((405, """{"detail":"Method Not Allowed"}"""), await engine.AskAsync(path, null, "DELETE"));
            }
        }
    }

    [Fact]
    public async Task Development_mode_opens_the_routes_that_can_stop_the_engine()
    {
        using var engine = await Start(new Dictionary<string, string> { ["VLLM_SERVER_DEV_MODE"] = "1" });
        Assert.Equal("""{"is_paused":false}""", (await engine.AskAsync("/is_paused")).Body);
        await engine.AskAsync("/pause", "");
        Assert.Equal("""{"is_paused":true}""", (await engine.AskAsync("/is_paused")).Body);
    }

    [Fact]
    public async Task The_key_guards_the_api_and_not_what_vllm_leaves_open()
    {
        using var engine = await Start("--api-key", "secret");
        Assert.Equal((401, """{"error":"Unauthorized"}"""), await engine.AskAsync("/v1/models"));
        Assert.Equal(200, (await engine.AskAsync("/health")).Status);
        Assert.Equal(200, (await engine.AskAsync("/invocations", $"{{\"messages\":{Hello}}}")).Status);
        engine.Client.DefaultRequestHeaders.Authorization = new("Bearer", "secret");
        Assert.Equal(200, (await engine.AskAsync("/v1/models")).Status);
        Assert.DoesNotContain("secret", engine.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Counters_move_with_what_was_asked_and_the_prompt_is_not_logged()
    {
        using var engine = await Start();
        var before = await Tokens(engine);
        await engine.AskAsync("/v1/completions", """{"model":"m","prompt":"whisper","max_tokens":7,"ignore_eos":true}""");
        Assert.Equal(before + 9, await Tokens(engine));
        Assert.DoesNotContain("whisper", (await engine.StopAsync()).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_rate_holds_an_answer_back_and_a_client_that_leaves_frees_its_place()
    {
        using var engine = await Start(new Dictionary<string, string> { ["LAB_TOKENS_PER_SECOND"] = "20" }, "--max-num-seqs", "1");
        using var leaving = new CancellationTokenSource();
        var endless = engine.Client.PostAsync("/v1/completions",
            new StringContent("""{"model":"m","prompt":"a","max_tokens":30000,"ignore_eos":true}""", null, "application/json"),
            leaving.Token);
        Assert.NotSame(endless, await Task.WhenAny(endless, Metric(engine, "num_requests_running", 1)));
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => endless);
        var start = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal(200, (await engine.AskAsync("/v1/completions", """{"model":"m","prompt":"a","max_tokens":10}""")).Status);
        Assert.InRange(start.Elapsed.TotalSeconds, 0.4, 30);
    }

    [Fact]
    public async Task An_engine_made_to_die_answers_500_and_ends_with_status_1()
    {
        using var engine = await Start(new Dictionary<string, string> { ["LAB_TOKENS_PER_SECOND"] = "1" });
        var asked = engine.AskAsync("/v1/completions", """{"model":"m","prompt":"a","max_tokens":3000,"ignore_eos":true}""");
        await Metric(engine, "num_requests_running", 1);
        engine.MachineReports("""{"count":1,"fault":"die"}""");
        var (status, body) = await asked;
        Assert.Equal(500, status);
        Assert.Contains("EngineCore encountered an issue.", body, StringComparison.Ordinal);
        var (end, output) = await engine.EndAsync();
        Assert.Equal(1, end);
        Assert.Contains("EngineDeadError", output, StringComparison.Ordinal);
    }

    private static JsonElement Delta(JsonElement chunk) => chunk.GetProperty("choices")[0].GetProperty("delta");

    private static string Image(string url, int count = 1) =>
        $"{{\"model\":\"m\",\"messages\":[{{\"role\":\"user\",\"content\":[{string.Join(',', Enumerable.Repeat($"{{\"type\":\"image_url\",\"image_url\":{{\"url\":\"{url}\"}}}}", count))}]}}]}}";

    private static Task<FakeVllm> Start(params string[] arguments) => Start(null, arguments);

    private static Task<FakeVllm> Start(IReadOnlyDictionary<string, string>? environment, params string[] arguments) =>
        new FakeVllm().StartAsync(
            new Dictionary<string, string>(environment ?? new Dictionary<string, string>()) { ["VLLM_MAX_N_SEQUENCES"] = "128" },
            ["--limit-mm-per-prompt.image", "2", .. arguments]);

    private static async Task<double> Read(FakeVllm engine, string metric) =>
        double.Parse(Regex.Match((await engine.AskAsync("/metrics")).Body, $@"^vllm:{metric}{{.*}} ([0-9.e+]+)$",
            RegexOptions.Multiline).Groups[1].Value, CultureInfo.InvariantCulture);

    private static async Task<double> Tokens(FakeVllm engine) =>
        await Read(engine, "prompt_tokens_total") + await Read(engine, "generation_tokens_total");

    private static async Task Metric(FakeVllm engine, string metric, double value)
    {
        while (await Read(engine, metric) != value)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }
}
