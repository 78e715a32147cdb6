using Infra.Planning.Reading;

namespace Infra.Planning.Catalog;

/// <summary>Enum values as in catalog files and messages: <c>onDemand</c>, <c>weightOnly</c>.</summary>
internal static class CatalogWords
{
    /// <summary>All words of an enum, in declaration order.</summary>
    public static IReadOnlyList<string> Of(Type type) => ValueShape.WordsOf(type);

    /// <summary>The word of a value.</summary>
    public static string Of(Enum value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return ValueShape.Word(value.ToString());
    }
}
