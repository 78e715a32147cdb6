using Infra.Lab.Provider.Resources;
using Infra.Lab.Specs;

namespace Infra.Lab.Provider;

/// <summary>What Cloud Firewalls and VPCs allow, with tags, Droplets and load balancers resolved to addresses.</summary>
internal static class PolicyOf
{
    private const string AllPorts = "1-65535";

    public static NetworkPolicy State(CloudState state, IHostRuntime runtime)
    {
        var resources = state.Resources.ToList();
        var droplets = resources.Where(resource => DropletFacts.IsUp(resource, runtime)).ToList();
        var balancers = resources.Where(BalancerFacts.IsUp).ToList();
        var firewalls = resources.Where(resource => resource.Type == Types.Firewall && resource.Status != ResourceStatus.Deleting).ToList();
        return new(
            [.. droplets.Select(droplet =>
                Server(droplet, [.. firewalls.Where(firewall => HoldsFor(firewall, droplet))], droplets, balancers))],
            [.. balancers.Select(Balancer)]);
    }

    private static ServerPolicy Server(
        CloudResource droplet, IReadOnlyList<CloudResource> firewalls, IReadOnlyList<CloudResource> droplets,
        IReadOnlyList<CloudResource> balancers) => new(
            droplet.Id!,
            droplet.Outputs.Text("ipv4Address"),
            droplet.Outputs.Text("ipv4AddressPrivate"),
            droplet.Inputs.Text("vpcUuid"),
            firewalls.Count > 0,
            [.. firewalls.SelectMany(firewall => firewall.Inputs.Maps("inboundRules"))
                .Select(rule => Rule(rule, "source", droplets, balancers)).OfType<PolicyRule>()],
            [.. firewalls.SelectMany(firewall => firewall.Inputs.Maps("outboundRules"))
                .Select(rule => Rule(rule, "destination", droplets, balancers)).OfType<PolicyRule>()]);

    private static bool HoldsFor(CloudResource firewall, CloudResource droplet) =>
        firewall.Inputs.Texts("tags").Intersect(droplet.Inputs.Texts("tags"), StringComparer.OrdinalIgnoreCase).Any()
        || Ids(firewall.Inputs, "dropletIds").Contains(droplet.Id);

    // A rule without a matching peer allows nothing; without peers it would read as allowing all.
    private static PolicyRule? Rule(PropertyMap rule, string side, IReadOnlyList<CloudResource> droplets,
        IReadOnlyList<CloudResource> balancers)
    {
        var tags = rule.Texts($"{side}Tags");
        var ids = Ids(rule, $"{side}DropletIds");
        var peers = droplets.Where(peer => ids.Contains(peer.Id)
            || peer.Inputs.Texts("tags").Intersect(tags, StringComparer.OrdinalIgnoreCase).Any());
        var uids = rule.Texts($"{side}LoadBalancerUids");
        string[] cidrs =
        [
            .. rule.Texts($"{side}Addresses"),
            .. peers.SelectMany(peer => new[] { peer.Outputs.Text("ipv4AddressPrivate"), peer.Outputs.Text("ipv4Address") }),
            .. balancers.Where(balancer => uids.Contains(balancer.Id)).Select(BalancerFacts.BackendAddress),
        ];
        var protocol = rule.Text("protocol");
        return cidrs.Length == 0 ? null : new(protocol,
            protocol == "icmp" || rule.TextOrNull("portRange") == AllPorts ? null : rule.TextOrNull("portRange"), [.. cidrs.Distinct()]);
    }

    private static BalancerPolicy Balancer(CloudResource balancer) =>
        new(balancer.Id!, balancer.Outputs.Text("ip"), BalancerFacts.BackendAddress(balancer), balancer.Inputs.Text("vpcUuid"),
            BalancerFacts.Allowed(balancer));

    /// <summary>Droplet ids: numbers here, text as resource ids.</summary>
    private static HashSet<string?> Ids(PropertyMap map, string name) =>
        map.GetValueOrDefault(name) is System.Collections.Immutable.ImmutableArray<object> ids
        ? [.. ids.OfType<double>().Select(id => id.ToString("0", System.Globalization.CultureInfo.InvariantCulture))]
        : [];
}
