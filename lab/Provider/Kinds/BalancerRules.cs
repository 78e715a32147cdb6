using System.Globalization;
using Infra.Lab.Provider.Resources;
using Infra.Planning.Catalog;
using Infra.Planning.Config;

namespace Infra.Lab.Provider.Kinds;

/// <summary>
/// What the provider (terraform-provider-digitalocean 401992a1) and the API (digitalocean/openapi 7c1300c4) reject for a load balancer, and
/// what the local cloud does not support.
/// </summary>
internal sealed class BalancerRules(CloudContext cloud)
{
    private static readonly string[] s_regionsWithoutUnits = ["ams2", "nyc2", "sfo1"];

    public void Check(CloudResource? before, CloudResource after)
    {
        var inputs = after.Inputs;
        CheckProvider(inputs);
        CheckPlayed(inputs);
        if (cloud.IsNameTaken(after))
        {
            throw Refused(before, after, "name is not unique");
        }
        if (inputs.Maps("forwardingRules") is not { Count: > 0 } rules)
        {
            throw Refused(before, after, "forwarding rules must be specified");
        }
        var limits = CloudLimits.Current;
        var (shortest, longest) = (limits.ShortestHttpIdleSeconds.Value, limits.LongestHttpIdleSeconds.Value);
        if (inputs.ContainsKey("httpIdleTimeoutSeconds") && inputs.Number("httpIdleTimeoutSeconds") is var idle
            && (idle < shortest || idle > longest))
        {
            throw Refused(before, after, $"http_idle_timeout_seconds must be between {shortest} and {longest}");
        }
        if (inputs.Map("firewall")?.Texts("allows").Count > limits.LoadBalancerAllowEntries.Value)
        {
            throw Refused(before, after, $"no more than {limits.LoadBalancerAllowEntries.Value} allow rules"); // not the API's text
        }
        if (s_regionsWithoutUnits.Contains(inputs.TextOrNull("region")) && inputs.ContainsKey("sizeUnit"))
        {
            throw Refused(before, after, $"size_unit is not available in region {inputs.Text("region")}");
        }
        var vpc = inputs.Text("vpcUuid");
        if (!cloud.All(Types.Vpc).Any(network => network.Id == vpc && network.Inputs.Text("region") == inputs.TextOrNull("region")))
        {
            throw Refused(before, after, $"VPC {vpc} not found in region {inputs.TextOrNull("region")}");
        }
        foreach (var rule in rules)
        {
            if (rule.TextOrNull("certificateName") is { } name
                && !cloud.All(Types.Certificate).Any(certificate => certificate.CloudName == name))
            {
                throw Refused(before, after, $"certificate {name} not found");
            }
            if (rule.TextOrNull("certificateName") is { } issued
                && cloud.All(Types.Certificate).Any(certificate => certificate.CloudName == issued
                    && certificate.Outputs.TextOrNull("state") is { } state and not "verified"))
            {
                throw Refused(before, after, $"certificate {issued} is not verified"); // not the API's text
            }
            if (rule.Text("entryProtocol") is "https" or "http2" && !rule.Flag("tlsPassthrough")
                && rule.TextOrNull("certificateName") is null)
            {
                throw Refused(before, after, "certificate_id or tls_passthrough must be given for https");
            }
        }
        if (inputs.Map("firewall") is { } firewall
            && firewall.Texts("allows").Concat(firewall.Texts("denies")).FirstOrDefault(entry => !IsEntry(entry)) is { } wrong)
        {
            throw Refused(before, after, $"firewall rule {wrong} must be ip:ADDRESS or cidr:RANGE");
        }
    }

