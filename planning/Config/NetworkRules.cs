using System.Globalization;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;

namespace Infra.Planning.Config;

/// <summary>Rules for network access: address ranges, domains, and the settings of each access type.</summary>
internal sealed class NetworkRules(List<UserError> errors)
{
    // Limit for the sum of an operator's networks. The allocation of a single provider is smaller.
    private const int WidestAdminV4 = 8;
    private const int WidestAdminV6 = 32;

    // Addresses that cannot connect to a Droplet: this host, loopback, link-local, multicast and above.
    private static readonly Cidr[] s_unusable =
    [
        Cidr.Parse("0.0.0.0/8"), Cidr.Parse("127.0.0.0/8"), Cidr.Parse("169.254.0.0/16"), Cidr.Parse("224.0.0.0/3"),
        Cidr.Parse("::/127"), Cidr.Parse("fe80::/10"), Cidr.Parse("ff00::/8"),
    ];

    public void Check(StackConfig config)
    {
        Admins(config.AdminCidrs);
        AtMost("adminCidrs", config.AdminCidrs.Count, CloudLimits.Current.FirewallRuleEntries.Value, "a rule of a Cloud Firewall");
        if (config.VpcCidr is { } vpc)
        {
            Vpc(vpc, config.Region);
        }
        foreach (var (name, endpoint) in config.Endpoints.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            Endpoint(ConfigPath.Member("endpoints", name), endpoint);
        }
    }

    private void Admins(IReadOnlyList<string> texts)
    {
        var ranges = Ranges("adminCidrs", texts);
        if (texts.Count == 0 && !errors.Any(error => error.Key == "adminCidrs"))
        {
            errors.Add(UserError.InStackConfig("adminCidrs[0]", null,
                "is missing: the address that this machine connects from must be able to open SSH", ConfigExamples.Of("adminCidrs")));
        }
        var each = true;
        foreach (var (path, range) in ranges)
        {
            var widest = range.IsV6 ? WidestAdminV6 : WidestAdminV4;
            if (range.PrefixLength < widest)
            {
                Wrong(path, range, $"opens SSH to {(range.PrefixLength == 0 ? "the whole world" : "a large part of the world")}; "
                    + $"at most a /{widest}, and better the few addresses that you connect from");
                each = false;
            }
        }
        foreach (var family in ranges.Select(entry => entry.Range).GroupBy(range => range.IsV6))
        {
            var bits = family.Key ? 128 - WidestAdminV6 : 32 - WidestAdminV4;
            if (each && Cidr.CountAddresses(family) > UInt128.One << bits)
            {
                errors.Add(new("adminCidrs[0]", ShownValue.Mask(string.Join(", ", family)),
                    $"and the others open SSH to more addresses together than a /{(family.Key ? WidestAdminV6 : WidestAdminV4)} has",
                    $"pulumi config rm --path 'adminCidrs' && {ConfigExamples.Fix("adminCidrs[0]")}"));
            }
        }
        if (ranges.Count > 0 && ranges.Count == texts.Count && ranges.All(entry => entry.Range.IsV6))
        {
            Wrong("adminCidrs[0]", ranges[0].Range, "and the others are IPv6, but the Droplets only have IPv4; add an IPv4 address");
        }
    }

    private void Vpc(string text, string region)
    {
        if (!Cidr.TryParse(text, out var range, out var problem))
        {
            Wrong("vpcCidr", ShownValue.Mask(text), problem);
            return;
        }
        var reserved = CloudLimits.Current.ReservedRanges
            .FirstOrDefault(block => (block.Region is null || block.Region == region) && range.Overlaps(Cidr.Parse(block.Range)));
        if (!range.IsPrivate)
        {
            Wrong("vpcCidr", text, "is not private: choose it from 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16");
        }
        else if (range.PrefixLength is < 16 or > 24)
        {
            Wrong("vpcCidr", text, "must be a /16 to a /24");
        }
        else if (reserved is not null)
        {
            Wrong("vpcCidr", text,
                $"overlaps {reserved.Range}, which DigitalOcean reserves{(reserved.Region is null ? "" : $" in {reserved.Region}")}");
        }
    }

