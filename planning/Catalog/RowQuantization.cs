using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Infra.Planning.Catalog;

/// <summary>
/// A row of the operator's file that is another quantization of its parent, and says so by its bytes and its id only: <c>basedOn</c> and
/// <c>weightBytes</c>.
/// </summary>
internal static partial class RowQuantization
{
    /// <summary>Fine-tunes and mirrors differ by headers and scales; another precision by a quarter at least.</summary>
    private const double SameBytes = 0.05;

    /// <summary>
    /// The row with the precision that its id names, if its bytes are not those of the parent's. A repository of another owner than the
    /// parent's has the copy of transformers, as its quantization tool writes it.
    /// </summary>
    /// <param name="row">The row, as in the file.</param>
    /// <param name="parent">The row that it is based on.</param>
    public static JsonObject WithPrecision(JsonObject row, JsonObject parent)
    {
        if (row.ContainsKey("precision") || row.ContainsKey("architecture")
            || Number(row["weightBytes"]) is not { } bytes || Number(parent["weightBytes"]) is not { } inherited
            || Math.Abs((bytes / inherited) - 1) <= SameBytes
            || Text(row["id"]) is not { } id || PrecisionIn(id) is not { } precision || precision == Text(parent["precision"]))
        {
            return row;
        }

        var completed = (JsonObject)row.DeepClone();
        completed["precision"] = precision;
        if (!row.ContainsKey("formats") && Owner(id) != Owner(Text(parent["id"]) ?? ""))
        {
            completed["formats"] = new JsonArray("hf");
        }

        return completed;
    }

    /// <summary>The precision that a repository id names; null: none.</summary>
    public static string? PrecisionIn(string id) => Words().Match(id[(id.IndexOf('/', StringComparison.Ordinal) + 1)..]) switch
    {
        { Success: false } => null,
        var word when word.Groups["nvfp4"].Success => CatalogWords.Of(Precision.Nvfp4),
        var word when word.Groups["int4"].Success => CatalogWords.Of(Precision.Int4),
        var word when word.Groups["fp8"].Success => CatalogWords.Of(Precision.Fp8),
        _ => CatalogWords.Of(Precision.Bf16),
    };

    private static string Owner(string id) => id[..Math.Max(0, id.IndexOf('/', StringComparison.Ordinal))];

    private static double? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<double>(out var number) ? number : null;

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    // Of MXFP4, GGUF and 8-bit integers the catalog knows nothing.
    [GeneratedRegex("(?<nvfp4>(nv|(?<![a-z]))fp4)|(?<int4>awq|gptq|w4a16|int4|4-?bit)|(?<fp8>fp8)|(?<bf16>bf16|fp16)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase)]
    private static partial Regex Words();
}
