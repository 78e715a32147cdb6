using System.Globalization;
using System.Text.Json.Nodes;
using Infra.Planning.Plan;

namespace Infra.Lab.Cloud;

/// <summary>What is in an account, read from its lists.</summary>
internal static class CloudSurvey
{
    /// <summary>The lists by kind: path, member, and the member with the state.</summary>
    private static readonly (string Kind, string Path, string Member, string? State)[] s_lists =
    [
        ("droplet", "/v2/droplets", "droplets", "status"),
        ("droplet", "/v2/droplets?type=gpus", "droplets", "status"),
        ("volume", "/v2/volumes", "volumes", null),
        ("load_balancer", "/v2/load_balancers", "load_balancers", "status"),
        ("firewall", "/v2/firewalls", "firewalls", "status"),
        ("vpc", "/v2/vpcs", "vpcs", null),
        ("ssh_key", "/v2/account/keys", "ssh_keys", null),
        ("certificate", "/v2/certificates", "certificates", "state"),
        ("domain", "/v2/domains", "domains", null),
        ("snapshot", "/v2/snapshots", "snapshots", null),
        ("tag", "/v2/tags", "tags", null),
    ];

    public static async Task<IReadOnlyList<CloudResourceStatus>> OfAsync(CloudControlClient control, CancellationToken cancel)
    {
        var found = new List<CloudResourceStatus>();
        foreach (var (kind, path, member, state) in s_lists)
        {
            foreach (var item in await control.ListAsync(path, member, cancel) ?? [])
            {
                var one = Of(kind, item, state);
                if (!found.Exists(other => other.Kind == one.Kind && other.Id == one.Id))
                {
                    found.Add(one);
                }
            }
        }

        return found;
    }

    /// <summary>One item as the API shows it.</summary>
    internal static CloudResourceStatus Of(string kind, JsonObject item, string? state) => new(
        kind,
        Text(item["id"]) ?? Text(item["name"]) ?? "",
        Text(item["name"]) ?? "",
        state is null ? null : Text(item[state]),
        [.. Details(item)],
        Price(kind, item));

    private static IEnumerable<string> Details(JsonObject item)
    {
        foreach (var detail in new[] { Slug(item["region"]), Text(item["size_slug"]), Text(item["ip_range"]), Text(item["ip"]) })
        {
            if (!string.IsNullOrEmpty(detail))
            {
                yield return detail;
            }
        }

        if (item["size_gigabytes"] is JsonValue size)
        {
            yield return $"{size} GiB";
        }

        foreach (var network in (item["networks"]?["v4"] as JsonArray)?.OfType<JsonObject>() ?? [])
        {
            yield return $"{Text(network["ip_address"])} {Text(network["type"])}";
        }
    }

    private static decimal? Price(string kind, JsonObject item) => kind switch
    {
        "droplet" => Number(item["size"]?["price_hourly"]),
        "volume" => Number(item["size_gigabytes"]) * Prices.VolumeUsdPerGiBMonth / Prices.CappedHoursPerMonth,
        "load_balancer" => (Number(item["size_unit"]) ?? 1) * Prices.LoadBalancerUsdPerMonth / Prices.CappedHoursPerMonth,
        _ => null,
    };

    private static string? Slug(JsonNode? region) => region is JsonObject place ? Text(place["slug"]) : Text(region);

    private static string? Text(JsonNode? value) => value is JsonValue known ? known.ToString() : null;

    private static decimal? Number(JsonNode? value) =>
        decimal.TryParse(Text(value), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
