namespace Infra.Components.Catalog;

/// <summary>How the weights of a repository are stored.</summary>
public enum Precision
{
    Bf16,
    Fp8,
    Nvfp4,
    Int4,
}

/// <summary>What a model was trained for: fine-tuning, serving, accuracy.</summary>
public enum ModelUse
{
    Base,
    Instruct,
    Reasoning,
}

/// <summary>The copy of the weights that is fetched and served, as vLLM's <c>--load-format</c> names it.</summary>
public enum WeightsFormat
{
    /// <summary><c>consolidated*.safetensors</c>, <c>params.json</c>, <c>tekken.json</c>.</summary>
    Mistral,

    /// <summary><c>model*.safetensors</c> and the transformers files.</summary>
    Hf,
}

/// <summary>Whether a format of weights runs on an architecture of cards.</summary>
public enum Support
{
    /// <summary>The card computes in this format.</summary>
    Native,

    /// <summary>The weights are kept in this format and computed in another: memory is saved, no speed gained.</summary>
    WeightOnly,

    /// <summary>Nobody was seen running it: taken only when the operator names the size.</summary>
    Unverified,
}

/// <summary>A repository of weights that can be served.</summary>
public sealed record ModelSpec
{
    /// <summary>Repository id: <c>mistralai/Ministral-3-3B-Instruct-2512</c>. Also the name that clients send, unless the endpoint sets another.</summary>
    public required string Id { get; init; }

    /// <summary>Group that engine breakages refer to: <c>ministral-3</c>, <c>mistral-large-3</c>.</summary>
    public required string Family { get; init; }
    public required ModelUse Use { get; init; }
    public required Precision Precision { get; init; }

    /// <summary>Pinned commit, 40 hex digits; null where none is known, and then the model is served only if the operator pins one.</summary>
    public string? Revision { get; init; }

    /// <summary>All parameters, vision included.</summary>
    public required long Parameters { get; init; }

    /// <summary>Bytes of the one copy of the weights that is served.</summary>
    public required long WeightBytes { get; init; }

    /// <summary>Copies of the weights in the repository.</summary>
    public required IReadOnlyList<WeightsFormat> Formats { get; init; }

    /// <summary>Longest context that is offered, in tokens; at most <see cref="Architecture.MaxPositions"/>.</summary>
    public required int MaxContext { get; init; }
    public required Architecture Architecture { get; init; }

    /// <summary>vLLM flags that this model needs, beyond what placement decides.</summary>
    public required IReadOnlyList<string> Flags { get; init; }

    /// <summary>First vLLM version that serves it.</summary>
    public required string MinimumEngine { get; init; }

    /// <summary>Card architectures that run it, by <see cref="Gpu.Architecture"/>. One that is not listed does not.</summary>
    public required IReadOnlyDictionary<GpuArchitecture, Support> Hardware { get; init; }
    public required string Licence { get; init; }

    /// <summary>The repository asks for an accepted licence and a token.</summary>
    public bool Gated { get; init; }

    /// <summary>What an operator should know: caps, advice of the model card.</summary>
    public string? Note { get; init; }
    public required string Source { get; init; }

    /// <summary>Day on which the source was read: <c>2026-11-23</c>.</summary>
    public required string SourceDate { get; init; }
}
