using Infra.Planning.Catalog;
using Infra.Planning.Config;
using Infra.Planning.Errors;

namespace Infra.Planning.Plan;

/// <summary>What is allowed in a stack's config, but may not be meant.</summary>
internal static class StackWarnings
{
    public static IEnumerable<string> Of(StackConfig config, ModelCatalog catalog)
    {
        foreach (var placeholder in Placeholders.Of(config))
        {
            yield return $"{placeholder.Key} {placeholder.Value} {placeholder.Problem}: {placeholder.Fix}";
        }
        for (var i = 0; i < config.AdminCidrs.Count; i++)
        {
            if (Cidr.Parse(config.AdminCidrs[i]) is { IsUnroutable: true } range)
            {
                yield return $"{ConfigPath.Element("adminCidrs", i)} {range} is private: no connection comes from it, because SSH goes to "
                    + "the public addresses of the Droplets";
            }
        }
        var known = catalog.Sizes.Values.SelectMany(size => size.Regions).Distinct().Order(StringComparer.Ordinal).ToList();
        if (!known.Contains(config.Region))
        {
            yield return $"region {config.Region} has no known GPU size, and ignoreAvailability is set; "
                + NearMiss.Sentence(config.Region, known);
        }
    }
}
