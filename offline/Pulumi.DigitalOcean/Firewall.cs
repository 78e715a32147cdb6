using System.Collections.Immutable;

namespace Pulumi.DigitalOcean;

/// <summary>Resource <c>digitalocean:index/firewall:Firewall</c>.</summary>
public class Firewall : CustomResource
{
    public Firewall(string name, FirewallArgs? args = null, CustomResourceOptions? options = null)
        : base("digitalocean:index/firewall:Firewall", name, args ?? new FirewallArgs(), ProviderDefaults.AddTo(options))
    {
    }

    [Output("inboundRules")] public Output<ImmutableArray<Outputs.FirewallInboundRule>> InboundRules { get; private set; } = null!;
}

/// <summary>Arguments of <see cref="Firewall"/>.</summary>
public sealed class FirewallArgs : ResourceArgs
{
    [field: Input("dropletIds")] public InputList<int> DropletIds { get => field ??= []; set; }
    [field: Input("inboundRules")] public InputList<Inputs.FirewallInboundRuleArgs> InboundRules { get => field ??= []; set; }
    [Input("name")] public Input<string>? Name { get; set; }
    [field: Input("outboundRules")] public InputList<Inputs.FirewallOutboundRuleArgs> OutboundRules { get => field ??= []; set; }
    [field: Input("tags")] public InputList<string> Tags { get => field ??= []; set; }
}
