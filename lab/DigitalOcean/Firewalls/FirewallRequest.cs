namespace Infra.Lab.DigitalOcean.Firewalls;

/// <summary>The members of a request that creates or changes a firewall, or a part of it; null: not given.</summary>
internal sealed record FirewallRequest(
    string? Name = null, IReadOnlyList<FirewallRuleRequest?>? InboundRules = null,
    IReadOnlyList<FirewallRuleRequest?>? OutboundRules = null, IReadOnlyList<long>? DropletIds = null, IReadOnlyList<string?>? Tags = null);

/// <summary>A rule of a request: with sources if it is for what comes in, else with destinations.</summary>
internal sealed record FirewallRuleRequest(
    string? Protocol = null, string? Ports = null, FirewallPeersRequest? Sources = null, FirewallPeersRequest? Destinations = null);

/// <summary>The other side of a rule of a request.</summary>
internal sealed record FirewallPeersRequest(
    IReadOnlyList<string?>? Addresses = null, IReadOnlyList<long>? DropletIds = null, IReadOnlyList<string?>? LoadBalancerUids = null,
    IReadOnlyList<string?>? KubernetesIds = null, IReadOnlyList<string?>? Tags = null);
