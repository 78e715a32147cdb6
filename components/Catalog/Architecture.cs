namespace Infra.Components.Catalog;

/// <summary>The numbers of a model's <c>config.json</c> or <c>params.json</c> that memory depends on.</summary>
public sealed record Architecture
{
    /// <summary>Transformer blocks of the language model (<c>num_hidden_layers</c>).</summary>
    public required int Layers { get; init; }

    /// <summary>Width of the residual stream (<c>hidden_size</c>).</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Query heads (<c>num_attention_heads</c>).</summary>
    public required int AttentionHeads { get; init; }

    /// <summary>Key and value heads of grouped-query attention (<c>num_key_value_heads</c>); null with <see cref="Mla"/>.</summary>
    public int? KeyValueHeads { get; init; }

    /// <summary>Elements of one key or value head (<c>head_dim</c>); null with <see cref="Mla"/>.</summary>
    public int? HeadDim { get; init; }

    /// <summary>Multi-head latent attention; null for grouped-query attention.</summary>
    public LatentAttention? Mla { get; init; }

    /// <summary>Width of a dense feed-forward block (<c>intermediate_size</c>).</summary>
    public required int FeedForwardSize { get; init; }

    /// <summary>Mixture of experts; null for a dense model.</summary>
    public MixtureOfExperts? Moe { get; init; }

    /// <summary>Rows of the embedding and of the output head (<c>vocab_size</c>).</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The output head is the embedding (<c>tie_word_embeddings</c>).</summary>
    public bool TiedEmbeddings { get; init; }

    /// <summary>Vision tower; null for a text model.</summary>
    public VisionTower? Vision { get; init; }

    /// <summary>Most tokens that the position encoding covers (<c>max_position_embeddings</c>).</summary>
    public required int MaxPositions { get; init; }
}

/// <summary>Multi-head latent attention: one latent per token, shared by keys and values and by all heads.</summary>
public sealed record LatentAttention
{
    public required int QueryLoraRank { get; init; }
    public required int KeyValueLoraRank { get; init; }
    public required int NopeHeadDim { get; init; }
    public required int RopeHeadDim { get; init; }
    public required int ValueHeadDim { get; init; }
}

/// <summary>Routed and shared experts of the sparse layers.</summary>
public sealed record MixtureOfExperts
{
    public required int Experts { get; init; }
    public required int ActiveExperts { get; init; }
    public required int SharedExperts { get; init; }
    public required int ExpertFeedForwardSize { get; init; }

    /// <summary>Leading layers with a dense feed-forward block instead of experts.</summary>
    public required int DenseLayers { get; init; }
}

/// <summary>A vision tower with its adapter to the language model.</summary>
public sealed record VisionTower
{
    /// <summary>All parameters of the tower, the patch merger and the adapter.</summary>
    public required long Parameters { get; init; }
    public required int Layers { get; init; }
    public required int HiddenSize { get; init; }
    public required int PatchSize { get; init; }

    /// <summary>Longest image side, in pixels.</summary>
    public required int ImageSize { get; init; }

    /// <summary>Patches that are merged into one token, per side.</summary>
    public int SpatialMerge { get; init; } = 1;
}
