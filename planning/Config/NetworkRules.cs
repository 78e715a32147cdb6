using System.Globalization;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;

namespace Infra.Planning.Config;

/// <summary>Rules for network access: address ranges, and the settings of each access type.</summary>
internal sealed class NetworkRules(List<UserError> errors)
{
    // Limit for the sum of an operator's networks. The allocation of a single provider is smaller.
    private const int WidestAdminV4 = 8;
    private const int WidestAdminV6 = 32;

    // A longer command is not for pasting.
    private const int MostRemovals = 20;

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
        var ranges = Ranges("adminCidrs", texts, MeantAdmin);
        if (texts.Count == 0 && !errors.Any(error => error.Key == "adminCidrs"))
        {
            errors.Add(UserError.InStackConfig("adminCidrs[0]", null,
                "is missing: the address that this machine connects from must be able to open SSH"));
        }
        var tooWide = ranges.Where(entry => entry.Range.PrefixLength < WidestAdmin(entry.Range)).ToList();
        var right = ranges.Except(tooWide).ToList();
        var canConnect = right.Exists(entry => entry.Range is { IsV6: false, IsUnroutable: false });
        foreach (var (path, range) in tooWide)
        {
            errors.Add(new(path, range, $"opens SSH to {(range.PrefixLength == 0 ? "the whole world" : "a large part of the world")}; "
                + $"at most a /{WidestAdmin(range)}, and better the few addresses that you connect from",
                canConnect || range.IsV6 ? ConfigFix.Remove(path) : ConfigFix.Example(path)));
        }
        foreach (var family in right.GroupBy(entry => entry.Range.IsV6))
        {
            TooManyTogether([.. family], family.Key ? WidestAdminV6 : WidestAdminV4);
        }
        var all = texts.Count;
        if (right.Count == 0 || right.Count < all || canConnect)
        {
            return;
        }
        // The fix adds an address: those that are there are right, but not enough.
        var add = ConfigFix.ExampleStep(ConfigPath.Element("adminCidrs", 0)) with { Path = ConfigPath.Element("adminCidrs", all) };
        errors.Add(new("adminCidrs[0]", right[0].Range, right.TrueForAll(entry => entry.Range.IsV6)
            ? "and the others are IPv6, but the Droplets only have IPv4; add an IPv4 address"
            : "and the others are private, but SSH goes to the public addresses of the Droplets; add the public address that you "
                + "connect from",
            new ConfigFix(add)));
    }

    private static int WidestAdmin(Cidr range) => range.IsV6 ? WidestAdminV6 : WidestAdminV4;

    // An address with a far too wide prefix is meant as an address.
    private static Cidr? MeantAdmin(string text) => Cidr.Typed(text) is { } meant && meant.PrefixLength > WidestAdmin(meant)
        ? meant
        : Cidr.Meant(text.Split('/')[0]);

    private void TooManyTogether(List<(string Path, Cidr Range)> ranges, int widest)
    {
        var bits = ranges[0].Range.IsV6 ? 128 - widest : 32 - widest;
        var kept = ranges.OrderBy(entry => entry.Range.PrefixLength).ToList();
        while (kept.Count > 1 && Cidr.CountAddresses(kept.Select(entry => entry.Range)) > UInt128.One << bits)
        {
            errors.Add(new(kept[0].Path, kept[0].Range, $"and the others open SSH to more addresses together than a /{widest} has: "
                + ShownValue.Mask(string.Join(", ", ranges.Select(entry => entry.Range))), ConfigFix.Remove(kept[0].Path)));
            kept.RemoveAt(0);
        }
    }

    private void Vpc(string text, string region)
    {
        if (!Cidr.TryParse(text, out var range, out var problem) || (problem = WhyNotVpc(range, region)) is not null)
        {
            errors.Add(text.ToLowerInvariant() is "auto" or "default" or "none"
                ? new("vpcCidr", text, $"{problem!}; without the setting, DigitalOcean picks one", ConfigFix.Remove("vpcCidr"))
                : UserError.InStackConfig("vpcCidr", ShownValue.Mask(text), problem!, MeantVpc(text, region)));
        }
    }

    private static string? WhyNotVpc(Cidr range, string region) =>
        !range.IsPrivate ? "is not private: choose it from 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"
        : range.PrefixLength is < 16 or > 24 ? "must be a /16 to a /24"
        : CloudLimits.Current.ReservedRanges.FirstOrDefault(block =>
            (block.Region is null || block.Region == region) && range.Overlaps(Cidr.Parse(block.Range))) is { } reserved
            ? $"overlaps {reserved.Range}, which DigitalOcean reserves{(reserved.Region is null ? "" : $" in {reserved.Region}")}"
            : null;

    /// <summary>The nearest range that a VPC may have: around the written address, or free.</summary>
    private static string? MeantVpc(string text, string region)
    {
        var address = text.Split('/')[0];
        var around = new[] { text, $"{address}/20", $"{address}/24" }.Select(Cidr.Meant);
        var free = Enumerable.Range(100, 100).Select(number => Cidr.Meant($"10.{number.ToString(CultureInfo.InvariantCulture)}.0.0/20"));
        return around.Concat(free).FirstOrDefault(range => range is { } meant && WhyNotVpc(meant, region) is null)?.ToString();
    }

    private void Endpoint(string path, EndpointConfig endpoint)
    {
        string At(string member) => ConfigPath.Member(path, member);
        if (IsUnread(At("access")))
        {
            // Rules that depend on the access type are checked when it is known.
            MeantAccess(At("access"), endpoint);
            Ranges(At("clientCidrs"), endpoint.ClientCidrs, Cidr.Typed);
            return;
        }
        var clients = Ranges(At("clientCidrs"), endpoint.ClientCidrs, Cidr.Typed);
        var right = clients.Where(entry => entry.Range.IsPrivate != (endpoint.Access == Access.Public)).ToList();
        if (endpoint is { Access: not Access.Public, Domain: not null } && clients.Count > 0 && right.Count == 0)
        {
            errors.Add(new(At("access"), endpoint.Access.ToString().ToLowerInvariant(),
                "does not go with a domain and internet addresses: they are for public access", ConfigFix.Set(At("access"), "public")));
            return;
        }
        foreach (var (rangePath, range) in clients.Except(right))
        {
            errors.Add(new(rangePath, range, endpoint.Access == Access.Public
                ? "is private, but callers of a public endpoint have internet addresses"
                : "is not inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16; an internet address needs access: public",
                endpoint.Access == Access.Public && right.Count == 0 ? ConfigFix.Example(rangePath) : ConfigFix.Remove(rangePath)));
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
                "are only for private access: a load balancer identifies its callers by address", ConfigFix.Remove(At("clientTags"))));
        }
        if (endpoint.Access == Access.Public)
        {
            Callers(At("clientCidrs"), endpoint.ClientCidrs, right);
            new DomainRules(errors).Check(endpoint, path);
            return;
        }
        foreach (var (member, value) in new[] { ("domain", endpoint.Domain), ("dnsZone", endpoint.DnsZone) })
        {
            if (value is not null)
            {
                errors.Add(new(At(member), ShownValue.Mask(value), "is only for public access: remove it, or set access to public",
                    ConfigFix.Remove(At(member))));
            }
        }
    }

    private bool IsUnread(string path) => errors.Any(error => error.Key == path);

    /// <summary>An access type that nothing is near to is the one that the other settings need.</summary>
    private void MeantAccess(string path, EndpointConfig endpoint)
    {
        var at = errors.FindIndex(error => error.Key == path);
        if (endpoint.Domain is not null && errors[at].Fix == ConfigFix.Example(path).ToString())
        {
            errors[at] = errors[at].With(ConfigFix.Set(path, "public"));
        }
    }

    private void Callers(string path, IReadOnlyList<string> texts, List<(string Path, Cidr Range)> ranges)
    {
        if (texts.Count == 0 && !errors.Any(error => error.Key.StartsWith(path, StringComparison.Ordinal)))
        {
            errors.Add(UserError.InStackConfig($"{path}[0]", null,
                "is missing: list the callers of a public endpoint, or 0.0.0.0/0 for all"));
        }
        if (ranges.Count > 0 && ranges.Count == texts.Count && ranges.TrueForAll(entry => entry.Range.IsV6))
        {
            var everyone = ranges.Exists(entry => entry.Range.PrefixLength == 0);
            var next = ConfigPath.Element(path, texts.Count);
            errors.Add(new(ConfigPath.Element(path, 0), ranges[0].Range,
                "and the others are IPv6, but the load balancer only has an IPv4 address: no one could call; add IPv4 addresses",
                everyone ? ConfigFix.Set(next, "0.0.0.0/0") : ConfigFix.Example(next)));
        }
    }

    private void AtMost(string path, int count, int most, string what)
    {
        if (count <= most)
        {
            return;
        }
        var shown = string.Create(CultureInfo.InvariantCulture, $"{count} entries");
        var problem = string.Create(CultureInfo.InvariantCulture,
            $"are more than {what} allows, at most {most}: merge adjacent ranges, or remove some");
        errors.Add(count - most <= MostRemovals
            ? new(path, shown, problem, new ConfigFix(
                [.. Enumerable.Range(most, count - most).Reverse().Select(index => new RemoveStep(ConfigPath.Element(path, index)))]))
            : new(path, shown, problem, "shorten the list in the file of the stack"));
    }

    private List<(string Path, Cidr Range)> Ranges(string path, IReadOnlyList<string> texts, Func<string, Cidr?> meant)
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
                var fixedRange = meant(texts[i]) is { } right && !s_unusable.Any(block => block.Contains(right)) ? right.ToString() : null;
                errors.Add(fixedRange is not null && texts.Contains(fixedRange)
                    ? new(element, ShownValue.Mask(texts[i]), problem, ConfigFix.Remove(element))
                    : UserError.InStackConfig(element, ShownValue.Mask(texts[i]), problem, fixedRange));
            }
            else if (s_unusable.Any(block => block.Contains(range)))
            {
                errors.Add(new(element, range, "is not an address that can connect",
                    texts.Count == 1 && path == "adminCidrs" ? ConfigFix.Example(element) : ConfigFix.Remove(element)));
            }
            else if (ranges.Any(entry => entry.Range == range))
            {
                errors.Add(new(element, range, "is a duplicate", ConfigFix.Remove(element)));
            }
            else
            {
                ranges.Add((element, range));
            }
        }
        return ranges;
    }
}
