namespace Pulumi.DigitalOcean.Inputs;

/// <summary>Argument <c>LoadBalancerFirewall</c>.</summary>
public sealed class LoadBalancerFirewallArgs : ResourceArgs
{
    [field: Input("allows")] public InputList<string> Allows { get => field ??= []; set; }
}

/// <summary>Argument <c>LoadBalancerForwardingRule</c>.</summary>
public sealed class LoadBalancerForwardingRuleArgs : ResourceArgs
{
    [Input("certificateName")] public Input<string>? CertificateName { get; set; }
    [Input("entryPort", required: true)] public Input<int> EntryPort { get; set; } = null!;
    [Input("entryProtocol", required: true)] public Input<string> EntryProtocol { get; set; } = null!;
    [Input("targetPort", required: true)] public Input<int> TargetPort { get; set; } = null!;
    [Input("targetProtocol", required: true)] public Input<string> TargetProtocol { get; set; } = null!;
    [Input("tlsPassthrough")] public Input<bool>? TlsPassthrough { get; set; }
}

/// <summary>Argument <c>LoadBalancerHealthcheck</c>.</summary>
public sealed class LoadBalancerHealthcheckArgs : ResourceArgs
{
    [Input("checkIntervalSeconds")] public Input<int>? CheckIntervalSeconds { get; set; }
    [Input("healthyThreshold")] public Input<int>? HealthyThreshold { get; set; }
    [Input("path")] public Input<string>? Path { get; set; }
    [Input("port", required: true)] public Input<int> Port { get; set; } = null!;
    [Input("protocol", required: true)] public Input<string> Protocol { get; set; } = null!;
    [Input("responseTimeoutSeconds")] public Input<int>? ResponseTimeoutSeconds { get; set; }
    [Input("unhealthyThreshold")] public Input<int>? UnhealthyThreshold { get; set; }
}
