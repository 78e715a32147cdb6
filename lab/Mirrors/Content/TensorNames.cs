using Infra.Planning.Catalog;

namespace Infra.Lab.Mirrors.Content;

/// <summary>
/// Tensor names of a format. They are the names that vLLM's and transformers' loaders map (mistral_large_3.py, ministral3).
/// </summary>
internal sealed record TensorNames
{
    private static readonly TensorNames Mistral = new()
    {
        Language = "layers",
        Embedding = "tok_embeddings.weight",
        Norm = "norm.weight",
        Output = "output.weight",
        AttentionNorm = "attention_norm",
        FeedForwardNorm = "ffn_norm",
        Attention = "attention",
        Query = "wq",
        Key = "wk",
        Value = "wv",
        AttentionOutput = "wo",
        QueryDown = "wq_a",
        QueryNorm = "q_a_norm",
        QueryUp = "wq_b",
        KeyValueDown = "wkv_a_with_mqa",
        KeyValueNorm = "kv_a_norm",
        KeyValueUp = "wkv_b",
        FeedForward = "feed_forward",
        Gate = "w1",
        Down = "w2",
        Up = "w3",
        Router = "gate",
        Experts = "experts",
        SharedExperts = "shared_experts",
        WeightScale = "qscale_weight",
        ActivationScale = "qscale_act",
        Vision = "vision_encoder",
        ProjectorNorm = "pre_mm_projector_norm",
        PatchMerger = "patch_merger.merging_layer",
        AdapterIn = "vision_language_adapter.w_in",
        AdapterOut = "vision_language_adapter.w_out",
    };

    private static readonly TensorNames Transformers = new()
    {
        Language = "language_model.model.layers",
        Embedding = "language_model.model.embed_tokens.weight",
        Norm = "language_model.model.norm.weight",
        Output = "language_model.lm_head.weight",
        AttentionNorm = "input_layernorm",
        FeedForwardNorm = "post_attention_layernorm",
        Attention = "self_attn",
        Query = "q_proj",
        Key = "k_proj",
        Value = "v_proj",
        AttentionOutput = "o_proj",
        QueryDown = "q_a_proj",
        QueryNorm = "q_a_layernorm",
        QueryUp = "q_b_proj",
        KeyValueDown = "kv_a_proj_with_mqa",
        KeyValueNorm = "kv_a_layernorm",
        KeyValueUp = "kv_b_proj",
        FeedForward = "mlp",
        Gate = "gate_proj",
        Down = "down_proj",
        Up = "up_proj",
        Router = "mlp.gate",
        Experts = "mlp.experts",
        SharedExperts = "mlp.shared_experts",
        WeightScale = "weight_scale_inv",
        ActivationScale = "activation_scale",
        Vision = "vision_tower",
        ProjectorNorm = "multi_modal_projector.norm",
        PatchMerger = "multi_modal_projector.patch_merger.merging_layer",
        AdapterIn = "multi_modal_projector.linear_1",
        AdapterOut = "multi_modal_projector.linear_2",
    };

    public required string Language { get; init; }

    public required string Embedding { get; init; }

    public required string Norm { get; init; }

    public required string Output { get; init; }

    public required string AttentionNorm { get; init; }

    public required string FeedForwardNorm { get; init; }

    public required string Attention { get; init; }

    public required string Query { get; init; }

    public required string Key { get; init; }

    public required string Value { get; init; }

    public required string AttentionOutput { get; init; }

    public required string QueryDown { get; init; }

    public required string QueryNorm { get; init; }

    public required string QueryUp { get; init; }

    public required string KeyValueDown { get; init; }

    public required string KeyValueNorm { get; init; }

    public required string KeyValueUp { get; init; }

    public required string FeedForward { get; init; }

    public required string Gate { get; init; }

    public required string Down { get; init; }

    public required string Up { get; init; }

    public required string Router { get; init; }

    public required string Experts { get; init; }

    public required string SharedExperts { get; init; }

    public required string WeightScale { get; init; }

    public required string ActivationScale { get; init; }

    public required string Vision { get; init; }

    public required string ProjectorNorm { get; init; }

    public required string PatchMerger { get; init; }

    public required string AdapterIn { get; init; }

    public required string AdapterOut { get; init; }

    public static TensorNames Of(WeightsFormat format) => format == WeightsFormat.Mistral ? Mistral : Transformers;

    /// <summary>Prefix of a layer's tensor names.</summary>
    public string Layer(int layer) => $"{Language}.{layer}";
}
