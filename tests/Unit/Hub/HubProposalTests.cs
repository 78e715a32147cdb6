using System.Text;
using System.Text.Json.Nodes;
using Infra.Lab.Mirrors.Content;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;
using Infra.Planning.Hub;
using Infra.Tests.Unit.Sizing;

namespace Infra.Tests.Unit.Hub;

/// <summary>The catalog row that is proposed for a repository, and the message in place of one.</summary>
public sealed class HubProposalTests
{
    private static readonly ModelCatalog Catalog = ModelCatalog.Load();
    private static readonly Observations Logged = Observations.Load();

    public static TheoryData<string> Ids => [.. Repositories.All.Keys];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_kind_of_repository_gets_a_row_that_the_catalog_accepts(string id)
    {
        var proposal = Repositories.All[id].Propose();
        Assert.Equal(id, proposal.Model.Id);
        Assert.Equal(RepositoryFixture.Commit, proposal.Model.Revision);
        Assert.Equal(proposal.Model.WeightBytes,
            ModelCatalog.Load().Add(RepositoryFixture.Utf8(proposal.File), "proposed").Models[id].WeightBytes);
        Assert.Contains(proposal.Found, fact => fact.Contains(RepositoryFixture.Commit, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("acme/Ministral-3-8B-Instruct-2512", "mistralai/Ministral-3-8B-Instruct-2512")]
    [InlineData("acme/Mistral-Large-3-675B-Instruct-2512", "mistralai/Mistral-Large-3-675B-Instruct-2512")]
    public void A_copy_of_a_built_in_model_gets_the_numbers_of_its_row(string id, string builtIn)
    {
        var proposed = Repositories.All[id].Propose().Model;
        var row = Catalog.Models[builtIn];
        Assert.Equal(row.Architecture with { Name = null, TextModel = null }, proposed.Architecture with { Name = null, TextModel = null });
        Assert.Equal(row.Precision, proposed.Precision);
        Assert.Equal(row.Flags, proposed.Flags);
        Assert.Equal(row.Formats, proposed.Formats);
        Assert.Equal(row.Parameters, proposed.Parameters);
        Assert.InRange(proposed.WeightBytes / (double)row.WeightBytes, 0.999, 1.001);
    }

    /// <summary>Models whose format the lab's params.json states.</summary>
    public static TheoryData<string> BuiltIn => [.. Catalog.Models.Values
        .Where(model => model.ServedFormat == WeightsFormat.Mistral && model.Precision is Precision.Bf16 or Precision.Fp8)
        .Select(model => model.Id)];

    /// <summary>The lab's hub writes the files of each built-in model from its row, apart from the width of the tower's blocks.</summary>
    [Theory]
    [MemberData(nameof(BuiltIn))]
    public void The_files_of_a_built_in_model_give_its_row(string id)
    {
        var row = Catalog.Models[id];
        var content = Encoding.UTF8.GetString(HubDescriptions.Params(row));
        const string file = "params.json";
        var proposed = new RepositoryFixture(id)
        {
            Sizes = new Dictionary<string, long>
            {
                [file] = content.Length,
                ["tekken.json"] = 1,
                ["consolidated.safetensors"] = row.WeightBytes,
            },
            Contents = new Dictionary<string, string> { [file] = content },
        }.Propose().Model;
        // Where all layers have experts, the width of dense ones is of no layer.
        var width = row.Architecture.Moe is { DenseLayers: 0 } experts ? experts.ExpertFeedForwardSize : row.Architecture.FeedForwardSize;
        Assert.Equal(row.Architecture with { Name = null, Vision = null, FeedForwardSize = width },
            proposed.Architecture with { Name = null, Vision = null });
        Assert.Equal(row.Architecture.Vision?.Layers, proposed.Architecture.Vision?.Layers);
        Assert.Equal((row.Precision, row.WeightBytes), (proposed.Precision, proposed.WeightBytes));
    }

    [Theory]
    [InlineData("Qwen/Qwen3-14B-AWQ", "qwen3-14b")]
    [InlineData("Qwen/Qwen3-30B-A3B-FP8", "qwen3-30b-a3b")]
    [InlineData("deepseek-ai/DeepSeek-R1-0528", "deepseek-r1")]
    [InlineData("RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic", "llama-3.3-70b")]
    [InlineData("RedHatAI/Meta-Llama-3.1-8B-Instruct-quantized.w4a16", "llama-3.1-8b")]
    [InlineData("mistralai/Mixtral-8x7B-Instruct-v0.1", "mixtral-8x7b")]
    public void A_repository_that_was_measured_gets_the_architecture_of_the_measurement(string id, string architecture)
    {
        var known = Logged.Architectures[architecture];
        var proposed = Repositories.All[id].Propose().Model.Architecture;
        Assert.Equal(known with { Name = null, FeedForwardSize = proposed.FeedForwardSize, MaxPositions = proposed.MaxPositions },
            proposed with { Name = null, TextModel = known.TextModel });
    }

    [Theory]
    [InlineData("acme/Ministral-3-8B-Instruct-2512", "ministral3")]
    [InlineData("Qwen/Qwen3-14B-AWQ", "qwen3")]
    [InlineData("deepseek-ai/DeepSeek-R1-0528", "deepseek_v3")]
    [InlineData("mistralai/Mixtral-8x7B-Instruct-v0.1", "mixtral")]
    public void The_language_model_is_named_by_config_json(string id, string textModel) =>
        Assert.Equal(textModel, Repositories.All[id].Propose().Model.Architecture.TextModel);

    [Theory]
    [InlineData("Qwen/Qwen3-14B-AWQ", Precision.Int4, null)]
    [InlineData("Qwen/Qwen3-30B-A3B-FP8", Precision.Fp8, 128)]
    [InlineData("RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic", Precision.Fp8, null)]
    [InlineData("RedHatAI/Meta-Llama-3.1-8B-Instruct-quantized.w4a16", Precision.Int4, null)]
    [InlineData("mistralai/Mixtral-8x7B-Instruct-v0.1", Precision.Bf16, null)]
    public void The_format_of_the_weights_is_read_with_its_blocks(string id, Precision precision, int? block)
    {
        var proposed = Repositories.All[id].Propose().Model;
        Assert.Equal((precision, block), (proposed.Precision, proposed.Fp8Block));
    }

    [Fact]
    public void Small_4_has_one_latent_for_all_heads_and_experts_in_all_layers()
    {
        var architecture = Repositories.Small4.Propose().Model.Architecture;
        Assert.Equal(23_040, Infra.Planning.Sizing.KvCache.BytesPerToken(architecture, 1, KvCacheType.Auto));
        Assert.Equal(new MixtureOfExperts
        {
            Experts = 128,
            ActiveExperts = 4,
            SharedExperts = 1,
            ExpertFeedForwardSize = 2048,
            DenseLayers = 0,
        }, architecture.Moe);
        Assert.InRange(WeightFormula.Parameters(architecture) / 1e9, 119.35, 119.45);
    }

    [Fact]
    public void A_model_for_embeddings_is_recognized_by_its_files() =>
        Assert.Equal(ModelTask.Embed, Repositories.QwenEmbedding.Propose().Model.Task);

    [Fact]
    public void What_transformers_ties_by_default_is_tied() => Assert.True(Repositories.SmolLm.Propose().Model.Architecture.TiedEmbeddings);

    [Fact]
    public void What_the_hub_states_is_in_the_row()
    {
        var model = (Repositories.Ministral8B with { Gated = "manual", Licence = "mit" }).Propose("https://models.acme.example").Model;
        Assert.Equal(("mit", true, "SYSTEM_PROMPT.txt", "https://models.acme.example"),
            (model.Licence, model.Gated, model.SystemPrompt, model.WeightsUrl));
    }

    [Fact]
    public void A_built_in_id_is_replaced_and_said_to_be()
    {
        var proposal = (Repositories.Ministral8B with { Id = "mistralai/Ministral-3-8B-Instruct-2512" }).Propose();
        Assert.Contains("\"replaces\": true", proposal.File, StringComparison.Ordinal);
        Assert.Contains(proposal.Cautions, caution => caution.Contains("built-in catalog", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Ministral-3-8B-Base-2512", ModelUse.Base, "--load-format mistral")]
    [InlineData("Ministral-3-8B-Instruct-2512", ModelUse.Instruct, "--tool-call-parser mistral")]
    [InlineData("Ministral-3-8B-Reasoning-2512", ModelUse.Reasoning, "--reasoning-parser mistral")]
    [InlineData("Magistral-Small-2509", ModelUse.Reasoning, "--reasoning-parser mistral")]
    public void Flags_follow_from_the_format_and_the_training(string name, ModelUse use, string last)
    {
        var model = (Repositories.Ministral8B with { Id = $"acme/{name}" }).Propose().Model;
        Assert.Equal(use, model.Use);
        Assert.EndsWith(last, string.Join(' ', model.Flags), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("params.json", "n_layers", "40", "layers is 40 by params.json and 34 by config.json")]
    [InlineData("params.json", "n_kv_heads", "4", "keyValueHeads is 4 by params.json and 8 by config.json")]
    [InlineData("params.json", "quantization", null, "the weights are bf16 by params.json and fp8 by config.json")]
    [InlineData("config.json", "text_config.vocab_size", "32768", "vocabularySize is 131072 by params.json and 32768 by config.json")]
    [InlineData("config.json", "vision_config.num_hidden_layers", "48", "vision is (24, 1024, 14) by params.json")]
    public void Two_configurations_that_contradict_each_other_are_refused(string file, string member, string? value, string message) =>
        Refuses(Repositories.Ministral8B.With(file, member, value is null ? null : JsonNode.Parse(value)), message);

    [Theory]
    [InlineData("num_hidden_layers", null, "num_hidden_layers is missing")]
    [InlineData("num_hidden_layers", "\"forty\"", "num_hidden_layers is forty instead of a whole number")]
    [InlineData("hidden_size", "-5120", "hidden_size is -5120 instead of a whole number")]
    [InlineData("hidden_size", "1e300", "hidden_size is 1e300 instead of a whole number")]
    [InlineData("vocab_size", "2147483647", "contradicts itself")]
    [InlineData("num_hidden_layers", "0", "contradicts itself: the files have 10.0 GB, and the architecture in INT4 needs 3.1 GB")]
    [InlineData("max_position_embeddings", "2000000000", "has numbers that no catalog row may have: ")]
    [InlineData("num_hidden_layers", "4", "contradicts itself: the files have 10.0 GB, and the architecture in INT4 needs")]
    [InlineData("tie_word_embeddings", "1", "tie_word_embeddings is 1 instead of true or false")]
    [InlineData("architectures", "[]", "without architectures")]
    [InlineData("architectures", "[\"Qwen3NextForCausalLM\"]",
        "is a Qwen3NextForCausalLM (model_type qwen3), which is not supported; supported are DeepseekV2")]
    [InlineData("architectures", "[\"BertModel\"]", "is a BertModel")]
    [InlineData("layer_types", "[\"full_attention\", \"linear_attention\"]", "has layers of the kind linear_attention")]
    [InlineData("quantization_config.bits", "8", "not supported: awq with 8 bits; supported are BF16 and FP16, FP8")]
    [InlineData("quantization_config.quant_method", "\"bitsandbytes\"", "not supported: bitsandbytes")]
    [InlineData("quantization_config.quant_method", "\"mxfp4\"", "not supported: mxfp4")]
    [InlineData("quantization_config", "\"awq\"", "quantization_config is awq instead of an object")]
    public void A_configuration_that_cannot_be_described_is_refused(string member, string? value, string message) =>
        Refuses(Repositories.Qwen14BAwq.With("config.json", member, value is null ? null : JsonNode.Parse(value)), message);

    [Fact]
    public void Weights_in_32_bits_are_refused() => Refuses(
        Repositories.Mixtral.With("config.json", "torch_dtype", "float32"), "has weights in 32 bits");

    [Theory]
    [InlineData("model-Q4_K_M.gguf", "has weights in GGUF only; supported are safetensors")]
    [InlineData("adapter_model.safetensors,adapter_config.json", "is an adapter (LoRA), not a model")]
    [InlineData("pytorch_model.bin,config.json", "has weights in PyTorch's pickle format only")]
    [InlineData("model.onnx,config.json", "has weights in ONNX only")]
    [InlineData("model_index.json", "is a pipeline of several models")]
    [InlineData("model.safetensors", "has weights without config.json or params.json: model.safetensors")]
    [InlineData("weights.safetensors,config.json", "has weights that a node does not fetch: weights.safetensors")]
    [InlineData("consolidated.safetensors,params.json", "it fetches model*.safetensors with config.json, or consolidated*.safetensors")]
    [InlineData("README.md", "has no weights in its top folder: it has README.md")]
    public void A_repository_without_weights_that_can_be_served_is_refused(string files, string message) =>
        Refuses(new RepositoryFixture("acme/thing")
        {
            Sizes = files.Split(',').ToDictionary(name => name, _ => 5_000_000_000L),
            Contents = new Dictionary<string, string>(),
        }, message);

    [Theory]
    [InlineData("""{"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}""",
        "names files that are not there: model-00001-of-00002.safetensors, model-00002-of-00002.safetensors")]
    [InlineData("""{"weight_map": {}}""", "names no files")]
    [InlineData("""{"metadata": {"total_size": 1}}""", "without weight_map")]
    [InlineData("""[1]""", "is not a JSON object")]
    [InlineData("""{"weight_map": """, "is not JSON")]
    public void An_index_that_lies_is_refused(string index, string message) => Refuses(Sharded(index, 1), message);

    [Fact]
    public void An_index_with_other_bytes_is_a_caution_and_the_files_count()
    {
        const string index = """{"metadata": {"total_size": 1}, "weight_map": {"a": "model-00001-of-00001.safetensors"}}""";
        var proposal = Sharded(index, 1).Propose();
        Assert.Equal(9_965_000_000, proposal.Model.WeightBytes);
        Assert.Contains(proposal.Cautions, caution => caution.Contains("states 1 bytes", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_an_index_numbered_files_are_a_full_set_or_refused()
    {
        Assert.Equal(9_965_000_000, Sharded(null, 2).Propose().Model.WeightBytes);
        var missing = Sharded(null, 3);
        var sizes = missing.Sizes.Where(file => !file.Key.Contains("00003-of", StringComparison.Ordinal));
        Refuses(missing with { Sizes = sizes.ToDictionary() }, "neither model.safetensors.index.json nor numbers in their names");
    }

    [Fact]
    public void Layers_with_a_sliding_window_are_a_caution() => Assert.Contains(
        Repositories.Mixtral.With("config.json", "sliding_window", 4096).Propose().Cautions,
        caution => caution.Contains("sliding window", StringComparison.Ordinal));

    /// <summary>Layers as vLLM groups them: one full of four needs no padding, nine of seventeen do.</summary>
    [Theory]
    [InlineData(8, 24, null)]
    [InlineData(16, 16, null)]
    [InlineData(12, 20, "take up to 13 % more than planned")]
    [InlineData(15, 17, "take up to 7 % more than planned")]
    public void Layers_that_vLLM_pads_are_a_caution(int full, int sliding, string? words)
    {
        var kinds = Enumerable.Repeat("full_attention", full).Concat(Enumerable.Repeat("sliding_attention", sliding));
        var cautions = Repositories.Mixtral.With("config.json", "sliding_window", 4096)
            .With("config.json", "layer_types", new JsonArray([.. kinds.Select(kind => (JsonNode)kind)])).Propose().Cautions;
        var caution = Assert.Single(cautions, caution => caution.Contains("sliding window", StringComparison.Ordinal));
        Assert.Equal(words is not null, caution.Contains(words ?? "more than planned", StringComparison.Ordinal));
    }

    [Fact]
    public Task Whatever_a_configuration_says_ends_in_a_row_or_in_one_message() => Abuse.Chance.WithSeedAsync("configurations", chance =>
    {
        string[] values = ["null", "0", "1", "-1", "1e9", "2147483648", "\"x\"", "[]", "{}", "true", "[1,2]", "\"\\u0000\"", "9e999"];
        for (var round = 0; round < 300; round++)
        {
            var repository = Repositories.All.Values.ElementAt(chance.Next(Repositories.All.Count));
            var file = repository.Contents.Keys.ElementAt(chance.Next(repository.Contents.Count));
            var members = Paths(JsonNode.Parse(repository.Contents[file])!.AsObject(), "").ToList();
            var member = members[chance.Next(members.Count)];
            var value = values[chance.Next(values.Length)];
            try
            {
                repository.With(file, member, JsonNode.Parse(value) ?? JsonValue.Create((string?)null)).Propose();
            }
            catch (ConfigurationException error)
            {
                Assert.Single(error.Errors);
                Assert.Equal(HubAddress.Option, error.Errors[0].Key);
            }
        }

        return Task.CompletedTask;
    });

    private static IEnumerable<string> Paths(JsonObject from, string path) => from.SelectMany(member =>
        member.Value is JsonObject nested
            ? Paths(nested, $"{path}{member.Key}.").Append(path + member.Key)
            : [path + member.Key]);

    private static RepositoryFixture Sharded(string? index, int parts)
    {
        var sizes = Enumerable.Range(1, parts).ToDictionary(
            part => $"model-{part:00000}-of-{parts:00000}.safetensors", _ => 9_965_000_000L / parts);
        sizes["config.json"] = 700;
        var contents = new Dictionary<string, string>(Repositories.Qwen14BAwq.Contents);
        if (index is not null)
        {
            sizes["model.safetensors.index.json"] = index.Length;
            contents["model.safetensors.index.json"] = index;
        }

        return Repositories.Qwen14BAwq with { Sizes = sizes, Contents = contents };
    }

    private static void Refuses(RepositoryFixture repository, string message)
    {
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => repository.Propose()).Errors);
        Assert.Equal(HubAddress.Option, error.Key);
        Assert.Contains(message, error.Problem, StringComparison.Ordinal);
        Assert.NotEmpty(error.Fix);
    }
}
