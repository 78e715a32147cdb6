using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Infra.Planning.Catalog;

/// <summary>The numbers of a model's <c>config.json</c> or <c>params.json</c> that memory depends on.</summary>
public sealed record Architecture
{
    /// <summary>
    /// Class that vLLM uses to serve it (<c>architectures</c>): <c>Mistral3ForConditionalGeneration</c>; null: derived from the format, or
    /// unknown.
    /// </summary>
    [RegularExpression(Patterns.ClassName, ErrorMessage = Patterns.ClassNameHelp)]
    public string? Name { get; init; }

    /// <summary>
    /// Architecture of the language model (<c>model_type</c> of <c>text_config</c>): <c>ministral3</c>, <c>mistral4</c>; null: unknown.
    /// </summary>
    [RegularExpression(Patterns.ModelType, ErrorMessage = Patterns.ModelTypeHelp)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TextModel { get; init; }

    /// <summary>Transformer blocks of the language model (<c>num_hidden_layers</c>).</summary>
    [Range(1, 1000)]
    public required int Layers { get; init; }

    /// <summary>Width of the residual stream (<c>hidden_size</c>).</summary>
    [Range(1, 1_000_000)]
    public required int HiddenSize { get; init; }

    /// <summary>Query heads (<c>num_attention_heads</c>).</summary>
    [Range(1, 10_000)]
    public required int AttentionHeads { get; init; }

    /// <summary>Key and value heads of grouped-query attention (<c>num_key_value_heads</c>); null with <see cref="Mla"/>.</summary>
    [Range(1, 10_000)]
    public int? KeyValueHeads { get; init; }

    /// <summary>Elements of one key or value head (<c>head_dim</c>); null with <see cref="Mla"/>.</summary>
    [Range(1, 10_000)]
    public int? HeadDim { get; init; }

    /// <summary>Multi-head latent attention; null for grouped-query attention.</summary>
    public LatentAttention? Mla { get; init; }

    /// <summary>Width of a dense feed-forward block of three matrices (<c>intermediate_size</c>).</summary>
    [Range(1, 10_000_000)]
    public required int FeedForwardSize { get; init; }

    /// <summary>Mixture of experts; null for a dense model.</summary>
    public MixtureOfExperts? Moe { get; init; }

    /// <summary>Rows of the embedding and of the output head (<c>vocab_size</c>).</summary>
    [Range(1, 10_000_000)]
    public required int VocabularySize { get; init; }

    /// <summary>The output head is the embedding (<c>tie_word_embeddings</c>).</summary>
    public bool TiedEmbeddings { get; init; }

    /// <summary>Vision tower; null for a text model.</summary>
    public VisionTower? Vision { get; init; }

    /// <summary>Largest number of tokens that the position encoding covers (<c>max_position_embeddings</c>).</summary>
    [Range(1, 100_000_000)]
    public required int MaxPositions { get; init; }

    /// <summary>How attention keeps its past.</summary>
    [JsonIgnore]
    public AttentionKind Attention => Mla is null ? AttentionKind.Grouped : AttentionKind.Latent;
}

/// <summary>How attention keeps its past, which vLLM serves with different backends.</summary>
public enum AttentionKind
{
    /// <summary>Keys and values of each group of heads.</summary>
    Grouped,

    /// <summary>One latent for all heads (MLA).</summary>
    Latent,
}

/// <summary>Multi-head latent attention: one latent per token, shared by keys and values and by all heads.</summary>
public sealed record LatentAttention
{
    /// <summary>Width of the queries' latent (<c>q_lora_rank</c>); 0: queries are projected directly.</summary>
    [Range(0, 100_000)]
    public required int QueryLoraRank { get; init; }

    /// <summary>Width of the latent of keys and values (<c>kv_lora_rank</c>).</summary>
    [Range(1, 100_000)]
    public required int KeyValueLoraRank { get; init; }

    /// <summary>Elements of a head without position (<c>qk_nope_head_dim</c>).</summary>
    [Range(1, 10_000)]
    public required int NopeHeadDim { get; init; }

    /// <summary>Elements of a head with rotary position (<c>qk_rope_head_dim</c>).</summary>
    [Range(1, 10_000)]
    public required int RopeHeadDim { get; init; }

    /// <summary>Elements of a value head (<c>v_head_dim</c>).</summary>
    [Range(1, 10_000)]
    public required int ValueHeadDim { get; init; }
}

/// <summary>Routed and shared experts of the sparse layers.</summary>
public sealed record MixtureOfExperts
{
    /// <summary>Routed experts of a layer (<c>num_experts</c>, <c>n_routed_experts</c>).</summary>
    [Range(1, 100_000)]
    public required int Experts { get; init; }

    /// <summary>Routed experts that one token uses (<c>num_experts_per_tok</c>).</summary>
    [Range(1, 100_000)]
    public required int ActiveExperts { get; init; }

    /// <summary>Experts that every token uses (<c>n_shared_experts</c>).</summary>
    [Range(0, 1000)]
    public required int SharedExperts { get; init; }

    /// <summary>Width of one expert (<c>moe_intermediate_size</c>).</summary>
    [Range(1, 10_000_000)]
    public required int ExpertFeedForwardSize { get; init; }

    /// <summary>Leading layers with a dense feed-forward block instead of experts (<c>first_k_dense_replace</c>).</summary>
    [Range(0, 1000)]
    public required int DenseLayers { get; init; }
}

/// <summary>A vision tower with its adapter to the language model.</summary>
public sealed record VisionTower
{
    /// <summary>All parameters of the tower, the patch merger and the adapter.</summary>
    [Range(1, 1e12)]
    public required long Parameters { get; init; }

    /// <summary>Transformer blocks of the tower.</summary>
    [Range(1, 1000)]
    public required int Layers { get; init; }

    /// <summary>Width of the tower.</summary>
    [Range(1, 1_000_000)]
    public required int HiddenSize { get; init; }

    /// <summary>Side of a patch, in pixels.</summary>
    [Range(1, 1000)]
    public required int PatchSize { get; init; }

    /// <summary>Longest image side, in pixels.</summary>
    [Range(1, 100_000)]
    public required int ImageSize { get; init; }

    /// <summary>Patches that are merged into one token, per side.</summary>
    [Range(1, 64)]
    public required int SpatialMerge { get; init; }
}
