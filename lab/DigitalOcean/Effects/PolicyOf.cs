using System.Globalization;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Firewalls;
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
        var firewalls = state.All<Firewall>();
        var rules = new Rules(servers);
        return new(
            [.. servers.Select(server => Server(server, [.. firewalls.Where(firewall => firewall.Guards(server))], rules))],
            []);
    }

    private static ServerPolicy Server(INetworkServer server, IReadOnlyList<Firewall> firewalls, Rules rules) => new(
        server.Id.ToString(CultureInfo.InvariantCulture), server.PublicAddress!, server.VpcAddress!, server.VpcId!, firewalls.Count > 0,
        [.. firewalls.SelectMany(firewall => firewall.InboundRules).Select(rules.Of).OfType<PolicyRule>()],
        [.. firewalls.SelectMany(firewall => firewall.OutboundRules).Select(rules.Of).OfType<PolicyRule>()]);

    /// <summary>Rules with their peers as addresses.</summary>
    private sealed class Rules(IReadOnlyList<INetworkServer> servers)
    {
        // Null: no peer is there. A rule without addresses would read as allowing all.
        public PolicyRule? Of(FirewallRule rule)
        {
            var peers = rule.Peers;
            string[] cidrs =
            [
                .. peers.Addresses,
                .. servers.Where(server => peers.DropletIds.Contains(server.Id)
                        || server.Tags.Intersect(peers.Tags, StringComparer.OrdinalIgnoreCase).Any())
                    .SelectMany(server => new[] { server.VpcAddress!, server.PublicAddress! }),
            ];
            return cidrs.Length == 0 ? null
                : new(rule.Protocol, rule.Ports is FirewallRule.AllPorts or WholeRange ? null : rule.Ports, [.. cidrs.Distinct()]);
        }
    }
}
