using Infra.Lab.DigitalOcean.Http;

namespace Infra.Lab.DigitalOcean.Overview;

/// <summary>
/// Lists of products that the lab has not: an account without any gets an empty one, and programs that look at all of an account ask
/// for it. What would create one is answered 404. Paths, members and scopes: digitalocean/openapi 7c1300c4 (2026-08-07).
/// </summary>
internal static class EmptyLists
{
    private const string Limits = "Always empty: none can be created.";

    /// <summary>Lists with pages, by their path below <c>/v2/</c>: the member, and the scope.</summary>
    private static readonly Dictionary<string, (string Member, string Scope)> s_paged = new(StringComparer.Ordinal)
    {
        ["apps"] = ("apps", "app:read"),
        ["byoip_prefixes"] = ("byoip_prefixes", "byoip_prefix:read"),
        ["cdn/endpoints"] = ("endpoints", "cdn:read"),
        ["dedicated-inferences"] = ("dedicated_inferences", "dedicated_inference:read"),
        ["droplets/autoscale"] = ("autoscale_pools", "droplet:read"),
        ["floating_ips"] = ("floating_ips", "reserved_ip:read"),
        ["kubernetes/clusters"] = ("kubernetes_clusters", "kubernetes:read"),
        ["partner_network_connect/attachments"] = ("partner_attachments", "partner_network_connect:read"),
        ["reserved_ips"] = ("reserved_ips", "reserved_ip:read"),
        ["reserved_ipv6"] = ("reserved_ipv6s", "reserved_ip:read"),
        ["spaces/keys"] = ("keys", "spaces_key:read"),
        ["vpc_nat_gateways"] = ("vpc_nat_gateways", "nat_gateway:read"),
        ["vpc_peerings"] = ("vpc_peerings", "vpc_peering:read"),
    };

    /// <summary>The same for lists that have no pages.</summary>
    private static readonly Dictionary<string, (string Member, string Scope)> s_whole = new(StringComparer.Ordinal)
    {
        ["databases"] = ("databases", "database:read"),
        ["functions/namespaces"] = ("namespaces", "function:read"),
        ["nfs"] = ("shares", "nfs:list"),
        ["nfs/snapshots"] = ("snapshots", "nfs:list"),
        ["registries"] = ("registries", "registry:read"),
    };

    public static IEnumerable<ApiRoute> Routes { get; } =
    [
        .. s_paged.Select(list => new ApiRoute("GET", $"/v2/{list.Key}", list.Value.Scope, Limits,
            request => request.Page(list.Value.Member, Array.Empty<object>(), item => item))),
        .. s_whole.Select(list => new ApiRoute("GET", $"/v2/{list.Key}", list.Value.Scope, Limits,
            _ => ApiAnswer.Ok(new Dictionary<string, object> { [list.Value.Member] = Array.Empty<object>() }))),
    ];
}
