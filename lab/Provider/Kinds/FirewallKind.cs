using System.Globalization;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Firewalls;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider.Kinds;

/// <summary>Cloud Firewalls.</summary>
internal sealed class FirewallKind : DigitalOceanKind
{
    public override string Type => Types.Firewall;

    protected override string ReadFailure => "Error retrieving firewall";

    public override bool IsInNetworks => true;

    public override bool ReplacedBy(string input) => false;

    protected override bool IsSet(string input) => true;

    protected override bool IgnoresCase(string input) => input == "tags";

    public override void Check(CloudResource? before, CloudResource after)
    {
        var checks = InputChecks.Of(after);
        checks.NotEmpty("name");
        checks.TagNames("tags");
        foreach (var rule in checks.Blocks("inboundRules", "inbound_rule").Concat(checks.Blocks("outboundRules", "outbound_rule")))
        {
            rule.OneOf("protocol", "tcp", "udp", "icmp");
        }
        // The rest is found when the provider compares: the engine adds no words.
        var inbound = after.Inputs.Maps("inboundRules");
        var outbound = after.Inputs.Maps("outboundRules");
        if (inbound.Count + outbound.Count == 0)
        {
            throw new ProviderException("At least one rule must be specified");
        }
        CheckPorts(inbound, "inbound");
        CheckPorts(outbound, "outbound");
    }

    public override ProviderRequest Create(CloudResource resource) => new("Error creating firewall", "POST", "firewalls",
        (change, known) => known with { Id = Firewalls.Create(change, Request(known)).Id });

    public override ProviderRequest? Update(AccountState state, CloudResource before, CloudResource after, int sent) => sent > 0 ? null
        : ProviderRequest.Of("Error updating firewall", "PUT", $"firewalls/{after.Id}",
            change => Firewalls.Update(change, after.Id!, Request(after)));

    public override ProviderRequest Delete(AccountState state, CloudResource resource) => ProviderRequest.Of(
        "Error deleting firewall", "DELETE", $"firewalls/{resource.Id}", change => Firewalls.Delete(change, resource.Id!));

    public override CloudResource? Read(AccountState state, CloudResource resource) => Find(state, resource) is { } firewall
        ? resource
            .With("createdAt", firewall.CreatedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture))
            .With("status", firewall.Status)
        : null;

    public override Progress ProgressOf(AccountState state, CloudResource resource) => Find(state, resource)?.Status switch
    {
        null => Progress.Gone,
        Firewall.Waiting => Progress.Pending,
        Firewall.Failed => Progress.Failed,
        _ => Progress.Ready,
    };

    private static Firewall? Find(AccountState state, CloudResource resource) =>
        resource.Id is { } id ? state.Find<Firewall>(id) : null;

    private static FirewallRequest Request(CloudResource resource) => new(
        resource.CloudName,
        [.. resource.Inputs.Maps("inboundRules").Select(rule => Rule(rule) with { Sources = Peers(rule, "source") })],
        [.. resource.Inputs.Maps("outboundRules").Select(rule => Rule(rule) with { Destinations = Peers(rule, "destination") })],
        resource.Inputs.Numbers("dropletIds"), resource.Inputs.Texts("tags"));

    private static FirewallRuleRequest Rule(PropertyMap rule) => new(rule.TextOrNull("protocol"), rule.TextOrNull("portRange"));

    private static FirewallPeersRequest Peers(PropertyMap rule, string side) => new(
        rule.Texts($"{side}Addresses"), rule.Numbers($"{side}DropletIds"), rule.Texts($"{side}LoadBalancerUids"),
        rule.Texts($"{side}KubernetesIds"), rule.Texts($"{side}Tags"));

    private static void CheckPorts(IEnumerable<PropertyMap> rules, string side)
    {
        if (rules.Any(rule => rule.TextOrNull("protocol") != "icmp" && string.IsNullOrEmpty(rule.TextOrNull("portRange"))))
        {
            throw new ProviderException($"`port_range` of {side} rules is required if protocol is `tcp` or `udp`");
        }
    }
}
