using Infra.Planning.Catalog;

namespace Infra.Planning.Hub;

/// <summary>Reads <c>config.json</c> of the classes whose memory the catalog describes.</summary>
internal static class TransformersConfig
{
    private const string Multimodal = "Mistral3ForConditionalGeneration";

    /// <summary>Classes of vLLM, with whether transformers ties the embedding if the file does not state it.</summary>
    private static readonly Dictionary<string, bool> Supported = new(StringComparer.Ordinal)
    {
        ["DeepseekV2ForCausalLM"] = false,
        ["DeepseekV3ForCausalLM"] = false,
        ["GraniteForCausalLM"] = false,
        ["LlamaForCausalLM"] = false,
        ["Ministral3ForCausalLM"] = false,
        ["MistralForCausalLM"] = false,
        ["Mistral4ForCausalLM"] = false,
        [Multimodal] = false,
        ["MixtralForCausalLM"] = false,
        ["Phi3ForCausalLM"] = false,
        ["Qwen2ForCausalLM"] = false,
        ["Qwen2MoeForCausalLM"] = false,
        ["Qwen3ForCausalLM"] = false,
        ["Qwen3MoeForCausalLM"] = false,
        ["SmolLM3ForCausalLM"] = true,
    };

    /// <summary>Language models inside of <see cref="Multimodal"/>.</summary>
    private static readonly string[] TextTypes = ["mistral", "ministral3", "mistral4"];

    /// <summary>Names of DeepSeek, of Qwen and of Mixtral.</summary>
    private static readonly string[] CountsOfExperts = ["n_routed_experts", "num_experts", "num_local_experts"];

    public static HubModel Read(HubAddress address, ReadOnlyMemory<byte> utf8)
    {
        var top = HubJson.Read(address, "config.json", utf8);
        if (top.Texts("architectures") is not [var name, ..])
        {
            throw HubRefusal.Of(address, "has a config.json without architectures: vLLM would not know which class serves it");
        }

        if (!Supported.TryGetValue(name, out var tied))
        {
            throw HubRefusal.Of(address, $"is a {HubRefusal.Shown(name)} (model_type {HubRefusal.Shown(top.Text("model_type"))}), "
                + $"which is not supported; supported are {string.Join(", ", Supported.Keys)}");
        }

        var text = Language(address, top, name);
        var cautions = new List<string>();
        Layers(address, text, name, cautions);
        var hidden = text.Required("hidden_size");
        var heads = text.Required("num_attention_heads");
        var latent = Latent(text);
        var moe = Experts(address, text);
        var vision = name == Multimodal ? top.Object("vision_config") : null;
        if (vision is not null && vision.Text("model_type") is { } tower and not "pixtral")
        {
            throw HubRefusal.Of(address,
                $"has a vision tower of the kind {HubRefusal.Shown(tower)}; supported are those of Pixtral's kind");
        }

        var architecture = new Architecture
        {
            Name = name,
            TextModel = text.Text("model_type"),
            Layers = text.Required("num_hidden_layers"),
            HiddenSize = hidden,
            AttentionHeads = heads,
            KeyValueHeads = latent is null ? text.Whole("num_key_value_heads") ?? heads : null,
            HeadDim = latent is null ? text.Whole("head_dim") ?? ConfigNumbers.HeadDim(hidden, heads) : null,
            Mla = latent,
            Moe = moe,
            FeedForwardSize = moe is { DenseLayers: 0 } ? moe.ExpertFeedForwardSize : text.Required("intermediate_size"),
            VocabularySize = text.Required("vocab_size"),
            TiedEmbeddings = text.Flag("tie_word_embeddings") ?? top.Flag("tie_word_embeddings") ?? tied,
            Vision = vision is null ? null : VisionParts.OfConfig(vision, top, hidden),
            MaxPositions = text.Required("max_position_embeddings"),
        };
        var quantization = (top.Object("quantization_config") ?? text.Object("quantization_config")) is { } stored
            ? Quantizations.Read(address, stored) : null;
        top.Check(address);
        if (quantization is null && top.Object("quantization")?.Has("bits") == true)
        {
            throw Quantizations.OfMlx(address);
        }

        if (quantization is null && (text.Text("torch_dtype") ?? text.Text("dtype") ?? top.Text("torch_dtype") ?? top.Text("dtype"))
            == "float32")
        {
            throw HubRefusal.Of(address, $"has weights in 32 bits (config.json, dtype); supported are {Quantizations.Supported}",
                "save the model in bfloat16 and name that repository");
        }

        return new(top.File, architecture, quantization, cautions);
    }