    private void Endpoint(string path, EndpointConfig endpoint)
    {
        string At(string member) => ConfigPath.Member(path, member);
        var clients = Ranges(At("clientCidrs"), endpoint.ClientCidrs);
        foreach (var (rangePath, range) in clients)
        {
            var isPrivate = range.IsPrivate;
            if (endpoint.Access == Access.Public && isPrivate)
            {
                Wrong(rangePath, range, "is private, but callers of a public endpoint have internet addresses", "198.51.100.0/24");
            }
            else if (endpoint.Access != Access.Public && !isPrivate)
            {
                Wrong(rangePath, range,
                    "is not inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16; an internet address needs access: public",
                    "10.100.0.0/20");
            }
        }
        if (endpoint.Access == Access.Private)
        {
            // Addresses and tags are sources of the same rule.
            var most = CloudLimits.Current.FirewallRuleEntries.Value;
            AtMost(At("clientCidrs"), endpoint.ClientCidrs.Count, most, "a rule of a Cloud Firewall");
            AtMost(At("clientTags"), endpoint.ClientTags.Count, Math.Max(most - endpoint.ClientCidrs.Count, 0),
                "a rule of a Cloud Firewall with these clientCidrs");
        }
        else
        {
            AtMost(At("clientCidrs"), endpoint.ClientCidrs.Count, CloudLimits.Current.LoadBalancerAllowEntries.Value,
                "the allow-list of a load balancer");
        }
        if (endpoint.ClientTags.Count > 0 && endpoint.Access != Access.Private)
        {
            errors.Add(new(At("clientTags"), string.Join(", ", endpoint.ClientTags.Select(tag => ShownValue.Mask(tag))),
                "are only for private access: a load balancer identifies its callers by address",
                $"pulumi config rm --path '{At("clientTags")}'"));
        }
        if (endpoint.Access == Access.Public)
        {
            Public(endpoint, At);
            return;
        }
        foreach (var (member, value) in new[] { ("domain", endpoint.Domain), ("dnsZone", endpoint.DnsZone) })
        {
            if (value is not null)
            {
                errors.Add(new(At(member), ShownValue.Mask(value), "is only for public access: remove it, or set access to public",
                    $"pulumi config rm --path '{At(member)}'"));
            }
        }
    }

    private void Public(EndpointConfig endpoint, Func<string, string> at)
    {
        if (endpoint.ClientCidrs.Count == 0
            && !errors.Any(error => error.Key.StartsWith(at("clientCidrs"), StringComparison.Ordinal)))
        {
            errors.Add(UserError.InStackConfig($"{at("clientCidrs")}[0]", null,
                "is missing: list the callers of a public endpoint, or 0.0.0.0/0 for all", ConfigExamples.Of("clientCidrs")));
        }
        if (endpoint.Domain is not { } domain)
        {
            if (!errors.Any(error => error.Key == at("domain")))
            {
                errors.Add(UserError.InStackConfig(at("domain"), null,
                    "is missing: a public endpoint needs a domain for its certificate", ConfigExamples.Of("domain")));
            }
            return;
        }
        if (!ConfigPatterns.Domain().IsMatch(domain))
        {
            Wrong(at("domain"), ShownValue.Mask(domain),
                "is not a host name: labels of lower-case letters, digits and '-' with dots between, without scheme, port or path");
            return;
        }
        if (endpoint.DnsZone is not { } zone)
        {
            return;
        }
        if (!ConfigPatterns.Domain().IsMatch(zone))
        {
            Wrong(at("dnsZone"), ShownValue.Mask(zone), "is not a zone: labels of lower-case letters, digits and '-' with dots between");
        }
        else if (domain != zone && !domain.EndsWith($".{zone}", StringComparison.Ordinal))
        {
            Wrong(at("dnsZone"), zone, $"does not contain {domain}");
        }
    }

    private void AtMost(string path, int count, int most, string what)
    {
        if (count > most)
        {
            errors.Add(new(path, string.Create(CultureInfo.InvariantCulture, $"{count} entries"),
                string.Create(CultureInfo.InvariantCulture,
                    $"are more than {what} allows, at most {most}: merge adjacent ranges, or remove some"),
                $"pulumi config rm --path {ConfigPath.Quoted(ConfigPath.Element(path, most))}"));
        }
    }

    private List<(string Path, Cidr Range)> Ranges(string path, IReadOnlyList<string> texts)
    {
        var ranges = new List<(string Path, Cidr Range)>();
        for (var i = 0; i < texts.Count; i++)
        {
            var element = ConfigPath.Element(path, i);
            if (texts[i].Length == 0)
            {
                continue;
            }
            if (!Cidr.TryParse(texts[i], out var range, out var problem))
            {
                Wrong(element, ShownValue.Mask(texts[i]), problem, Cidr.Meant(texts[i])?.ToString());
            }
            else if (s_unusable.Any(block => block.Contains(range)))
            {
                Wrong(element, range, "is not an address that can connect");
            }
            else if (ranges.Any(entry => entry.Range == range))
            {
                errors.Add(new(element, range, "is a duplicate", $"pulumi config rm --path '{element}'"));
            }
            else
            {
                ranges.Add((element, range));
            }
        }
        return ranges;
    }

    private void Wrong(string path, object? value, string problem, string? example = null) =>
        errors.Add(UserError.InStackConfig(path, value, problem, example ?? ConfigExamples.At(path)));
}
