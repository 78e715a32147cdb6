using System.Text.Json;

namespace Infra.Tests.Node;

/// <summary>The fake engine with a model that pools: its routes, shapes and refusals.</summary>
public sealed class EnginePoolingTests
{
    private const string Embedder = "MistralModel";
    private const string Scorer = "MistralForSequenceClassification";

    [Fact]
    public async Task Texts_become_vectors_of_the_models_width_as_numbers_or_as_base64()
    {
        using var engine = await FakeVllm.PoolingAsync(Embedder);
        var (status, body) = await engine.AskAsync("/v1/embeddings", """{"model":"m","input":["one text","another"]}""");
        var reported = JsonDocument.Parse(body).RootElement;
        Assert.Equal((200, 2), (status, reported.GetProperty("data").GetArrayLength()));
        var numbers = reported.GetProperty("data")[0].GetProperty("embedding").EnumerateArray().Select(number => number.GetDouble())
            .ToArray();
        Assert.Equal(64, numbers.Length);
        Assert.Equal(1, numbers.Sum(number => number * number), 6);
        Assert.Equal(4, reported.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());

        var (_, packed) = await engine.AskAsync("/v1/embeddings", """{"model":"m","input":"one text","encoding_format":"base64"}""");
        var bytes = Convert.FromBase64String(JsonDocument.Parse(packed).RootElement.GetProperty("data")[0].GetProperty("embedding")
            .GetString()!);
        Assert.Equal(numbers.Select(number => (float)number), Enumerable.Range(0, 64).Select(at => BitConverter.ToSingle(bytes, 4 * at)));
    }

    [Fact]
    public async Task Texts_are_scored_and_ranked_by_what_they_share()
    {
        using var engine = await FakeVllm.PoolingAsync(Scorer);
        var (_, scores) = await engine.AskAsync("/v1/score",
            """{"model":"m","text_1":"a red fox","text_2":["a red fox","nothing alike"]}""");
        Assert.Equal([1.0, 0.0], JsonDocument.Parse(scores).RootElement.GetProperty("data").EnumerateArray().Select(one =>
            one.GetProperty("score").GetDouble()));
        var (_, ranks) = await engine.AskAsync("/v1/rerank",
            """{"model":"m","query":"a red fox","documents":["nothing alike","the red fox"],"top_n":1}""");
        Assert.Equal(1,
            Assert.Single(JsonDocument.Parse(ranks).RootElement.GetProperty("results").EnumerateArray()).GetProperty("index").GetInt32());
        Assert.Equal(400, (await engine.AskAsync("/v1/score", """{"model":"m","text_1":["a","b"],"text_2":["a","b","c"]}""")).Status);
    }

    [Theory]
    [InlineData(Embedder, "/v1/embeddings", "/v1/chat/completions /v1/completions /v1/responses /v1/messages /v1/messages/count_tokens")]
    [InlineData(Scorer, "/v1/score /v1/rerank", "/v1/embeddings /v1/chat/completions /v1/completions /v1/responses /v1/messages")]
    public async Task It_has_the_routes_of_its_pooler_and_none_that_generate(string architecture, string there, string absent)
    {
        using var engine = await FakeVllm.PoolingAsync(architecture);
        foreach (var route in there.Split(' '))
        {
            Assert.Equal((route, 400), (route, (await engine.AskAsync(route, "{}")).Status));
        }

        foreach (var route in absent.Split(' '))
        {
            Assert.Equal((route, 404), (route, (await engine.AskAsync(route, "{}")).Status));
        }
    }

    [Fact]
    public async Task An_input_that_it_could_not_read_in_one_step_ends_its_start()
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() =>
            FakeVllm.PoolingAsync(Embedder, "--max-num-batched-tokens", "2048"));
        Assert.Contains("max_num_batched_tokens (2048) is smaller than max_model_len (32768)", failure.Message, StringComparison.Ordinal);
    }
}
