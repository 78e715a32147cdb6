using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Infra.Planning.Catalog;

/// <summary>Format of the weights in a repository.</summary>
public enum Precision
{
    Bf16,
    Fp8,
    Nvfp4,
    Int4,
}

/// <summary>Training goal of a model: fine-tuning, serving, accuracy.</summary>
public enum ModelUse
{
    Base,
    Instruct,
    Reasoning,
}

/// <summary>Type of answer, which determines the routes of the endpoint.</summary>
public enum ModelTask
{
    /// <summary>Text: chats, completions.</summary>
    Generate,

    /// <summary>A vector for a text: <c>/v1/embeddings</c>.</summary>
    Embed,

    /// <summary>Similarity of texts: <c>/v1/score</c> and <c>/v1/rerank</c>.</summary>
    Score,
}

/// <summary>The copy of the weights to fetch and serve, as in vLLM's <c>--load-format</c>.</summary>
public enum WeightsFormat
{
    /// <summary><c>consolidated*.safetensors</c>, <c>params.json</c>, <c>tekken.json</c>.</summary>
    Mistral,

    /// <summary><c>model*.safetensors</c> and the transformers files.</summary>
    Hf,
}

/// <summary>Whether a weights format runs on a GPU architecture.</summary>
public enum Support
{
    /// <summary>The card computes in this format.</summary>
    Native,

    /// <summary>The card stores the weights in this format and computes in another: saves memory, not time.</summary>
    WeightOnly,

    /// <summary>No known run: used only if the operator sets the size.</summary>
    Unverified,
}

/// <summary>A repository of weights that vLLM can serve.</summary>
public sealed record ModelSpec
{
    /// <summary>Repository id: <c>mistralai/Ministral-3-3B-Instruct-2512</c>. Default of the name that clients send.</summary>
    [RegularExpression(Patterns.RepositoryId, ErrorMessage = Patterns.RepositoryIdHelp)]
    public required string Id { get; init; }

    /// <summary>Models of one release: <c>ministral-3</c>, <c>mistral-large-3</c>. Breakages of one's own may name it.</summary>
    [RegularExpression(Patterns.Slug, ErrorMessage = Patterns.SlugHelp)]
    public required string Family { get; init; }
    public required ModelUse Use { get; init; }
    public required Precision Precision { get; init; }

