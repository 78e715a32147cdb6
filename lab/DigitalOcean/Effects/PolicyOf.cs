using System.Globalization;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Firewalls;
using Infra.Lab.DigitalOcean.LoadBalancers;
using Infra.Lab.DigitalOcean.Networks;
using Infra.Lab.Specs;

namespace Infra.Lab.DigitalOcean.Effects;

/// <summary>What Cloud Firewalls and VPCs allow, with tags, Droplets and load balancers resolved to addresses.</summary>
internal static class PolicyOf
{
    private const string WholeRange = "1-65535";

    public static NetworkPolicy State(AccountState state)
    {
        var servers = state.AllOf<INetworkServer>()
            .Where(server => server is { IsOnNetwork: true, PublicAddress: not null, VpcAddress: not null, VpcId: not null }).ToList();
        var balancers = state.All<LoadBalancer>().Where(BalancersOf.HasAddresses).ToList();
        var firewalls = state.All<Firewall>();
        var rules = new Peers(servers, balancers);
        return new(
            [.. servers.Select(server => Server(server, [.. firewalls.Where(firewall => firewall.Guards(server))], rules))],
            [.. balancers.Select(balancer => new BalancerPolicy(balancer.Id, balancer.Address!, balancer.VpcAddress!, balancer.VpcId!,
                BalancersOf.Ranges(balancer.Settings.Allow)))]);
    }

    private static ServerPolicy Server(INetworkServer server, IReadOnlyList<Firewall> firewalls, Peers peers) => new(
        server.Id.ToString(CultureInfo.InvariantCulture), server.PublicAddress!, server.VpcAddress!, server.VpcId!, firewalls.Count > 0,
        [.. firewalls.SelectMany(firewall => firewall.InboundRules).Select(peers.Rule).OfType<PolicyRule>()],
        [.. firewalls.SelectMany(firewall => firewall.OutboundRules).Select(peers.Rule).OfType<PolicyRule>()]);

    /// <summary>The other sides of rules.</summary>
    private sealed class Peers(IReadOnlyList<INetworkServer> servers, IReadOnlyList<LoadBalancer> balancers)
    {
        /// <summary>A rule with its peers as addresses; null: no peer is there. Without addresses it would read as allowing all.</summary>
        public PolicyRule? Rule(FirewallRule rule)
        {
            var peers = rule.Peers;
            string[] cidrs =
            [
                .. peers.Addresses,
                .. servers.Where(server => peers.DropletIds.Contains(server.Id)
                        || server.Tags.Intersect(peers.Tags, StringComparer.OrdinalIgnoreCase).Any())
                    .SelectMany(server => new[] { server.VpcAddress!, server.PublicAddress! }),
                .. balancers.Where(balancer => peers.LoadBalancerUids.Contains(balancer.Id)).Select(balancer => balancer.VpcAddress!),
            ];
            var hasPorts = rule.Protocol != FirewallRule.Icmp && rule.Ports is not (FirewallRule.AllPorts or WholeRange);
            return cidrs.Length == 0 ? null : new(rule.Protocol, hasPorts ? rule.Ports : null, [.. cidrs.Distinct()]);
        }
    }
}
