using System.Text.Json;
using Infra.Planning.Catalog;

namespace Infra.Planning.Hub;

/// <summary>Reads <c>params.json</c>, as vLLM does (transformers_utils/configs/mistral.py).</summary>
internal static class MistralParams
{
    /// <summary>vLLM's positions for a file that states none.</summary>
    private const int DefaultPositions = 128_000;

    public static HubModel Read(HubAddress address, ReadOnlyMemory<byte> utf8)
    {
        var file = HubJson.Read(address, "params.json", utf8);
        foreach (var (member, kind) in new[] { ("multimodal", "audio models"), ("model_type", "state space models (Mamba)") })
        {
            if (member == "model_type" ? file.Text(member) == "mamba" : file.Object(member)?.Has("whisper_model_args") == true)
            {
                throw HubRefusal.Of(address, $"is not supported: params.json describes {kind}; supported are language models with "
                    + "attention, dense or with experts, with or without a vision tower of Pixtral's kind");
            }
        }

        var cautions = new List<string>();
        var hidden = file.Required("dim");
        var latent = Latent(file);
        var moe = Experts(address, file);
        var heads = file.Required("n_heads");
        if (file.Has("sliding_window"))
        {
            var (full, sliding) = Windows(file);
            cautions.Add(ConfigCautions.Sliding("params.json", full, sliding));
        }

        if (!file.Has("max_position_embeddings"))
        {
            cautions.Add(FormattableString.Invariant($"params.json has no max_position_embeddings: vLLM takes {DefaultPositions:N0}"));
        }

        var vision = file.Object("vision_encoder") ?? file.Object("multimodal")?.Object("vision_encoder_args");
        var quantization = Quantization(address, file);
        var architecture = new Architecture
        {
            Name = vision is not null ? null : moe is { SharedExperts: > 0 } ? "MistralLarge3ForCausalLM"
                : moe is not null ? "MixtralForCausalLM" : "MistralForCausalLM",
            Layers = file.Required("n_layers"),
            HiddenSize = hidden,
            AttentionHeads = heads,
            KeyValueHeads = latent is null ? file.Whole("n_kv_heads") ?? heads : null,
            HeadDim = latent is null ? file.Whole("head_dim") ?? ConfigNumbers.HeadDim(hidden, heads) : null,
            Mla = latent,
            Moe = moe,
            FeedForwardSize = moe is { DenseLayers: 0 } ? moe.ExpertFeedForwardSize : file.Required("hidden_dim"),
            VocabularySize = file.Required("vocab_size"),
            TiedEmbeddings = file.Flag("tied_embeddings") ?? file.Flag("tie_embeddings") ?? false,
            Vision = vision is null ? null : VisionParts.OfParams(vision, hidden),
            MaxPositions = file.Whole("max_position_embeddings") ?? DefaultPositions,
        };
        file.Check(address);
        return new(file.File, architecture, quantization, cautions) { ScalesQueries = file.Has("llama_4_scaling") };
    }

    /// <summary>Layers without and with a window: one window is all layers', a list is repeated over them.</summary>
    private static (int Full, int Sliding) Windows(HubJson file)
    {
        var layers = file.Whole("n_layers") ?? 0;
        if (file.Member("sliding_window") is not { ValueKind: JsonValueKind.Array } pattern || pattern.GetArrayLength() == 0)
        {
            return (0, layers);
        }

        var sliding = layers / pattern.GetArrayLength()
            * pattern.EnumerateArray().Count(window => window.ValueKind == JsonValueKind.Number);
        return (layers - sliding, sliding);
    }

    private static LatentAttention? Latent(HubJson file) => file.Has("qk_nope_head_dim") ? new LatentAttention
    {
        QueryLoraRank = file.Whole("q_lora_rank") ?? 0,
        KeyValueLoraRank = file.Required("kv_lora_rank"),
        NopeHeadDim = file.Required("qk_nope_head_dim"),
        RopeHeadDim = file.Required("qk_rope_head_dim"),
        ValueHeadDim = file.Required("v_head_dim"),
    } : null;

    private static MixtureOfExperts? Experts(HubAddress address, HubJson file)
    {
        if (file.Object("moe") is not { } moe)
        {
            return null;
        }

        if (moe.Whole("route_every_n") is { } every and not 1)
        {
            throw HubRefusal.Of(address, $"has experts in every {every}th layer only (params.json, moe.route_every_n); "
                + "the catalog describes experts in all layers behind the first dense ones");
        }

        return new MixtureOfExperts
        {
            Experts = moe.Required("num_experts"),
            ActiveExperts = moe.Required("num_experts_per_tok"),
            SharedExperts = moe.Whole("num_shared_experts") ?? 0,
            ExpertFeedForwardSize = moe.Whole("expert_hidden_dim") ?? file.Required("hidden_dim"),
            DenseLayers = moe.Whole("first_k_dense_replace") ?? 0,
        };
    }

    private static HubQuantization? Quantization(HubAddress address, HubJson file)
    {
        if (file.Object("quantization") is not { } quantization)
        {
            return null;
        }

        if (quantization.Text("qformat_weight") == "fp8_e4m3")
        {
            return quantization.Text("qscheme_act") is null or "NO_SCALES" or "TENSOR" ? new(Precision.Fp8)
                : throw HubRefusal.Of(address, "has a params.json that vLLM does not read: quantization.qscheme_act is "
                    + $"{HubRefusal.Shown(quantization.Text("qscheme_act"))}, and vLLM knows NO_SCALES and TENSOR");
        }

        // vLLM passes one other kind on (configs/mistral.py: _remap_mistral_quantization_args).
        var method = (quantization.Text("quant_method") ?? "").ToLowerInvariant().Replace('_', '-');
        return method == "compressed-tensors" ? Quantizations.Read(address, quantization)
            : throw HubRefusal.Of(address, $"has weights in a format that is not supported: params.json, quantization "
                + $"{HubRefusal.Shown(quantization.Text("qformat_weight") ?? quantization.Text("quant_method"))}; from params.json, vLLM "
                + "reads fp8_e4m3 and compressed-tensors");
    }
}
