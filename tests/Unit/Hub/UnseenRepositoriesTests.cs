using Infra.Planning.Catalog;
using Infra.Planning.Errors;
using Infra.Planning.Hub;
using Infra.Planning.Placements;

namespace Infra.Tests.Unit.Hub;

/// <summary>
/// Quantizations and conversions of Mistral's models that are on the hub, with the members of their files as public records show them. None
/// was known when the reading was written. Bytes are read where a record has them, else computed from the format.
/// </summary>
public sealed class UnseenRepositoriesTests
{
    private const string Pixtral = """
        "vision_config": {"model_type": "pixtral", "hidden_size": 1024, "num_hidden_layers": 24, "intermediate_size": 4096,
        "patch_size": 14, "image_size": 1540, "num_attention_heads": 16}
        """;

    private static string Ministral14B(string quantization) => $$"""
        {"architectures": ["Mistral3ForConditionalGeneration"], "model_type": "mistral3", "dtype": "bfloat16", "spatial_merge_size": 2,
        {{quantization}},
        "text_config": {"model_type": "ministral3", "hidden_size": 5120, "num_hidden_layers": 40, "num_attention_heads": 32,
        "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 16384, "vocab_size": 131072, "tie_word_embeddings": false,
        "max_position_embeddings": 262144, "sliding_window": null}, {{Pixtral}}}
        """;

    /// <summary>Small 3.2 and Devstral Small 2 have the same numbers; the language model and the positions tell them apart.</summary>
    private static string Of24B(string quantization, string textModel = "ministral3", int positions = 393_216) => $$"""
        {"architectures": ["Mistral3ForConditionalGeneration"], "model_type": "mistral3", "dtype": "bfloat16", "spatial_merge_size": 2,
        {{quantization}},
        "text_config": {"model_type": "{{textModel}}", "hidden_size": 5120, "num_hidden_layers": 40, "num_attention_heads": 32,
        "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 32768, "vocab_size": 131072, "tie_word_embeddings": false,
        "max_position_embeddings": {{positions}}, "sliding_window": null}, {{Pixtral}}}
        """;

    private static string PackedInt4(int group) => $$$$"""
        "quantization_config": {"quant_method": "compressed-tensors", "format": "pack-quantized", "config_groups": {"group_0": {"targets":
        ["Linear"], "weights": {"num_bits": 4, "type": "int", "strategy": "group", "group_size": {{{{group}}}}, "symmetric": true}}},
        "ignore": ["lm_head", "re:.*vision_tower.*", "re:.*multi_modal_projector.*"]}
        """;

    private const string PackedNvFp4 = """
        "quantization_config": {"quant_method": "compressed-tensors", "format": "nvfp4-pack-quantized", "config_groups": {"group_0":
        {"targets": ["Linear"], "weights": {"num_bits": 4, "type": "float", "strategy": "tensor_group", "group_size": 16}}},
        "ignore": ["lm_head"]}
        """;

    /// <summary>FP8 attention and edge layers, NVFP4 blocks, as the record in QuantizationTests has it.</summary>
    private const string ModelOptMixed = """
        "quantization_config": {"quant_method": "modelopt", "quant_algo": "MIXED_PRECISION", "quantized_layers": {
        "model.layers.0.self_attn.q_proj": {"quant_algo": "FP8"}, "model.layers.0.mlp.up_proj": {"quant_algo": "FP8"},
        "model.layers.4.mlp.up_proj": {"quant_algo": "NVFP4", "group_size": 16}}, "producer": {"name": "modelopt"}}
        """;

    private static RepositoryFixture Of(string id, long bytes, string config, string? baseModel, string[]? others = null) =>
        RepositoryFixture.Hf(id, bytes, config, others ?? []) with { BaseModel = baseModel };

    private const string Ministral = "mistralai/Ministral-3-14B-Instruct-2512";
    private const string Devstral = "mistralai/Devstral-Small-2-24B-Instruct-2512";
    private const string Small = "mistralai/Mistral-Small-3.2-24B-Instruct-2506";
    private const string Medium = "mistralai/Mistral-Medium-3.5-128B";

