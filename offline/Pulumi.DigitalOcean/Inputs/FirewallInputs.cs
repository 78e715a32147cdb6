namespace Pulumi.DigitalOcean.Inputs;

/// <summary>Argument <c>FirewallInboundRule</c>.</summary>
public sealed class FirewallInboundRuleArgs : ResourceArgs
{
    [Input("portRange")] public Input<string>? PortRange { get; set; }
    [Input("protocol", required: true)] public Input<string> Protocol { get; set; } = null!;
    [field: Input("sourceAddresses")] public InputList<string> SourceAddresses { get => field ??= []; set; }
    [field: Input("sourceDropletIds")] public InputList<int> SourceDropletIds { get => field ??= []; set; }
    [field: Input("sourceLoadBalancerUids")] public InputList<string> SourceLoadBalancerUids { get => field ??= []; set; }
    [field: Input("sourceTags")] public InputList<string> SourceTags { get => field ??= []; set; }
}

/// <summary>Argument <c>FirewallOutboundRule</c>.</summary>
public sealed class FirewallOutboundRuleArgs : ResourceArgs
{
    [field: Input("destinationAddresses")] public InputList<string> DestinationAddresses { get => field ??= []; set; }
    [Input("portRange")] public Input<string>? PortRange { get; set; }
    [Input("protocol", required: true)] public Input<string> Protocol { get; set; } = null!;
}
