using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Infra.Planning.Catalog;

namespace Infra.Lab.Mirrors.Content;

/// <summary>
/// The small files of a repository. Numbers are the catalog's; others (rotary base, norms) are those of Ministral 3.
/// </summary>
internal static class HubDescriptions
{
    private const double RopeTheta = 1_000_000;
    private const double NormEpsilon = 1e-5;
    private const int YarnOriginalPositions = 16384;

    /// <summary>The language model of 2025, whose positions are not stretched.</summary>
    private const string PlainText = "mistral";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, IndentSize = 2, NewLine = "\n" };

    /// <summary>Mistral's <c>params.json</c>.</summary>
    public static byte[] Params(ModelSpec model)
    {
        var architecture = model.Architecture;
        var json = new JsonObject
        {
            ["dim"] = architecture.HiddenSize,
            ["n_layers"] = architecture.Layers,
            ["head_dim"] = architecture.HeadDim ?? architecture.Mla!.NopeHeadDim + architecture.Mla.RopeHeadDim,
            ["hidden_dim"] = architecture.FeedForwardSize,
            ["n_heads"] = architecture.AttentionHeads,
            ["n_kv_heads"] = architecture.KeyValueHeads ?? architecture.AttentionHeads,
            ["rope_theta"] = RopeTheta,
            ["norm_eps"] = NormEpsilon,
            ["vocab_size"] = architecture.VocabularySize,
            ["tied_embeddings"] = architecture.TiedEmbeddings,
            ["max_position_embeddings"] = architecture.MaxPositions,
        };
        if (architecture.TextModel != PlainText)
        {
            json["yarn"] = new JsonObject
            {
                ["original_max_position_embeddings"] = YarnOriginalPositions,
                ["factor"] = Math.Max(1, architecture.MaxPositions / YarnOriginalPositions),
                ["apply_scale"] = false,
                ["beta"] = 32,
                ["alpha"] = 1,
            };
            json["llama_4_scaling"] = new JsonObject
            {
                ["original_max_position_embeddings"] = YarnOriginalPositions,
                ["beta"] = 0.1,
            };
        }

        AddLatent(json, architecture.Mla);
        if (architecture.Moe is { } moe)
        {
            json["moe"] = new JsonObject
            {
                ["num_experts"] = moe.Experts,
                ["num_experts_per_tok"] = moe.ActiveExperts,
                ["num_shared_experts"] = moe.SharedExperts,
                ["expert_hidden_dim"] = moe.ExpertFeedForwardSize,
                ["first_k_dense_replace"] = moe.DenseLayers,
                ["route_every_n"] = 1,
            };
        }

        if (architecture.Vision is { } vision)
        {
            json["vision_encoder"] = new JsonObject
            {
                ["hidden_size"] = vision.HiddenSize,
                ["num_channels"] = 3,
                ["max_image_size"] = vision.ImageSize,
                ["image_size"] = vision.ImageSize,
                ["patch_size"] = vision.PatchSize,
                ["num_hidden_layers"] = vision.Layers,
                ["num_attention_heads"] = 16,
                ["intermediate_size"] = vision.HiddenSize * 4,
                ["spatial_merge_size"] = vision.SpatialMerge,
                ["adapter_bias"] = false,
                ["add_pre_mm_projector_layer_norm"] = true,
                ["mm_projector_id"] = "patch_merge",
                ["image_token_id"] = 10,
                ["image_break_token_id"] = 12,
                ["image_end_token_id"] = 13,
                ["rope_theta"] = 10000,
            };
        }

        if (model.Precision == Precision.Fp8)
        {
            json["quantization"] = new JsonObject { ["qformat_weight"] = "fp8_e4m3", ["qscheme_act"] = "TENSOR" };
        }
        else if (Quantization(model.Precision) is { } quantization)
        {
            json["quantization_config"] = quantization;
        }

        return Bytes(json);
    }

    /// <summary>What transformers and vLLM read of how the weights are stored; null: BF16.</summary>
    private static JsonObject? Quantization(Precision precision) => precision switch
    {
        Precision.Fp8 => new() { ["activation_scheme"] = "static", ["quant_method"] = "fp8" },
        Precision.Nvfp4 => new() { ["format"] = "nvfp4-pack-quantized", ["quant_method"] = "compressed-tensors" },
        Precision.Int4 => new() { ["format"] = "pack-quantized", ["quant_method"] = "compressed-tensors" },
        _ => null,
    };

    /// <summary>transformers' <c>config.json</c>.</summary>
    public static byte[] Config(ModelSpec model)
    {
        var architecture = model.Architecture;
        var json = new JsonObject
        {
            ["architectures"] = new JsonArray(model.Task switch
            {
                ModelTask.Embed => "MistralModel",
                ModelTask.Score => "MistralForSequenceClassification",
                _ => "Mistral3ForConditionalGeneration",
            }),
            ["dtype"] = "bfloat16",
            ["image_token_index"] = 10,
            ["model_type"] = "mistral3",
            ["multimodal_projector_bias"] = false,
            ["projector_hidden_act"] = "gelu",
            ["spatial_merge_size"] = architecture.Vision?.SpatialMerge ?? 1,
            ["text_config"] = Text(architecture),
            ["tie_word_embeddings"] = architecture.TiedEmbeddings,
        };
        if (architecture.Vision is { } vision)
        {
            json["vision_config"] = new JsonObject
            {
                ["model_type"] = "pixtral",
                ["hidden_size"] = vision.HiddenSize,
                ["image_size"] = vision.ImageSize,
                ["intermediate_size"] = vision.HiddenSize * 4,
                ["num_attention_heads"] = 16,
                ["num_channels"] = 3,
                ["num_hidden_layers"] = vision.Layers,
                ["patch_size"] = vision.PatchSize,
            };
        }

        if (Quantization(model.Precision) is { } quantization)
        {
            json["quantization_config"] = quantization;
        }

        return Bytes(json);
    }

    private static JsonObject Text(Architecture architecture)
    {
        var json = new JsonObject
        {
            ["model_type"] = architecture.TextModel ?? "ministral3",
            ["head_dim"] = architecture.HeadDim,
            ["hidden_act"] = "silu",
            ["hidden_size"] = architecture.HiddenSize,
            ["intermediate_size"] = architecture.FeedForwardSize,
            ["max_position_embeddings"] = architecture.MaxPositions,
            ["num_attention_heads"] = architecture.AttentionHeads,
            ["num_hidden_layers"] = architecture.Layers,
            ["num_key_value_heads"] = architecture.KeyValueHeads ?? architecture.AttentionHeads,
            ["rms_norm_eps"] = NormEpsilon,
            ["sliding_window"] = null,
            ["tie_word_embeddings"] = architecture.TiedEmbeddings,
            ["vocab_size"] = architecture.VocabularySize,
        };
        AddLatent(json, architecture.Mla);
        if (architecture.Moe is { } moe)
        {
            json["n_routed_experts"] = moe.Experts;
            json["num_experts_per_tok"] = moe.ActiveExperts;
            json["n_shared_experts"] = moe.SharedExperts;
            json["moe_intermediate_size"] = moe.ExpertFeedForwardSize;
            json["first_k_dense_replace"] = moe.DenseLayers;
        }

        return json;
    }

    /// <summary>The members of latent attention, which have the same names in both files; none without it.</summary>
    private static void AddLatent(JsonObject json, LatentAttention? latent)
    {
        if (latent is not null)
        {
            json["q_lora_rank"] = latent.QueryLoraRank;
            json["kv_lora_rank"] = latent.KeyValueLoraRank;
            json["qk_nope_head_dim"] = latent.NopeHeadDim;
            json["qk_rope_head_dim"] = latent.RopeHeadDim;
            json["v_head_dim"] = latent.ValueHeadDim;
        }
    }

    /// <summary>Mistral's <c>tekken.json</c> with the 256 bytes and a few special tokens: correct format, tiny vocabulary.</summary>
    public static byte[] Tekken(ModelSpec model)
    {
        string[] special =
        [
            "<unk>", "<s>", "</s>", "[INST]", "[/INST]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]", "[TOOL_RESULTS]", "[/TOOL_RESULTS]",
            "[TOOL_CALLS]", "[IMG]", "<pad>", "[IMG_BREAK]", "[IMG_END]",
        ];
        var json = new JsonObject
        {
            ["config"] = new JsonObject
            {
                ["pattern"] = "[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
                ["num_vocab_tokens"] = 256,
                ["default_vocab_size"] = model.Architecture.VocabularySize,
                ["default_num_special_tokens"] = 1000,
                ["version"] = "v13",
            },
            ["vocab"] = new JsonArray([.. Enumerable.Range(0, 256).Select(value => (JsonNode)new JsonObject
            {
                ["rank"] = value,
                ["token_bytes"] = Convert.ToBase64String([(byte)value]),
                ["token_str"] = value is >= 32 and < 127 ? ((char)value).ToString() : null,
            })]),
            ["special_tokens"] = new JsonArray([.. special.Select((token, rank) => (JsonNode)new JsonObject
            {
                ["rank"] = rank,
                ["token_str"] = token,
                ["is_control"] = true,
            })]),
        };
        if (model.Architecture.Vision is { } vision)
        {
            json["image"] = new JsonObject
            {
                ["image_patch_size"] = vision.PatchSize,
                ["max_image_size"] = vision.ImageSize,
                ["spatial_merge_size"] = vision.SpatialMerge,
            };
        }

        return Bytes(json);
    }

    /// <summary>The other small files, by name: tokenizer, processor, and documentation.</summary>
    public static IEnumerable<(string Name, byte[] Content)> Others(ModelSpec model)
    {
        yield return ("README.md", Encoding.UTF8.GetBytes($"""
            ---
            license: {model.Licence.ToLowerInvariant()}
            library_name: vllm
            ---
            # {model.Id}

            A fake of the lab: the layout of the real repository, with small weights of noise.

            """));
        if (model.Use != ModelUse.Base)
        {
            yield return ("SYSTEM_PROMPT.txt", Encoding.UTF8.GetBytes(SystemPrompt(model.Use)));
        }

        yield return ("chat_template.jinja",
            "{{ bos_token }}{% for message in messages %}[INST]{{ message['content'] }}[/INST]{% endfor %}\n"u8.ToArray());
        if (!model.Formats.Contains(WeightsFormat.Hf))
        {
            yield break;
        }

        yield return ("config.json", Config(model));
        yield return ("generation_config.json", Bytes(new()
        {
            ["bos_token_id"] = 1,
            ["eos_token_id"] = 2,
            ["max_length"] = model.MaxContext,
            ["pad_token_id"] = 11,
        }));
        yield return ("processor_config.json", Bytes(new()
        {
            ["image_token"] = "[IMG]",
            ["image_break_token"] = "[IMG_BREAK]",
            ["image_end_token"] = "[IMG_END]",
            ["patch_size"] = model.Architecture.Vision?.PatchSize,
            ["processor_class"] = "PixtralProcessor",
            ["spatial_merge_size"] = model.Architecture.Vision?.SpatialMerge,
        }));
        yield return ("tokenizer.json", Bytes(new()
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = new JsonObject([.. Enumerable.Range(33, 94).Select(value =>
                    KeyValuePair.Create(((char)value).ToString(), (JsonNode?)(value - 33)))]),
                ["merges"] = new JsonArray(),
            },
        }));
        yield return ("tokenizer_config.json", Bytes(new()
        {
            ["bos_token"] = "<s>",
            ["eos_token"] = "</s>",
            ["tokenizer_class"] = "LlamaTokenizerFast",
            ["model_max_length"] = model.MaxContext,
        }));
    }

    // Like the real ones: names and dates to fill in, and instructions for thinking.
    private static string SystemPrompt(ModelUse use) => use == ModelUse.Reasoning
        ? "# HOW YOU SHOULD THINK AND ANSWER\n\nFirst draft what you think.[THINK]Your thoughts, as a fake model has "
            + "them.[/THINK]Here, answer.\n"
        : "You are {name}, a fake model in a lab.\nToday is {today}, and yesterday was {yesterday}.\n";

    /// <summary>The index of a copy with several files.</summary>
    public static byte[] Index(ShrunkWeights weights) => Bytes(new()
    {
        ["metadata"] = new JsonObject { ["total_size"] = weights.Files.Sum(file => file.Tensors.Sum(tensor => tensor.Bytes)) },
        ["weight_map"] = new JsonObject([.. weights.Files.SelectMany(file => file.Tensors.Select(tensor =>
            KeyValuePair.Create(tensor.Name, (JsonNode?)file.Name)))]),
    });

    private static byte[] Bytes(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString(Indented) + "\n");
}