    private static void CheckProvider(PropertyMap inputs)
    {
        OneOf(inputs, "network", "network", "EXTERNAL", "INTERNAL");
        OneOf(inputs, "networkStack", "network_stack", "IPV4", "DUALSTACK");
        OneOf(inputs, "type", "type", "REGIONAL", "GLOBAL", "REGIONAL_NETWORK");
        OneOf(inputs, "tlsCipherPolicy", "tls_cipher_policy", "DEFAULT", "STRONG");
        OneOf(inputs, "size", "size", "lb-small", "lb-medium", "lb-large");
        InRange(inputs, "sizeUnit", "size_unit", 1, 200);
        if (inputs.ContainsKey("dropletIds") && inputs.ContainsKey("dropletTag"))
        {
            throw new ProviderException("\"droplet_ids\": conflicts with droplet_tag");
        }
        if (inputs.TextOrNull("dropletTag") is { } tag)
        {
            Tags.CheckNames([tag]);
        }
        foreach (var rule in inputs.Maps("forwardingRules"))
        {
            InRange(rule, "entryPort", "entry_port", 1, 65535);
            InRange(rule, "targetPort", "target_port", 1, 65535);
            OneOf(rule, "entryProtocol", "entry_protocol", "http", "https", "http2", "http3", "tcp", "udp");
            OneOf(rule, "targetProtocol", "target_protocol", "http", "https", "http2", "tcp", "udp");
        }
        if (inputs.Map("healthcheck") is not { } check)
        {
            return;
        }
        OneOf(check, "protocol", "protocol", "http", "https", "tcp");
        var protocol = check.Text("protocol");
        if (string.IsNullOrEmpty(check.TextOrNull("path")) != (protocol == "tcp"))
        {
            throw new ProviderException(
                $"health check `path` is {(protocol == "tcp" ? "not allowed" : "required")} for when protocol is `{protocol}`");
        }
        InRange(check, "port", "port", 1, 65535);
        InRange(check, "checkIntervalSeconds", "check_interval_seconds", 3, 300);
        InRange(check, "responseTimeoutSeconds", "response_timeout_seconds", 3, 300);
        InRange(check, "unhealthyThreshold", "unhealthy_threshold", 2, 10);
        InRange(check, "healthyThreshold", "healthy_threshold", 2, 10);
    }

    private static void CheckPlayed(PropertyMap inputs)
    {
        if (inputs.TextOrNull("type") is not (null or "REGIONAL") || inputs.TextOrNull("networkStack") is not (null or "IPV4")
            || inputs.TextOrNull("vpcUuid") is null)
        {
            throw new ProviderException("the local cloud only supports regional IPv4 load balancers in an explicit VPC");
        }
        if (inputs.Maps("forwardingRules")
            .Any(rule => rule.TextOrNull("certificateName") is not null && rule.Text("targetProtocol") is not ("https" or "http2")))
        {
            throw new ProviderException(
                "a load balancer of the local cloud that terminates TLS uses TLS to its servers: targetProtocol must be https");
        }
    }

    private static bool IsEntry(string entry) => entry.Split(':', 2) is [var kind, var value] && kind switch
    {
        "ip" => System.Net.IPAddress.TryParse(value, out _),
        "cidr" => Cidr.TryParse(value, out _, out _),
        _ => false,
    };

    private static void OneOf(PropertyMap map, string input, string field, params string[] allowed)
    {
        if (map.TextOrNull(input) is { } value && !allowed.Contains(value, StringComparer.OrdinalIgnoreCase))
        {
            throw new ProviderException(
                $"expected {field} to be one of [{string.Join(' ', allowed.Select(word => $"\"{word}\""))}], got {value}");
        }
    }

    private static void InRange(PropertyMap map, string input, string field, int least, int most)
    {
        if (map.ContainsKey(input) && map.Number(input) is var value && (value < least || value > most))
        {
            throw new ProviderException(
                string.Create(CultureInfo.InvariantCulture, $"expected {field} to be in the range ({least} - {most}), got {value}"));
        }
    }

    private static ProviderException Refused(CloudResource? before, CloudResource after, string words) => before is null
        ? ProviderException.Refused("Error creating Load Balancer", "POST", "load_balancers", 422, words)
        : ProviderException.Refused("Error updating Load Balancer", "PUT", $"load_balancers/{after.Id}", 422, words);
}
