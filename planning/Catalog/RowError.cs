using System.Text.Json;
using Infra.Planning.Errors;

namespace Infra.Planning.Catalog;

/// <summary>An error in a row of a catalog file.</summary>
/// <param name="Member">Path in the row: <c>architecture.layers</c>; empty for the row itself.</param>
/// <param name="Value">The value; null if missing.</param>
/// <param name="Problem">The problem and the allowed values, as the rest of a sentence.</param>
internal sealed record RowError(string Member, string? Value, string Problem)
{
    public static RowError At(string member, JsonElement value, string problem) =>
        new(member, ShownValue.Mask(SecretWords.Shown(value, member.Split('.')[^1])), problem);
}