    private static readonly Dictionary<string, RepositoryFixture> Served = new[]
    {
        Of("cyankiwi/Ministral-3-14B-Instruct-2512-AWQ-4bit", 10_405_058_560, Ministral14B(PackedInt4(32)), Ministral),
        Of("cyankiwi/Devstral-Small-2-24B-Instruct-2512-AWQ-4bit", 16_300_000_000, Of24B(PackedInt4(32)), Devstral,
            ["tekken.json", "SYSTEM_PROMPT.txt"]),
        Of("Firworks/Devstral-Small-2-24B-Instruct-2512-nvfp4", 15_800_000_000, Of24B(PackedNvFp4), Devstral),
        Of("gratex/mistral-small-3.2-24b-Instruct-GPTQ-W4A16", 15_100_000_000, Of24B("""
            "quantization_config": {"bits": 4, "data_type": "int", "group_size": 128, "sym": true, "desc_act": false, "lm_head": false,
            "autoround_version": "0.12.3", "provider": "auto-round", "quant_method": "gptq"}
            """, "mistral", 131_072), Small),
        Of("gratex/Mistral-Small-3.2-24B-Instruct-2506-W4A16-AutoRound", 15_100_000_000, Of24B("""
            "quantization_config": {"bits": 4, "data_type": "int", "group_size": 128, "sym": true, "batch_size": 4, "iters": 1000,
            "block_name_to_quantize": "model.language_model.layers", "quant_method": "auto-round",
            "packing_format": "auto_round:auto_gptq"}
            """, "mistral", 131_072), Small),
        Of("RedHatAI/Mistral-Small-3.2-24B-Instruct-2506-FP8", 25_800_000_000, Of24B("""
            "quantization_config": {"quant_method": "compressed-tensors", "format": "float-quantized", "config_groups": {"group_0":
            {"targets": ["Linear"], "weights": {"num_bits": 8, "type": "float", "strategy": "tensor", "symmetric": true}}}}
            """, "mistral", 131_072), Small),
        Of("nvidia/Mistral-Medium-3.5-128B-NVFP4", 95_224_812_960, $$$"""
            {"architectures": ["Mistral3ForConditionalGeneration"], "model_type": "mistral3", "spatial_merge_size": 2, {{{ModelOptMixed}}},
            "text_config": {"model_type": "ministral3", "hidden_size": 12288, "num_hidden_layers": 88, "num_attention_heads": 96,
            "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 28672, "vocab_size": 131072, "tie_word_embeddings": false,
            "max_position_embeddings": 262144}, "vision_config": {"model_type": "pixtral", "hidden_size": 1664, "num_hidden_layers": 48,
            "intermediate_size": 8192, "patch_size": 14, "image_size": 1540, "num_attention_heads": 16}}
            """, Medium) with { Licence = "other" },
        Of("levara/Devstral-Small-2-24B-TextOnly-FP8", 24_900_000_000, """
            {"architectures": ["Ministral3ForCausalLM"], "model_type": "ministral3", "dtype": "bfloat16", "hidden_size": 5120,
            "num_hidden_layers": 40, "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 32768,
            "vocab_size": 131072, "tie_word_embeddings": false, "max_position_embeddings": 393216, "sliding_window": null,
            "quantization_config": {"activation_scheme": "static", "quant_method": "fp8", "weight_block_size": null}}
            """, Devstral),
        Large3FpBlock(),
    }.ToDictionary(repository => repository.Id);

    /// <summary>vllm-project/llm-compressor's example for Large 3, which writes Mistral's format.</summary>
    private static RepositoryFixture Large3FpBlock()
    {
        var large = Repositories.Large3.With("params.json", "quantization", System.Text.Json.Nodes.JsonNode.Parse("""
            {"quant_method": "compressed-tensors", "format": "float-quantized", "config_groups": {"group_0": {"targets": ["Linear"],
            "weights": {"num_bits": 8, "type": "float", "strategy": "block", "block_structure": [128, 128], "symmetric": true}}},
            "ignore": ["model.embed_tokens", "re:vision_encoder.*", "lm_head"]}
            """));
        return large with
        {
            Id = "acme/Mistral-Large-3-675B-Instruct-2512-FP8-BLOCK",
            BaseModel = "mistralai/Mistral-Large-3-675B-Instruct-2512-BF16",
        };
    }

    public static TheoryData<string> Ids => [.. Served.Keys];

