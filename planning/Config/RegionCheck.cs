using Infra.Planning.Catalog;
using Infra.Planning.Errors;

namespace Infra.Planning.Config;

/// <summary>The check of a region, for a stack and for the command line.</summary>
public static class RegionCheck
{
    /// <summary>The error of a region without a GPU size in the catalog; null: it has one.</summary>
    /// <param name="key">The setting or the option.</param>
    /// <param name="region">What is written.</param>
    /// <param name="catalog">The catalog.</param>
    /// <param name="advice">What else can be done, as sentences behind the list of regions.</param>
    public static UserError? Of(string key, string region, ModelCatalog catalog, string advice = "")
    {
        ArgumentNullException.ThrowIfNull(region);
        ArgumentNullException.ThrowIfNull(catalog);
        var known = catalog.Sizes.Values.SelectMany(size => size.Regions).Distinct().Order(StringComparer.Ordinal).ToList();
        if (known.Contains(region))
        {
            return null;
        }
        var meant = MeantValues.Region(region, known) ?? region;
        return UserError.InStackConfig(key, region, $"is not a region with a known GPU size; {NearMiss.Sentence(meant, known)}{advice}",
            NearMiss.Of(meant, known) is [var nearest, ..] ? nearest : known[0]);
    }
}
