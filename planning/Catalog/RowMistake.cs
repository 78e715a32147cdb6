using System.Text.Json;

namespace Infra.Planning.Catalog;

/// <summary>Something wrong with a row of a catalog file.</summary>
/// <param name="Member">Path inside the row: <c>architecture.layers</c>; empty for the row itself.</param>
/// <param name="Value">What is there; null when it is missing.</param>
/// <param name="Problem">What is wrong and what is allowed, as the rest of a sentence.</param>
internal sealed record RowMistake(string Member, string? Value, string Problem)
{
    private const int LongestValue = 60;

    public static RowMistake At(string member, JsonElement value, string problem) => new(member, Show(value), problem);

    private static string Show(JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return text.Length <= LongestValue ? text : $"{text[..LongestValue]}...";
    }
}