    [Theory]
    [InlineData("cyankiwi/Ministral-3-14B-Instruct-2512-AWQ-4bit", Precision.Int4, Ministral)]
    [InlineData("cyankiwi/Devstral-Small-2-24B-Instruct-2512-AWQ-4bit", Precision.Int4, Devstral)]
    [InlineData("Firworks/Devstral-Small-2-24B-Instruct-2512-nvfp4", Precision.Nvfp4, Devstral)]
    [InlineData("gratex/mistral-small-3.2-24b-Instruct-GPTQ-W4A16", Precision.Int4, Small)]
    [InlineData("gratex/Mistral-Small-3.2-24B-Instruct-2506-W4A16-AutoRound", Precision.Int4, Small)]
    [InlineData("RedHatAI/Mistral-Small-3.2-24B-Instruct-2506-FP8", Precision.Fp8, Small)]
    [InlineData("nvidia/Mistral-Medium-3.5-128B-NVFP4", Precision.Nvfp4, Medium)]
    [InlineData("levara/Devstral-Small-2-24B-TextOnly-FP8", Precision.Fp8, null)]
    [InlineData("acme/Mistral-Large-3-675B-Instruct-2512-FP8-BLOCK", Precision.Fp8, "mistralai/Mistral-Large-3-675B-Instruct-2512-BF16")]
    public void A_quantization_of_a_built_in_model_is_based_on_it(string id, Precision precision, string? parent)
    {
        var proposal = Served[id].Propose();
        Assert.Equal(precision, proposal.Model.Precision);
        Assert.Equal(Served[id].Sizes.Where(file => file.Key.EndsWith(".safetensors", StringComparison.Ordinal)).Sum(file => file.Value),
            proposal.Model.WeightBytes);
        Assert.Equal(parent is null ? 0 : 1, proposal.File.Split("\"basedOn\":").Length - 1);
        if (parent is not null)
        {
            var row = ModelCatalog.Load().Models[parent];
            Assert.Contains($"\"basedOn\": \"{parent}\"", proposal.File, StringComparison.Ordinal);
            Assert.Equal((row.Family, row.MinimumEngine, row.MaxContext, row.Licence),
                (proposal.Model.Family, proposal.Model.MinimumEngine, proposal.Model.MaxContext, proposal.Model.Licence));
            Assert.Equal(row.Architecture with { Name = null, MaxPositions = 1 },
                proposal.Model.Architecture with { Name = null, MaxPositions = 1 });
        }
    }

    /// <summary>The bytes and what the id says are enough: nothing that the parent's row has is written again.</summary>
    [Theory]
    [InlineData("cyankiwi/Ministral-3-14B-Instruct-2512-AWQ-4bit")]
    [InlineData("nvidia/Mistral-Medium-3.5-128B-NVFP4")]
    public void The_row_of_a_quantization_has_two_lines_besides_its_commit_and_its_source(string id)
    {
        var row = System.Text.Json.Nodes.JsonNode.Parse(Served[id].Propose().File)!["models"]![0]!.AsObject();
        Assert.Equal(["id", "basedOn", "revision", "weightBytes", "source", "sourceDate"], row.Select(member => member.Key));
    }

    /// <summary>A plan of the short row is that of the whole one, apart from what only a person can know.</summary>
    [Theory]
    [MemberData(nameof(Ids))]
    public void What_is_proposed_fits_somewhere_and_knows_the_defects_of_its_language_model(string id)
    {
        var proposal = Served[id].Propose();
        var request = new PlacementRequest { Model = proposal.Model, Engine = ModelCatalog.Load().Engines["0.31.0"], ContextLength = 8192 };
        Assert.NotEmpty(Placer.Place(request, proposal.Catalog, "endpoints.chat").Size.Slug);
        Assert.NotNull(proposal.Model.Architecture.TextModel);
    }

