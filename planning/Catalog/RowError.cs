using System.Text.Json;

namespace Infra.Planning.Catalog;

/// <summary>An error in a row of a catalog file.</summary>
/// <param name="Member">Path in the row: <c>architecture.layers</c>; empty for the row itself.</param>
/// <param name="Value">The value; null if missing.</param>
/// <param name="Problem">The problem and the allowed values, as the rest of a sentence.</param>
internal sealed record RowError(string Member, string? Value, string Problem)
{
    private const int LongestValue = 60;

    public static RowError At(string member, JsonElement value, string problem) => new(member, Show(value), problem);

    private static string Show(JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return text.Length <= LongestValue ? text : $"{text[..LongestValue]}...";
    }
}
