using System.Globalization;
using Infra.Planning.Errors;

namespace Infra.Planning.Plan;

/// <summary>A size as the DigitalOcean account sees it now.</summary>
/// <param name="Slug">Its name.</param>
/// <param name="Regions">Regions where a Droplet of this size can be created now.</param>
/// <param name="Available">Whether it is available at all.</param>
/// <param name="UsdPerHour">Its price.</param>
public sealed record LiveSize(string Slug, IReadOnlyList<string> Regions, bool Available, decimal UsdPerHour);

/// <summary>Checks a plan against what the account can create now, so that no resource is created in vain.</summary>
public static class LiveSizes
{
    private const string Quota =
        "a new account has a GPU limit of 0, and the second tier of 1 (ask support, or prepay); an 8-GPU size needs a further "
            + "raise, and a contract size a contract";

    // Another region means another VPC and other Droplets: not useful if the Droplets exist.
    private const string Existing = "If its Droplets exist already, set ignoreAvailability to true instead";

    /// <summary>The plan with current prices.</summary>
    /// <param name="plan">A plan with the catalog's prices.</param>
    /// <param name="sizes">The result of <c>GET /v2/sizes</c>.</param>
    /// <exception cref="ConfigurationException">A size is unavailable in the region, or the price is above <c>maxHourlyUsd</c>.</exception>
    public static StackPlan Check(StackPlan plan, IReadOnlyList<LiveSize> sizes)
    {
        var bySlug = sizes.DistinctBy(size => size.Slug, StringComparer.Ordinal).ToDictionary(size => size.Slug, StringComparer.Ordinal);
        var errors = new List<UserError>();
        if (!plan.Config.IgnoreAvailability)
        {
            foreach (var endpoint in plan.Endpoints)
            {
                if (WhyNot(endpoint, bySlug) is { } problem)
                {
                    errors.Add(problem);
                }
            }
        }
        var endpoints = plan.Endpoints
            .Select(endpoint => bySlug.TryGetValue(endpoint.Placement.Size.Slug, out var live)
                ? endpoint with { DropletUsdPerHour = live.UsdPerHour }
                : endpoint)
            .ToList();
        if (errors.Count == 0)
        {
            StackPlan.CheckPrice(plan.Config, endpoints, errors);
        }
        return errors.Count > 0
            ? throw new ConfigurationException(errors.Distinct())
            : plan with { Endpoints = endpoints, PriceSource = "DigitalOcean, now" };
    }

    private static UserError? WhyNot(EndpointPlan endpoint, Dictionary<string, LiveSize> sizes)
    {
        var slug = endpoint.Placement.Size.Slug;
        var path = ConfigPath.Member(ConfigPath.Member("endpoints", endpoint.Name), "size");
        if (!sizes.Keys.Any(name => name.StartsWith("gpu-", StringComparison.Ordinal)))
        {
            return new(path, slug, $"is unavailable: DigitalOcean offers this account no GPU size; {Quota}",
                "open https://cloud.digitalocean.com/account/resource-limits, or set ignoreAvailability to true");
        }
        if (!sizes.TryGetValue(slug, out var size))
        {
            var offered = sizes.Values
                .Where(live => live.Slug.StartsWith("gpu-", StringComparison.Ordinal) && live.Available
                    && live.Regions.Contains(endpoint.Region))
                .OrderBy(live => live.UsdPerHour)
                .Select(live => string.Create(CultureInfo.InvariantCulture, $"{live.Slug} ({live.UsdPerHour:0.00} USD/h)"))
                .ToList();
            return UserError.InStackConfig(path, slug,
                $"is not a size that DigitalOcean offers this account; in {endpoint.Region} it offers "
                    + $"{(offered.Count > 0 ? string.Join(", ", offered) : "none with a GPU")}. {Existing}");
        }
        if (!size.Available || size.Regions.Count == 0)
        {
            return new(path, slug, $"is unavailable in all regions now: no capacity, or no access for this account; {Quota}",
                "try again later, or pulumi config set ignoreAvailability true");
        }
        return size.Regions.Contains(endpoint.Region)
            ? null
            : UserError.InStackConfig("region", endpoint.Region,
                $"has no {slug} now, which endpoint {endpoint.Name} uses; it is available in "
                    + $"{string.Join(", ", size.Regions.Order(StringComparer.Ordinal))}. {Existing}",
                size.Regions[0]);
    }
}
