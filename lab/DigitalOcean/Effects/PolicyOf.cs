using System.Globalization;
using System.Runtime.CompilerServices;
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

    /// <summary>Policies of servers without a firewall: they follow from the server alone.</summary>
    private static readonly ConditionalWeakTable<INetworkServer, ServerPolicy> s_open = [];

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

    /// <summary>Whether two policies say the same.</summary>
    public static bool IsSame(NetworkPolicy one, NetworkPolicy other) =>
        one.Servers.SequenceEqual(other.Servers, ByValue<ServerPolicy>((a, b) =>
            a with { Inbound = b.Inbound, Outbound = b.Outbound } == b && IsSame(a.Inbound, b.Inbound) && IsSame(a.Outbound, b.Outbound)))
        && one.Balancers.SequenceEqual(other.Balancers, ByValue<BalancerPolicy>((a, b) =>
            a with { AllowedCidrs = b.AllowedCidrs } == b && a.AllowedCidrs.SequenceEqual(b.AllowedCidrs)));

    private static bool IsSame(IReadOnlyList<PolicyRule> one, IReadOnlyList<PolicyRule> other) =>
        one.SequenceEqual(other, ByValue<PolicyRule>((a, b) => a with { Cidrs = b.Cidrs } == b && a.Cidrs.SequenceEqual(b.Cidrs)));

    private static EqualityComparer<T> ByValue<T>(Func<T, T, bool> areSame)
        where T : class => EqualityComparer<T>.Create(
            (a, b) => ReferenceEquals(a, b) || (a is not null && b is not null && areSame(a, b)));

    private static ServerPolicy Server(INetworkServer server, IReadOnlyList<Firewall> firewalls, Peers peers) => firewalls.Count == 0
        ? s_open.GetValue(server, static open => Server(open, isGuarded: false, [], []))
        : Server(server, isGuarded: true,
            [.. firewalls.SelectMany(firewall => firewall.InboundRules).Select(peers.Rule).OfType<PolicyRule>()],
            [.. firewalls.SelectMany(firewall => firewall.OutboundRules).Select(peers.Rule).OfType<PolicyRule>()]);

    private static ServerPolicy Server(
        INetworkServer server, bool isGuarded, IReadOnlyList<PolicyRule> inbound, IReadOnlyList<PolicyRule> outbound) => new(
        server.Id.ToString(CultureInfo.InvariantCulture), server.PublicAddress!, server.VpcAddress!, server.VpcId!, isGuarded, inbound,
        outbound);

    /// <summary>The other sides of rules.</summary>
    private sealed class Peers(IReadOnlyList<INetworkServer> servers, IReadOnlyList<LoadBalancer> balancers)
    {
        // A firewall guards many servers with the same rules.
        private readonly Dictionary<FirewallRule, PolicyRule?> _rules = new(ReferenceEqualityComparer.Instance);

        /// <summary>A rule with its peers as addresses; null: no peer is there. Without addresses it would read as allowing all.</summary>
        public PolicyRule? Rule(FirewallRule rule)
        {
            if (!_rules.TryGetValue(rule, out var known))
            {
                _rules[rule] = known = Resolve(rule);
            }
            return known;
        }

        private PolicyRule? Resolve(FirewallRule rule)
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
