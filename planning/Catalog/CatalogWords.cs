using Infra.Planning.Reading;

namespace Infra.Planning.Catalog;

/// <summary>Enums as catalog files and messages spell them: <c>onDemand</c>, <c>weightOnly</c>.</summary>
internal static class CatalogWords
{
    /// <summary>All words of an enum, in its order.</summary>
    public static IReadOnlyList<string> Of(Type type) => ValueShape.WordsOf(type);

    /// <summary>The word of a value.</summary>
    public static string Of(Enum value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return ValueShape.Word(value.ToString());
    }
}
