using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Infra.Lab.Provider.Resources;
using Infra.Planning.Catalog;

namespace Infra.Lab.Provider;

/// <summary>Functions of the DigitalOcean provider, with results from the catalog.</summary>
internal static class ProviderFunctions
{
    private const string Sizes = "digitalocean:index/getSizes:getSizes";
    private const string Regions = "digitalocean:index/getRegions:getRegions";

    /// <summary>The call of a function to the API. Words: terraform-provider-digitalocean 401992a1, internal/datalist/schema.go.</summary>
    public static ProviderCall CallOf(string token) => token switch
    {
        Sizes => new("Unable to load records: Error retrieving sizes", "GET", "sizes"),
        Regions => new("Unable to load records: Error retrieving regions", "GET", "regions"),
        _ => throw new ProviderException($"the local cloud has no function {token}"),
    };

    public static PropertyMap Call(ModelCatalog catalog, string token, PropertyMap args) => token switch
    {
        Sizes => Answer("sizes", catalog.Sizes.Values.Select(Size), args),
        Regions => Answer("regions", RegionsOf(catalog), args),
        _ => throw new ProviderException($"the local cloud has no function {token}"),
    };

    private static PropertyMap Size(GpuSize size) => new Dictionary<string, object>
    {
        ["slug"] = size.Slug,
        ["available"] = size.Regions.Count > 0,
        ["regions"] = size.Regions.ToProperty(),
        ["vcpus"] = (double)(size.Vcpus ?? 0),
        ["memory"] = (double)(size.RamGiB ?? 0) * 1024,
        ["disk"] = (double)(size.BootDiskGB ?? 0),
        ["transfer"] = 0.0,
        ["priceHourly"] = (double)(size.UsdPerHour ?? 0),
        ["priceMonthly"] = (double)(size.UsdPerHour ?? 0) * 744,
    }.ToImmutableDictionary();

    private static IEnumerable<PropertyMap> RegionsOf(ModelCatalog catalog) => catalog.Sizes.Values
        .SelectMany(size => size.Regions).Distinct().Order(StringComparer.Ordinal)
        .Select(region => new Dictionary<string, object>
        {
            ["slug"] = region,
            ["name"] = region,
            ["available"] = true,
            ["features"] = ImmutableArray<object>.Empty,
            ["sizes"] = catalog.Sizes.Values.Where(size => size.Regions.Contains(region)).Select(size => size.Slug).ToProperty(),
        }.ToImmutableDictionary());

    private static PropertyMap Answer(string name, IEnumerable<PropertyMap> rows, PropertyMap args)
    {
        rows = args.Maps("filters").Aggregate(rows, (left, filter) => left.Where(row => Matches(row, filter)));
        foreach (var sort in args.Maps("sorts").Reverse())
        {
            var key = Property(sort);
            rows = sort.TextOrNull("direction") == "desc"
                ? rows.OrderByDescending(row => Sortable(row[key]))
                : rows.OrderBy(row => Sortable(row[key]));
        }
        return new Dictionary<string, object>
        {
            [name] = rows.Cast<object>().ToImmutableArray(),
            ["filters"] = args.GetValueOrDefault("filters", ImmutableArray<object>.Empty),
            ["sorts"] = args.GetValueOrDefault("sorts", ImmutableArray<object>.Empty),
            ["id"] = Guid.NewGuid().ToString(),
        }.ToImmutableDictionary();
    }

    private static bool Matches(PropertyMap row, PropertyMap filter)
    {
        var values = row[Property(filter)] is ImmutableArray<object> items ? items.Select(Text).ToList() : [Text(row[Property(filter)])];
        bool Has(string wanted) => values.Any(value => filter.TextOrNull("matchBy") switch
        {
            "re" => Regex.IsMatch(value, wanted, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)),
            "substring" => value.Contains(wanted, StringComparison.Ordinal),
            _ => value == wanted,
        });
        return filter.Flag("all") ? filter.Texts("values").All(Has) : filter.Texts("values").Any(Has);
    }

    /// <summary>Keys as in the API: <c>price_hourly</c>.</summary>
    private static string Property(PropertyMap map)
    {
        var words = map.Text("key").Split('_');
        return words[0] + string.Concat(words[1..].Select(word =>
            JsonNamingPolicy.CamelCase.ConvertName(word) is { Length: > 0 } rest ? char.ToUpperInvariant(rest[0]) + rest[1..] : ""));
    }

    private static string Text(object value) =>
        value is bool flag ? (flag ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static IComparable Sortable(object value) => value as IComparable ?? "";
}