    [Fact]
    public void A_base_model_of_another_shape_is_named_and_the_row_is_whole()
    {
        var proposal = (Served["cyankiwi/Ministral-3-14B-Instruct-2512-AWQ-4bit"] with { BaseModel = Devstral }).Propose();
        Assert.DoesNotContain("basedOn", proposal.File, StringComparison.Ordinal);
        Assert.Contains(proposal.Cautions, caution => caution.Contains($"the hub names {Devstral} as its base_model, but it differs in "
            + "feedForwardSize", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_base_model_equal_numbers_are_enough()
    {
        var proposal = (Served["cyankiwi/Ministral-3-14B-Instruct-2512-AWQ-4bit"] with { BaseModel = null }).Propose();
        Assert.Contains($"\"basedOn\": \"{Ministral}\"", proposal.File, StringComparison.Ordinal);
        Assert.Contains(proposal.Found, fact => fact.Contains("the same architecture in every number", StringComparison.Ordinal));
    }

    [Fact]
    public void A_base_model_that_the_catalog_lacks_is_another_model_of_the_same_shape() => Assert.DoesNotContain("basedOn",
        (Served["cyankiwi/Ministral-3-14B-Instruct-2512-AWQ-4bit"] with { BaseModel = "acme/another" }).Propose().File,
        StringComparison.Ordinal);

    /// <summary>params.json alone: the same numbers are Devstral Small 2 with the scaling of queries and Small 3.2 without.</summary>
    [Theory]
    [InlineData(true, "ministral3")]
    [InlineData(false, "mistral")]
    public void The_language_model_of_a_params_json_follows_from_its_numbers(bool scales, string textModel)
    {
        var repository = OnlyParams("acme/tuned", 32_768, scales ? "\"llama_4_scaling\": {\"beta\": 0.1}," : "");
        Assert.Equal(textModel, repository.Propose().Model.Architecture.TextModel);
    }

    [Fact]
    public void A_params_json_of_unknown_numbers_names_the_member_that_is_missing() => Assert.Contains(
        OnlyParams("acme/pruned", 30_720, "").Propose().Cautions,
        caution => caution.Contains("set architecture.textModel", StringComparison.Ordinal));

    [Theory]
    [InlineData("unsloth/Devstral-Small-2-24B-Instruct-2512-GGUF", "has weights in GGUF only", "name the repository")]
    public void GGUF_is_refused(string id, string problem, string fix) => Refuses(new RepositoryFixture(id)
    {
        Sizes = new Dictionary<string, long> { ["Devstral-Small-2-24B-Instruct-2512-Q4_K_M.gguf"] = 14_300_000_000, ["config.json"] = 900 },
        Contents = new Dictionary<string, string>(),
    }, problem, fix);

    [Theory]
    [InlineData("mlx-community/Devstral-Small-2-24B-Instruct-2512-4bit", 14_100_000_000,
        "\"quantization\": {\"group_size\": 64, \"bits\": 4, \"mode\": \"affine\"}", "in the format of MLX")]
    [InlineData("mlx-community/Devstral-Small-2-24B-Instruct-2512-8bit", 26_000_000_000,
        "\"quantization_config\": {\"group_size\": 64, \"bits\": 8, \"mode\": \"affine\"}", "in the format of MLX")]
    [InlineData("unsloth/Devstral-Small-2-24B-Instruct-2512-bnb-4bit", 15_300_000_000,
        "\"quantization_config\": {\"quant_method\": \"bitsandbytes\", \"load_in_4bit\": true, \"bnb_4bit_quant_type\": \"nf4\"}",
        "not supported: bitsandbytes")]
    [InlineData("xv0y5ncu/Devstral-Small-2-24B-Instruct-GLQ-4bpw", 20_500_000_000,
        "\"quantization_config\": {\"quant_method\": \"glq\", \"bpw\": 4}", "not supported: glq")]
    [InlineData("acme/Devstral-Small-2-24B-mixed", 20_500_000_000, "\"quantization_config\": {\"quant_method\": \"modelopt\", "
        + "\"quant_algo\": \"MIXED_PRECISION\", \"quantized_layers\": {\"a\": {\"quant_algo\": \"W4A8_AWQ\"}}}",
        "not supported: modelopt MIXED_PRECISION with W4A8_AWQ")]
    [InlineData("acme/Devstral-Small-2-24B-JANGTQ2", 9_000_000_000, "\"weight_format\": \"mxtq\", \"mxtq_bits\": 2",
        "contradicts itself: the files have 9.0 GB, and the architecture in BF16 needs 48.0 GB")]
    public void A_format_that_vLLM_does_not_serve_is_refused(string id, long bytes, string quantization, string problem) =>
        Refuses(Of(id, bytes, Of24B(quantization), Devstral), problem, "");

    [Theory]
    [InlineData("{\"qformat_weight\": \"fp8_e4m3\", \"qscheme_act\": \"BLOCK\"}",
        "qscheme_act is BLOCK, and vLLM knows NO_SCALES and TENSOR")]
    [InlineData("{\"quant_method\": \"awq\", \"bits\": 4}", "from params.json, vLLM reads fp8_e4m3 and compressed-tensors")]
    public void What_vLLM_does_not_read_from_a_params_json_is_refused(string quantization, string problem) => Refuses(
        OnlyParams("acme/tuned", 32_768, $"\"quantization\": {quantization},"), problem, "");

    private static RepositoryFixture OnlyParams(string id, int feedForward, string more) => new(id)
    {
        Sizes = new Dictionary<string, long>
        {
            ["params.json"] = 900,
            ["tekken.json"] = 16_000_000,
            ["consolidated.safetensors"] = 48_022_792_192L - (40L * 3 * 5120 * (32_768 - feedForward) * 2),
        },
        Contents = new Dictionary<string, string>
        {
            ["params.json"] = $$$"""
                {"dim": 5120, "n_layers": 40, "head_dim": 128, "hidden_dim": {{{feedForward}}}, "n_heads": 32, "n_kv_heads": 8, {{{more}}}
                "vocab_size": 131072, "tied_embeddings": false, "max_position_embeddings": 262144,
                "vision_encoder": {"hidden_size": 1024, "num_channels": 3, "image_size": 1540, "max_image_size": 1540, "patch_size": 14,
                "intermediate_size": 4096, "num_hidden_layers": 24, "num_attention_heads": 16, "mm_projector_id": "patch_merge",
                "spatial_merge_size": 2, "add_pre_mm_projector_layer_norm": true}}
                """,
        },
    };

    private static void Refuses(RepositoryFixture repository, string problem, string fix)
    {
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => repository.Propose()).Errors);
        Assert.Equal(HubAddress.Option, error.Key);
        Assert.Contains(problem, error.Problem, StringComparison.Ordinal);
        Assert.Contains(fix, error.Fix, StringComparison.Ordinal);
        Assert.NotEmpty(error.Fix);
    }
}
