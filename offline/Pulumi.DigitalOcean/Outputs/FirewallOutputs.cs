using System.Collections.Immutable;

namespace Pulumi.DigitalOcean.Outputs;

/// <summary>Output <c>FirewallInboundRule</c>.</summary>
[OutputType]
public sealed class FirewallInboundRule
{
    public readonly string? PortRange;
    public readonly string Protocol;
    public readonly ImmutableArray<string> SourceAddresses;
    public readonly ImmutableArray<int> SourceDropletIds;
    public readonly ImmutableArray<string> SourceKubernetesIds;
    public readonly ImmutableArray<string> SourceLoadBalancerUids;
    public readonly ImmutableArray<string> SourceTags;

    internal FirewallInboundRule(
        string? portRange,
        string protocol,
        ImmutableArray<string> sourceAddresses,
        ImmutableArray<int> sourceDropletIds,
        ImmutableArray<string> sourceKubernetesIds,
        ImmutableArray<string> sourceLoadBalancerUids,
        ImmutableArray<string> sourceTags)
    {
        PortRange = portRange;
        Protocol = protocol;
        SourceAddresses = sourceAddresses;
        SourceDropletIds = sourceDropletIds;
        SourceKubernetesIds = sourceKubernetesIds;
        SourceLoadBalancerUids = sourceLoadBalancerUids;
        SourceTags = sourceTags;
    }
}

/// <summary>Output <c>FirewallOutboundRule</c>.</summary>
[OutputType]
public sealed class FirewallOutboundRule
{
    public readonly ImmutableArray<string> DestinationAddresses;
    public readonly ImmutableArray<int> DestinationDropletIds;
    public readonly ImmutableArray<string> DestinationKubernetesIds;
    public readonly ImmutableArray<string> DestinationLoadBalancerUids;
    public readonly ImmutableArray<string> DestinationTags;
    public readonly string? PortRange;
    public readonly string Protocol;

    internal FirewallOutboundRule(
        ImmutableArray<string> destinationAddresses,
        ImmutableArray<int> destinationDropletIds,
        ImmutableArray<string> destinationKubernetesIds,
        ImmutableArray<string> destinationLoadBalancerUids,
        ImmutableArray<string> destinationTags,
        string? portRange,
        string protocol)
    {
        DestinationAddresses = destinationAddresses;
        DestinationDropletIds = destinationDropletIds;
        DestinationKubernetesIds = destinationKubernetesIds;
        DestinationLoadBalancerUids = destinationLoadBalancerUids;
        DestinationTags = destinationTags;
        PortRange = portRange;
        Protocol = protocol;
    }
}

/// <summary>Output <c>FirewallPendingChange</c>.</summary>
[OutputType]
public sealed class FirewallPendingChange
{
    public readonly int? DropletId;
    public readonly bool? Removing;
    public readonly string? Status;

    internal FirewallPendingChange(int? dropletId, bool? removing, string? status)
    {
        DropletId = dropletId;
        Removing = removing;
        Status = status;
    }
}
