using System.Text.Json;

namespace Infra.Planning.Catalog;

/// <summary>Enums as catalog files and messages spell them: <c>onDemand</c>, <c>weightOnly</c>.</summary>
internal static class CatalogWords
{
    /// <summary>All words of an enum, in its order.</summary>
    public static IReadOnlyList<string> Of(Type type) => [.. Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName)];

    /// <summary>The word of a value.</summary>
    public static string Of(Enum value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
    }

    /// <summary>The value of a word that was checked before.</summary>
    public static object Value(Type type, string word) => Enum.Parse(type, word, ignoreCase: true);
}
