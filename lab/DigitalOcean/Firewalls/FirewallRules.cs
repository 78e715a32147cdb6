using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Networks;
using Infra.Planning.Catalog;
using Infra.Planning.Config;

namespace Infra.Lab.DigitalOcean.Firewalls;

/// <summary>
/// Reads rules of requests, and refuses wrong ones. Texts of refusals: digitalocean/droplet_kit 249 and digitalocean/doctl 247 (ports), a
/// provider's log of 2023 (port range), openshift on DigitalOcean (tag); the others are not the API's.
/// </summary>
internal static partial class FirewallRules
{
    private static readonly int s_mostPeers = CloudLimits.Current.FirewallRuleEntries.Value;

    public static ImmutableArray<FirewallRule> Inbound(AccountChange change, IReadOnlyList<FirewallRuleRequest?>? rules) =>
        [.. Given.All(rules, "inbound_rules").Select(rule => Rule(change, rule, rule.Sources, "source"))];

    public static ImmutableArray<FirewallRule> Outbound(AccountChange change, IReadOnlyList<FirewallRuleRequest?>? rules) =>
        [.. Given.All(rules, "outbound_rules").Select(rule => Rule(change, rule, rule.Destinations, "destination"))];

    /// <exception cref="ApiError">422.</exception>
    public static void CheckTags(AccountChange change, IEnumerable<string> tags)
    {
        if (tags.FirstOrDefault(tag => !NetworkTags.Exists(change.State, tag)) is { } unknown)
        {
            throw ApiError.Unprocessable($"tag {unknown} does not exist");
        }
    }

    /// <exception cref="ApiError">422.</exception>
    public static void CheckDroplets(AccountChange change, IReadOnlyCollection<long> ids)
    {
        if (ids.Count == 0)
        {
            return;
        }
        var known = change.State.AllOf<INetworkServer>().Select(server => server.Id).ToHashSet();
        if (ids.Where(id => !known.Contains(id)).Select(id => (long?)id).FirstOrDefault() is { } unknown)
        {
            throw ApiError.Unprocessable(string.Create(CultureInfo.InvariantCulture, $"droplet {unknown} does not exist"));
        }
    }

    private static FirewallRule Rule(AccountChange change, FirewallRuleRequest rule, FirewallPeersRequest? peers, string side)
    {
        if (rule.Protocol is not ("tcp" or "udp" or "icmp"))
        {
            throw ApiError.Unprocessable("protocol must be one of tcp, udp, icmp");
        }
        return new(rule.Protocol, Ports(rule), Peers(change, peers, side));
    }

    // "all" is what the provider sends (firewall/resource_firewall_test.go), "0" what the API answers for it; "1-65535" stays as it is.
    // ICMP has no ports: without any the answer is "0" (specification 2.0, firewall_rule_base). Ports that were sent anyway come back: with
    // "0", Terraform would find a difference for ever (TestAccDigitalOceanFirewall_icmp).
    private static string Ports(FirewallRuleRequest rule) => (rule.Protocol, rule.Ports) switch
    {
        (_, "0" or "all") or ("icmp", null or "") => FirewallRule.AllPorts,
        (_, null or "") => throw ApiError.Unprocessable("You must specify a positive value for ports."),
        (_, { } ports) when !IsPorts(ports) => throw ApiError.Unprocessable("invalid port range"),
        (_, { } ports) => ports,
    };

    private static FirewallPeers Peers(AccountChange change, FirewallPeersRequest? given, string side)
    {
        var peers = new FirewallPeers(
            Given.Distinct(given?.Addresses, "addresses"), Given.Distinct(given?.DropletIds),
            Given.Distinct(given?.LoadBalancerUids, "load_balancer_uids"), Given.Distinct(given?.KubernetesIds, "kubernetes_ids"),
            Given.Distinct(given?.Tags, "tags", StringComparer.OrdinalIgnoreCase));
        if (peers.IsEmpty)
        {
            throw ApiError.Unprocessable($"you must specify at least one {side} of a rule");
        }
        if (peers.Count > s_mostPeers)
        {
            throw ApiError.Unprocessable($"a rule may have no more than {s_mostPeers} entries");
        }
        if (peers.Addresses.FirstOrDefault(address => Cidr.Meant(address) is null) is { } wrong)
        {
            throw ApiError.Unprocessable($"invalid address: {wrong}");
        }
        CheckTags(change, peers.Tags);
        CheckDroplets(change, peers.DropletIds);
        return peers;
    }

    private static bool IsPorts(string text) => PortRange().Match(text) is { Success: true } match
        && Port(match.Groups[1]) is > 0 and <= 65535 and var first
        && (!match.Groups[2].Success || (Port(match.Groups[2]) is var last and <= 65535 && last >= first));

    private static int Port(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^([0-9]{1,5})(?:-([0-9]{1,5}))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex PortRange();
}
