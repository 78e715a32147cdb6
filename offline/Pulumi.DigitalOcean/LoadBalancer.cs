namespace Pulumi.DigitalOcean;

/// <summary>Resource <c>digitalocean:index/loadBalancer:LoadBalancer</c>.</summary>
public class LoadBalancer : CustomResource
{
    public LoadBalancer(string name, LoadBalancerArgs? args = null, CustomResourceOptions? options = null)
        : base("digitalocean:index/loadBalancer:LoadBalancer", name, args ?? new LoadBalancerArgs(), ProviderDefaults.AddTo(options))
    {
    }

    [Output("ip")] public Output<string> Ip { get; private set; } = null!;
}

/// <summary>Arguments of <see cref="LoadBalancer"/>.</summary>
public sealed class LoadBalancerArgs : ResourceArgs
{
    [Input("disableLetsEncryptDnsRecords")] public Input<bool>? DisableLetsEncryptDnsRecords { get; set; }
    [field: Input("dropletIds")] public InputList<int> DropletIds { get => field ??= []; set; }
    [Input("dropletTag")] public Input<string>? DropletTag { get; set; }
    [Input("enableBackendKeepalive")] public Input<bool>? EnableBackendKeepalive { get; set; }
    [Input("enableProxyProtocol")] public Input<bool>? EnableProxyProtocol { get; set; }
    [Input("firewall")] public Input<Inputs.LoadBalancerFirewallArgs>? Firewall { get; set; }
    [field: Input("forwardingRules")] public InputList<Inputs.LoadBalancerForwardingRuleArgs> ForwardingRules { get => field ??= []; set; }
    [Input("healthcheck")] public Input<Inputs.LoadBalancerHealthcheckArgs>? Healthcheck { get; set; }
    [Input("httpIdleTimeoutSeconds")] public Input<int>? HttpIdleTimeoutSeconds { get; set; }
    [Input("name")] public Input<string>? Name { get; set; }
    [Input("network")] public Input<string>? Network { get; set; }
    [Input("networkStack")] public Input<string>? NetworkStack { get; set; }
    [Input("projectId")] public Input<string>? ProjectId { get; set; }
    [Input("redirectHttpToHttps")] public Input<bool>? RedirectHttpToHttps { get; set; }
    [Input("region")] public InputUnion<string, Region>? Region { get; set; }
    [Input("size")] public Input<string>? Size { get; set; }
    [Input("sizeUnit")] public Input<int>? SizeUnit { get; set; }
    [Input("tlsCipherPolicy")] public Input<string>? TlsCipherPolicy { get; set; }
    [Input("type")] public Input<string>? Type { get; set; }
    [Input("vpcUuid")] public Input<string>? VpcUuid { get; set; }
}
