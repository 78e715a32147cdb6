using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Infra.Lab.Provider.Resources;
using Infra.Planning.Catalog;
using Infra.Planning.Config;

namespace Infra.Lab.Provider.Kinds;

/// <summary>Cloud Firewalls: each change of one updates the network policy.</summary>
internal sealed partial class Firewalls(CloudContext cloud) : DigitalOceanKind
{
    private static readonly int s_mostRules = CloudLimits.Current.FirewallRules.Value;
    private static readonly int s_mostPeers = CloudLimits.Current.FirewallRuleEntries.Value;
    private static readonly int s_mostTags = CloudLimits.Current.FirewallTags.Value;
    private static readonly int s_mostDroplets = CloudLimits.Current.DropletsById.Value;

    private static readonly string[] s_peers = ["Addresses", "Tags", "DropletIds", "LoadBalancerUids", "KubernetesIds"];

    public override string Type => Types.Firewall;

    public override bool ReplacedBy(string input) => false;

    public override void Check(CloudResource? before, CloudResource after)
    {
        var inputs = after.Inputs;
        var inbound = inputs.Maps("inboundRules");
        var outbound = inputs.Maps("outboundRules");
        if (inbound.Count + outbound.Count == 0)
        {
            throw new ProviderException("At least one rule must be specified");
        }
        CheckPorts(inbound, "inbound");
        CheckPorts(outbound, "outbound");
        Tags.CheckNames(inputs.Texts("tags"));
        if (!CloudName().IsMatch(after.CloudName))
        {
            throw Refused(before, after, 422, "name must only contain alphanumeric characters, dashes, and periods");
        }
        if (cloud.IsNameTaken(after))
        {
            throw Refused(before, after, 409, "duplicate name");
        }
        if (inbound.Count + outbound.Count > s_mostRules)
        {
            throw Refused(before, after, 422, $"a firewall may have no more than {s_mostRules} rules");
        }
        if (inputs.Texts("tags").Count > s_mostTags
            || (inputs.GetValueOrDefault("dropletIds") is System.Collections.Immutable.ImmutableArray<object> ids
                && ids.Length > s_mostDroplets))
        {
            throw Refused(before, after, 422, $"a firewall may have no more than {s_mostTags} tags and {s_mostDroplets} droplets");
        }
        var problem = inbound.Select(rule => Problem(rule, "source")).Concat(outbound.Select(rule => Problem(rule, "destination")))
            .FirstOrDefault(words => words is not null);
        if (problem is not null)
        {
            throw Refused(before, after, 422, problem);
        }
        var known = (cloud.Options.Tags ?? []).Concat(cloud.All(Types.Tag).Select(tag => tag.CloudName)
            .Concat(cloud.All(Types.Droplet).SelectMany(droplet => droplet.Inputs.Texts("tags"))))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var unknown = inputs.Texts("tags").Concat(inbound.SelectMany(rule => rule.Texts("sourceTags")))
            .Concat(outbound.SelectMany(rule => rule.Texts("destinationTags")))
            .FirstOrDefault(tag => !known.Contains(tag));
        if (unknown is not null)
        {
            throw Refused(before, after, 422, $"tag {unknown} does not exist");
        }
    }

    public override async Task<CloudResource> CreateAsync(CloudResource resource)
    {
        await cloud.VirtualNetwork.ApplyPolicyAsync();
        return resource
            .With("createdAt", cloud.Options.Clock.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture))
            .With("status", "succeeded");
    }

    public override async Task<CloudResource> UpdateAsync(CloudResource before, CloudResource after)
    {
        await cloud.VirtualNetwork.ApplyPolicyAsync();
        return after;
    }

    public override Task DeleteAsync(CloudResource resource) => cloud.VirtualNetwork.ApplyPolicyAsync();

    // It applies until it is out of the state, so the state must not only mark it as being deleted.
    public override Task ClearAsync(CloudResource resource) =>
        DeleteAsync(cloud.State.Put(resource with { Status = ResourceStatus.Deleting }));

    private static void CheckPorts(IEnumerable<PropertyMap> rules, string side)
    {
        if (rules.Any(rule => rule.TextOrNull("protocol") != "icmp" && string.IsNullOrEmpty(rule.TextOrNull("portRange"))))
        {
            throw new ProviderException($"`port_range` of {side} rules is required if protocol is `tcp` or `udp`");
        }
        if (rules.FirstOrDefault(rule => rule.Text("protocol") is not ("tcp" or "udp" or "icmp")) is { } other)
        {
            throw new ProviderException(
                $"expected {side}_rule.protocol to be one of [\"tcp\" \"udp\" \"icmp\"], got {other.Text("protocol")}");
        }
    }

    private static string? Problem(PropertyMap rule, string side)
    {
        var addresses = rule.Texts($"{side}Addresses");
        var peers = s_peers
            .Sum(kind =>
                rule.GetValueOrDefault($"{side}{kind}") is System.Collections.Immutable.ImmutableArray<object> items ? items.Length : 0);
        return rule.TextOrNull("portRange") switch
        {
            { Length: > 0 } when rule.Text("protocol") == "icmp" => "ports must not be given for icmp",
            { } ports when rule.Text("protocol") != "icmp" && !IsPorts(ports) => "You must specify a positive value for ports.",
            _ when addresses.FirstOrDefault(address => !IPAddress.TryParse(address, out _)
                && !Cidr.TryParse(address, out _, out _)) is { } wrong => $"invalid address: {wrong}",
            _ when peers == 0 => $"you must specify at least one {side} of a rule",
            _ when peers > s_mostPeers => $"a rule may have no more than {s_mostPeers} entries",
            _ => null,
        };
    }

    private static bool IsPorts(string text)
    {
        var match = Ports().Match(text);
        return match.Success && int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) is > 0 and <= 65535 and var from
            && (!match.Groups[2].Success
                || (int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture) is var to and <= 65535 && to >= from));
    }

    private static ProviderException Refused(CloudResource? before, CloudResource after, int status, string words) => before is null
        ? ProviderException.Refused("Error creating firewall", "POST", "firewalls", status, words)
        : ProviderException.Refused("Error updating firewall", "PUT", $"firewalls/{after.Id}", status, words);

    [GeneratedRegex(@"^([0-9]{1,5})(?:-([0-9]{1,5}))?\z")]
    private static partial Regex Ports();

    [GeneratedRegex(@"^[a-zA-Z0-9][a-zA-Z0-9.-]*\z")]
    private static partial Regex CloudName();
}
