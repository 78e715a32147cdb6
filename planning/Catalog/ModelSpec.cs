using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Infra.Planning.Catalog;

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

/// <summary>What a model answers with: which routes its endpoint has.</summary>
public enum ModelTask
{
    /// <summary>Text: chats, completions.</summary>
    Generate,

    /// <summary>A vector for a text: <c>/v1/embeddings</c>.</summary>
    Embed,

    /// <summary>How well texts belong together: <c>/v1/score</c> and <c>/v1/rerank</c>.</summary>
    Score,
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
    [RegularExpression(Patterns.RepositoryId, ErrorMessage = Patterns.RepositoryIdHelp)]
    public required string Id { get; init; }

    /// <summary>Group that engine breakages refer to: <c>ministral-3</c>, <c>mistral-large-3</c>.</summary>
    [RegularExpression(Patterns.Slug, ErrorMessage = Patterns.SlugHelp)]
    public required string Family { get; init; }
    public required ModelUse Use { get; init; }
    public required Precision Precision { get; init; }

    /// <summary>What it answers with; generate unless the row says otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ModelTask Task { get; init; }

    /// <summary>Pinned commit, 40 hex digits; null where none is known, and then the model is served only if the operator pins one.</summary>
    [RegularExpression(Patterns.Commit, ErrorMessage = Patterns.CommitHelp)]
    public string? Revision { get; init; }

    /// <summary>Server that answers as huggingface.co does, from which the weights are fetched instead; null: huggingface.co.</summary>
    [RegularExpression(Patterns.HttpsUrl, ErrorMessage = Patterns.HttpsUrlHelp)]
    public string? WeightsUrl { get; init; }

    /// <summary>
    /// SHA-256 of files of the pinned commit, by name: nodes refuse a file that differs, whatever the hub lists. Of files that are not
    /// named, and of all where this is null, the checksums are the hub's own.
    /// </summary>
    [RegularExpression(Patterns.Sha256, ErrorMessage = Patterns.Sha256Help)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Checksums { get; init; }

    /// <summary>All parameters, vision included.</summary>
    [Range(1, 1e14)]
    public required long Parameters { get; init; }

    /// <summary>Bytes of the one copy of the weights that is served.</summary>
    [Range(1, 1e14)]
    public required long WeightBytes { get; init; }

    /// <summary>Copies of the weights in the repository; the first is the one that is served.</summary>
    [MinLength(1)]
    public required IReadOnlyList<WeightsFormat> Formats { get; init; }

    /// <summary>Longest context that is offered, in tokens; at most <see cref="Architecture.MaxPositions"/>.</summary>
    [Range(1, 100_000_000)]
    public required int MaxContext { get; init; }
    public required Architecture Architecture { get; init; }

    /// <summary>Words of vLLM's command line that this model needs, beyond what placement decides.</summary>
    [RegularExpression(Patterns.Word, ErrorMessage = Patterns.WordHelp)]
    public required IReadOnlyList<string> Flags { get; init; }

    /// <summary>
    /// File of the repository with the system prompt that the model was trained for, which no tokenizer adds; null: none is known.
    /// </summary>
    [RegularExpression(Patterns.FileName, ErrorMessage = Patterns.FileNameHelp)]
    public string? SystemPrompt { get; init; }

    /// <summary>First vLLM version that serves it.</summary>
    [RegularExpression(Patterns.Version, ErrorMessage = Patterns.VersionHelp)]
    public required string MinimumEngine { get; init; }

    /// <summary>Card architectures that run it, by <see cref="Gpu.Architecture"/>. One that is not listed does not.</summary>
    public required IReadOnlyDictionary<GpuArchitecture, Support> Hardware { get; init; }
    public required string Licence { get; init; }

    /// <summary>The repository asks for an accepted licence and a token.</summary>
    public bool Gated { get; init; }

    /// <summary>What an operator should know: caps, advice of the model card.</summary>
    public string? Note { get; init; }

    /// <summary>Where this was read.</summary>
    public required string Source { get; init; }

    /// <summary>When: a day, or a month where the day is not known.</summary>
    [RegularExpression(Patterns.Date, ErrorMessage = Patterns.DateHelp)]
    public required string SourceDate { get; init; }

    /// <summary>
    /// Class that vLLM serves it by. Mistral's own format names none, and vLLM takes <c>PixtralForConditionalGeneration</c> for one with a
    /// vision tower; of a transformers copy only the row can say it, and null is not known.
    /// </summary>
    [JsonIgnore]
    public string? EngineClass => ServedFormat == WeightsFormat.Mistral && Architecture.Vision is not null ? PixtralClass : Architecture.Name;

    private const string PixtralClass = "PixtralForConditionalGeneration";

    /// <summary>The copy of the weights that is fetched and served.</summary>
    [JsonIgnore]
    public WeightsFormat ServedFormat => Formats[0];
}