    /// <summary>The object with the numbers of the language model.</summary>
    private static HubJson Language(HubAddress address, HubJson top, string name)
    {
        if (name != Multimodal)
        {
            return top;
        }

        var text = top.Object("text_config")
            ?? throw HubRefusal.Of(address, $"has a config.json of {Multimodal} without text_config, which has the language model");
        return TextTypes.Contains(text.Text("model_type")) ? text
            : throw HubRefusal.Of(address, $"has a language model of the kind {HubRefusal.Shown(text.Text("model_type"))} in {Multimodal}; "
                + $"supported are {string.Join(", ", TextTypes)}");
    }

    /// <summary>Layers of other kinds than full attention.</summary>
    private static void Layers(HubAddress address, HubJson text, string name, List<string> cautions)
    {
        var others = text.Texts("layer_types").Distinct().Except(["full_attention", "sliding_attention"]).ToList();
        if (others.Count > 0)
        {
            throw HubRefusal.Of(address, $"has layers of the kind {HubRefusal.Few(others.Select(HubRefusal.Shown))} "
                + "(config.json, layer_types); supported are layers with full attention");
        }

        // Qwen states a window that it does not use.
        var used = text.Flag("use_sliding_window") ?? !name.StartsWith("Qwen", StringComparison.Ordinal);
        var shorter = text.Whole("sliding_window") is { } window && window < (text.Whole("max_position_embeddings") ?? 0);
        var kinds = text.Texts("layer_types").ToList();
        if ((used && shorter) || kinds.Contains("sliding_attention"))
        {
            cautions.Add(ConfigCautions.Sliding(
                "config.json", kinds.Count(kind => kind == "full_attention"), kinds.Count(kind => kind == "sliding_attention")));
        }
    }

    private static LatentAttention? Latent(HubJson text) => text.Has("kv_lora_rank") ? new LatentAttention
    {
        QueryLoraRank = text.Whole("q_lora_rank") ?? 0,
        KeyValueLoraRank = text.Required("kv_lora_rank"),
        NopeHeadDim = text.Required("qk_nope_head_dim"),
        RopeHeadDim = text.Required("qk_rope_head_dim"),
        ValueHeadDim = text.Required("v_head_dim"),
    } : null;

    private static MixtureOfExperts? Experts(HubAddress address, HubJson text)
    {
        var count = Array.Find(CountsOfExperts, text.Has);
        if (count is null || text.Whole(count) == 0)
        {
            return null;
        }

        var sparse = (text.Whole("moe_layer_freq") ?? 1, text.Whole("decoder_sparse_step") ?? 1, text.Wholes("mlp_only_layers").Count);
        if (sparse != (1, 1, 0))
        {
            throw HubRefusal.Of(address, "has experts in some layers only (config.json: moe_layer_freq, decoder_sparse_step or "
                + "mlp_only_layers); the catalog describes experts in all layers behind the first dense ones");
        }

        var width = text.Whole("moe_intermediate_size") ?? text.Required("intermediate_size");
        var shared = text.Whole("n_shared_experts") ?? 0;
        if (text.Whole("shared_expert_intermediate_size") is > 0 and { } together)
        {
            shared = width > 0 && together % width == 0 ? together / width
                : throw HubRefusal.Of(address,
                    $"has shared experts of {together}, which is no multiple of the width of an expert, {width}");
        }

        return new MixtureOfExperts
        {
            Experts = text.Required(count),
            ActiveExperts = text.Required("num_experts_per_tok"),
            SharedExperts = shared,
            ExpertFeedForwardSize = width,
            DenseLayers = text.Whole("first_k_dense_replace") ?? 0,
        };
    }
}