    /// <summary>
    /// Width of the blocks of weights that share an FP8 scale (<c>weight_block_size</c>); null: a scale per tensor or channel.
    /// </summary>
    [Range(1, 1024)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Fp8Block { get; init; }

    /// <summary>Type of answer. Default: generate.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ModelTask Task { get; init; }

    /// <summary>Pinned commit, 40 hex digits; null if unknown: then the operator must pin one.</summary>
    [RegularExpression(Patterns.Commit, ErrorMessage = Patterns.CommitHelp)]
    public string? Revision { get; init; }

    /// <summary>Server with the API of huggingface.co to fetch the weights from; null: huggingface.co.</summary>
    [RegularExpression(Patterns.HttpsUrl, ErrorMessage = Patterns.HttpsUrlHelp)]
    public string? WeightsUrl { get; init; }

    /// <summary>
    /// SHA-256 of files of the pinned commit, by name: nodes reject a different file, whatever the hub lists. Files without an entry, and
    /// all files if this is null, use the hub's checksums.
    /// </summary>
    [RegularExpression(Patterns.Sha256, ErrorMessage = Patterns.Sha256Help)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Checksums { get; init; }

    /// <summary>All parameters, vision included.</summary>
    [Range(1, 1e14)]
    public required long Parameters { get; init; }

    /// <summary>Size in bytes of the served copy of the weights.</summary>
    [Range(1, 1e14)]
    public required long WeightBytes { get; init; }

    /// <summary>Copies of the weights in the repository; the first one is served.</summary>
    [MinLength(1)]
    public required IReadOnlyList<WeightsFormat> Formats { get; init; }

    /// <summary>Longest supported context, in tokens; at most <see cref="Architecture.MaxPositions"/>.</summary>
    [Range(1, 100_000_000)]
    public required int MaxContext { get; init; }
    public required Architecture Architecture { get; init; }

    /// <summary>vLLM flags that this model needs, in addition to those of the placement.</summary>
    [RegularExpression(Patterns.Word, ErrorMessage = Patterns.WordHelp)]
    public required IReadOnlyList<string> Flags { get; init; }

    /// <summary>How a conversation becomes tokens: version of the tokenizer, form of tool calls and thoughts; null: unknown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ChatFormat { get; init; }

    /// <summary>Sampling that the vendor recommends; null: none is known, or a range that <see cref="Note"/> has.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Sampling? Sampling { get; init; }

    /// <summary>
    /// File in the repository with the system prompt of the training, which no tokenizer adds; null: none is known.
    /// </summary>
    [RegularExpression(Patterns.FileName, ErrorMessage = Patterns.FileNameHelp)]
    public string? SystemPrompt { get; init; }

    /// <summary>First vLLM release that serves it.</summary>
    [RegularExpression(Patterns.Version, ErrorMessage = Patterns.VersionHelp)]
    public required string MinimumEngine { get; init; }

    /// <summary>Newest vLLM release that a public record shows serving it; null: none is known.</summary>
    [RegularExpression(Patterns.Version, ErrorMessage = Patterns.VersionHelp)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TestedEngine { get; init; }

    /// <summary>Supported GPU architectures, see <see cref="Gpu.Architecture"/>. All others are unsupported.</summary>
    public required IReadOnlyDictionary<GpuArchitecture, Support> Hardware { get; init; }
    public required string Licence { get; init; }

    /// <summary>Text of the licence; null: that of its name.</summary>
    [RegularExpression(Patterns.HttpsUrl, ErrorMessage = Patterns.HttpsUrlHelp)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LicenceUrl { get; init; }

    /// <summary>What the licence asks of the user, as the rest of a sentence without the final period; null: nothing unusual.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LicenceTerms { get; init; }

    /// <summary>Whether the repository requires an accepted licence and a token.</summary>
    public bool Gated { get; init; }

    /// <summary>Note for the operator: limits, advice of the model card.</summary>
    public string? Note { get; init; }

    /// <summary>Source.</summary>
    public required string Source { get; init; }

    /// <summary>Date of the source: a day, or a month if the day is unknown.</summary>
    [RegularExpression(Patterns.Date, ErrorMessage = Patterns.DateHelp)]
    public required string SourceDate { get; init; }

    /// <summary>
    /// vLLM class that serves it. Mistral's format does not name one: vLLM takes it from the vision tower and the attention. For a
    /// transformers copy the row must have it; null: unknown.
    /// </summary>
    [JsonIgnore]
    public string? EngineClass => ServedFormat != WeightsFormat.Mistral ? Architecture.Name
        : Architecture.Vision is not null ? PixtralClass
        : Architecture.Attention == AttentionKind.Latent ? "MistralLarge3ForCausalLM"
        : "MistralForCausalLM";

    /// <summary>Whether the class wraps one of several language models of Mistral's.</summary>
    [JsonIgnore]
    internal bool IsWrapped => EngineClass is PixtralClass or "Mistral3ForConditionalGeneration";

    /// <summary>Whether the licence asks more than the usual one does, so that an operator must read it.</summary>
    [JsonIgnore]
    public bool HasUnusualLicence => !string.Equals(Licence, UsualLicence, StringComparison.OrdinalIgnoreCase);

    private const string UsualLicence = "Apache-2.0";

    private const string PixtralClass = "PixtralForConditionalGeneration";

    /// <summary>The served copy of the weights.</summary>
    [JsonIgnore]
    public WeightsFormat ServedFormat => Formats[0];
}

/// <summary>Sampling parameters of a model card or a <c>generation_config.json</c>.</summary>
public sealed record Sampling
{
    [Range(0.0, 5.0)]
    public double? Temperature { get; init; }

    [Range(0.0, 1.0)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? TopP { get; init; }
}
