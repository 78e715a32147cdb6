using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Infra.Tests.Deployments;

/// <summary>
/// What the DigitalOcean provider and API ask for beyond the schema (terraform-provider-digitalocean 401992a1 and digitalocean/openapi
/// 7c1300c4, 2026-08), for the resources in use.
/// </summary>
internal static partial class ProviderRules
{
    public static IEnumerable<string> Problems(Declared resource, bool unknowns) => resource.Type switch
    {
        "digitalocean:index/firewall:Firewall" => Name(resource, CloudName()).Concat(Rules(resource, unknowns)),
        "digitalocean:index/vpc:Vpc" => Name(resource, CloudName()),
        "digitalocean:index/loadBalancer:LoadBalancer" => Name(resource, CloudName()).Concat(LoadBalancer(resource)),
        "digitalocean:index/droplet:Droplet" => Name(resource, Hostname()).Concat(Tags(resource)).Concat(UserData(resource)),
        "digitalocean:index/volume:Volume" => Name(resource, VolumeName()),
        "digitalocean:index/tag:Tag" => Name(resource, Tag()),
        "digitalocean:index/certificate:Certificate" when resource.Text("type") == "lets_encrypt" =>
            resource.Inputs.ContainsKey("domains") && !resource.Inputs.ContainsKey("privateKey")
                ? []
                : ["lets_encrypt takes domains and no key"],
        _ => [],
    };

    private static IEnumerable<string> Name(Declared resource, Regex pattern) =>
        pattern.IsMatch(resource.Text("name")) ? [] : [$"name {resource.Text("name")} is not {pattern}"];

    private static IEnumerable<string> Rules(Declared firewall, bool unknowns)
    {
        var inbound = List(firewall.Inputs, "inboundRules");
        var outbound = List(firewall.Inputs, "outboundRules");
        if (inbound.Count + outbound.Count == 0 && !unknowns)
        {
            yield return "a firewall needs a rule";
        }
        foreach (var rule in inbound.Concat(outbound))
        {
            if ((string)rule["protocol"] is not ("tcp" or "udp" or "icmp"))
            {
                yield return $"protocol {rule["protocol"]}";
            }
            if (((string)rule["protocol"] == "icmp") == rule.ContainsKey("portRange"))
            {
                yield return "icmp has no portRange, and the others need one";
            }
        }
        if (inbound.Count + outbound.Count > 50)
        {
            yield return "more than 50 rules";
        }
    }

    private static IEnumerable<string> LoadBalancer(Declared balancer)
    {
        var region = balancer.Text("region");
        if (balancer.Inputs.ContainsKey("size") == balancer.Inputs.ContainsKey("sizeUnit")
            || balancer.Inputs.ContainsKey("size") != region is "ams2" or "nyc2" or "sfo1")
        {
            yield return "size in ams2, nyc2 and sfo1, sizeUnit elsewhere";
        }
        if ((double)balancer.Inputs["httpIdleTimeoutSeconds"] is < 30 or > 600)
        {
            yield return "httpIdleTimeoutSeconds is 30 to 600";
        }
        var health = (ImmutableDictionary<string, object>)balancer.Inputs["healthcheck"];
        if (((string)health["protocol"] == "tcp") == health.ContainsKey("path"))
        {
            yield return "a health check has a path for http and https, and none for tcp";
        }
        if (balancer.Inputs.TryGetValue("firewall", out var firewall))
        {
            foreach (string allow in (ImmutableArray<object>)((ImmutableDictionary<string, object>)firewall)["allows"])
            {
                if (!allow.StartsWith("cidr:", StringComparison.Ordinal) && !allow.StartsWith("ip:", StringComparison.Ordinal))
                {
                    yield return $"firewall entry {allow} is neither ip: nor cidr:";
                }
            }
        }
    }

    private static IEnumerable<string> Tags(Declared droplet) =>
        droplet.Inputs.TryGetValue("tags", out var tags)
            ? ((ImmutableArray<object>)tags).Cast<string>().Where(tag => !Tag().IsMatch(tag)).Select(tag => $"tag {tag}")
            : [];

    private static IEnumerable<string> UserData(Declared droplet) =>
        droplet.Inputs.TryGetValue("userData", out var text) && System.Text.Encoding.UTF8.GetByteCount((string)text) > 65536
            ? ["user data above 64 KiB"]
            : [];

    internal static IReadOnlyList<ImmutableDictionary<string, object>> List(ImmutableDictionary<string, object> inputs, string name) =>
        inputs.TryGetValue(name, out var list) ? [.. ((ImmutableArray<object>)list).Cast<ImmutableDictionary<string, object>>()] : [];

    [GeneratedRegex(@"^[a-zA-Z0-9][a-zA-Z0-9.-]*\z")]
    private static partial Regex CloudName();

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,62}\z")]
    private static partial Regex Hostname();

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,63}\z")]
    private static partial Regex VolumeName();

    [GeneratedRegex(@"^[a-zA-Z0-9:\-_]{1,255}\z")]
    private static partial Regex Tag();
}
