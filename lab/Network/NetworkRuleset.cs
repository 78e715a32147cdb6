using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Infra.Lab.Specs;

namespace Infra.Lab.Network;

/// <summary>
/// The complete policy of the virtual network as one nftables transaction: table <c>inet network</c>. Established connections survive it,
/// as at DigitalOcean. VPCs must not overlap, because the router has one routing table; the VPCs of an account do not overlap either.
/// </summary>
internal static class NetworkRuleset
{
    /// <summary>The ruleset for <c>nft -f -</c>. Equal policies have equal text, whatever the order of members.</summary>
    public static string Render(NetworkPolicy policy, IReadOnlyList<NetworkNeighbour>? neighbours = null)
    {
        NetworkMember[] members =
        [
            .. policy.Servers.Select(NetworkMember.Of)
                .Concat(policy.Balancers.Select(NetworkMember.Of))
                .Concat((neighbours ?? []).Select(NetworkMember.Of))
                .OrderBy(member => member.Stem, StringComparer.Ordinal),
        ];
        NetworkLink[] links = [.. members.SelectMany(member => member.Links)];
        var networks = links.Select(link => link.VpcId).OfType<string>().Distinct().Order(StringComparer.Ordinal)
            .Select((vpcId, index) => (Name: $"vpc{index + 1}", VpcId: vpcId)).ToArray();

        var text = new StringBuilder();
        Header(text, links, networks);
        foreach (var member in members)
        {
            RuleChain(text, $"to_{member.Stem}", "saddr", member.Inbound, member.Links.Any(link => link.Arriving == LinkRule.Listed));
            RuleChain(text, $"from_{member.Stem}", "daddr", member.Outbound, member.Links.Any(link => link.Leaving == LinkRule.Listed));
        }
        VerdictMap(text, "leaving", members, link => link.Leaving, "from");
        VerdictMap(text, "arriving", members, link => link.Arriving, "to");
        Hooks(text, networks.Select(network => network.Name));
        return text.Append("}\n").ToString();
    }

    private static void Header(StringBuilder text, NetworkLink[] links, (string Name, string VpcId)[] networks)
    {
        text.Append("table inet network\ndelete table inet network\ntable inet network {\n");
        // Prevents address spoofing between links.
        Set(text, "owners", "ifname . ipv4_addr", links.Select(link => $"{Quoted(link.Name)} . {Address(link.Address)}"));
        Set(text, "public", "ifname", links.Where(link => link.VpcId is null).Select(link => Quoted(link.Name)));
        foreach (var (name, vpcId) in networks)
        {
            Set(text, name, "ifname", links.Where(link => link.VpcId == vpcId).Select(link => Quoted(link.Name)));
        }
    }

    private static void Set(StringBuilder text, string name, string type, IEnumerable<string> elements)
    {
        text.Append(CultureInfo.InvariantCulture, $"  set {name} {{\n    type {type}\n");
        Elements(text, elements);
        text.Append("  }\n");
    }

    private static void VerdictMap(StringBuilder text, string name, NetworkMember[] members, Func<NetworkLink, LinkRule> side, string chain)
    {
        text.Append(CultureInfo.InvariantCulture, $"  map {name} {{\n    type ifname : verdict\n");
        Elements(text, members.SelectMany(member => member.Links.Where(link => side(link) != LinkRule.Everything)
            .Select(link => $"{Quoted(link.Name)} : {(side(link) == LinkRule.Listed ? $"jump {chain}_{member.Stem}" : "drop")}")));
        text.Append("  }\n");
    }

    private static void Elements(StringBuilder text, IEnumerable<string> elements)
    {
        var all = string.Join(",\n      ", elements);
        if (all.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"    elements = {{\n      {all}\n    }}\n");
        }
    }

    /// <summary>Returns if a rule allows the packet, so that the rules of the other side apply too; else drops it.</summary>
    private static void RuleChain(StringBuilder text, string name, string otherSide, IEnumerable<PolicyRule> rules, bool needed)
    {
        if (!needed)
        {
            return;
        }
        text.Append(CultureInfo.InvariantCulture, $"  chain {name} {{\n");
        foreach (var line in rules.Select(rule => Match(rule, otherSide)).OfType<string>().Distinct().Order(StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"    {line} return\n");
        }
        text.Append("    drop\n  }\n");
    }

    private static string? Match(PolicyRule rule, string otherSide)
    {
        var ranges = AddressRanges.Parse(rule.Cidrs);
        if (ranges.IsEmpty)
        {
            return null;
        }
        var address = ranges.IsEverything ? "" : $"ip {otherSide} {{ {string.Join(", ", ranges.ToTexts())} }} ";
        return (rule.Protocol, rule.Ports) switch
        {
            ("icmp", _) => $"{address}meta l4proto icmp",
            ("tcp" or "udp", null) => $"{address}meta l4proto {rule.Protocol}",
            ("tcp" or "udp", { } ports) => $"{address}{rule.Protocol} dport {PortRange(ports)}",
            _ => throw new FormatException($"'{rule.Protocol}' is not a protocol of a firewall rule: tcp, udp or icmp"),
        };
    }

    private static string PortRange(string ports)
    {
        var ends = ports.Split('-');
        var numbers = ends.Select(end => ushort.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : 0)
            .ToArray();
        return numbers switch
        {
            [> 0 and var port] => $"{port}",
            [> 0 and var first, var last] when last == first => $"{first}",
            [> 0 and var first, var last] when last > first => $"{first}-{last}",
            _ => throw new FormatException($"'{ports}' is not a port or a range of ports"),
        };
    }

    private static void Hooks(StringBuilder text, IEnumerable<string> networks)
    {
        var pairs = string.Concat(networks.Prepend("public").Select(name => $"    iifname @{name} oifname @{name} goto rules\n"));
        // DHCP starts before the server has an address. The router itself (mirrors, metadata, operator, outsiders) is only reachable on the
        // public network: a VPC has no route out.
        text.Append(CultureInfo.InvariantCulture, $$"""
              chain rules {
                iifname vmap @leaving
                oifname vmap @arriving
                accept
              }
              chain spoofed {
                type filter hook prerouting priority raw; policy drop;
                iifname "lo" accept
                iifname . ip saddr @owners accept
                iifname @public ip saddr 0.0.0.0 udp sport 68 udp dport 67 accept
              }
              chain forward {
                type filter hook forward priority filter; policy drop;
                ct state established,related accept
                ct state invalid drop
            {{pairs}}  }
              chain input {
                type filter hook input priority filter; policy drop;
                iifname "lo" accept
                ct state established,related accept
                ct state invalid drop
                iifname != @public drop
                udp sport 68 udp dport 67 accept
                goto rules
              }
              chain output {
                type filter hook output priority filter; policy drop;
                oifname "lo" accept
                meta nfproto ipv6 drop
                ct state established,related accept
                ct state invalid drop
                oifname != @public drop
                udp sport 67 udp dport 68 accept
                goto rules
              }

            """);
    }

    private static string Quoted(string link) => link.Length is > 0 and <= 15 && link.All(char.IsAsciiLetterOrDigit)
        ? $"\"{link}\""
        : throw new FormatException($"'{link}' is not a link name: 1 to 15 letters and digits");

    private static string Address(string address) =>
        IPAddress.TryParse(address, out var parsed) && parsed.AddressFamily == AddressFamily.InterNetwork
        ? parsed.ToString()
        : throw new FormatException($"'{address}' is not an IPv4 address");
}
