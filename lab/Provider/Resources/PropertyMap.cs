global using PropertyMap = System.Collections.Immutable.ImmutableDictionary<string, object>;
using System.Collections.Immutable;


namespace Infra.Lab.Provider.Resources;

/// <summary>
/// Reads the properties of a resource as mocks receive and return them: string, bool, double, <c>ImmutableArray&lt;object&gt;</c> and
/// <c>ImmutableDictionary&lt;string, object&gt;</c>, without null values.
/// </summary>
internal static class PropertyMaps
{
    public static string Text(this PropertyMap map, string name) =>
        map.TextOrNull(name) ?? throw new InvalidDataException($"{name} is missing");

    public static string? TextOrNull(this PropertyMap map, string name) => map.GetValueOrDefault(name) as string;

    public static int Number(this PropertyMap map, string name, int otherwise = 0) =>
        map.GetValueOrDefault(name) is double number ? (int)number : otherwise;

    public static bool Flag(this PropertyMap map, string name, bool otherwise = false) =>
        map.GetValueOrDefault(name) is bool flag ? flag : otherwise;

    public static PropertyMap? Map(this PropertyMap map, string name) => map.GetValueOrDefault(name) as PropertyMap;

    /// <summary>Items that are maps; none without a list.</summary>
    public static IReadOnlyList<PropertyMap> Maps(this PropertyMap map, string name) =>
        map.GetValueOrDefault(name) is ImmutableArray<object> items ? [.. items.OfType<PropertyMap>()] : [];

    /// <summary>Items that are text; none without a list.</summary>
    public static IReadOnlyList<string> Texts(this PropertyMap map, string name) =>
        map.GetValueOrDefault(name) is ImmutableArray<object> items ? [.. items.OfType<string>()] : [];

    /// <summary>Items that are whole numbers, such as ids of Droplets; none without a list.</summary>
    public static IReadOnlyList<long> Numbers(this PropertyMap map, string name) =>
        map.GetValueOrDefault(name) is ImmutableArray<object> items ? [.. items.OfType<double>().Select(number => (long)number)] : [];

    /// <summary>A list as a provider returns it.</summary>
    public static ImmutableArray<object> ToProperty(this IEnumerable<string> items) => [.. items];
}
