namespace Pulumi.DigitalOcean;

/// <summary>Resource <c>digitalocean:index/vpc:Vpc</c>.</summary>
public class Vpc : CustomResource
{
    public Vpc(string name, VpcArgs args, CustomResourceOptions? options = null)
        : base("digitalocean:index/vpc:Vpc", name, args ?? new VpcArgs(), ProviderDefaults.AddTo(options))
    {
    }

    [Output("default")] public Output<bool> Default { get; private set; } = null!;
    [Output("ipRange")] public Output<string> IpRange { get; private set; } = null!;
    [Output("region")] public Output<string> Region { get; private set; } = null!;
}

/// <summary>Arguments of <see cref="Vpc"/>.</summary>
public sealed class VpcArgs : ResourceArgs
{
    [Input("description")] public Input<string>? Description { get; set; }
    [Input("ipRange")] public Input<string>? IpRange { get; set; }
    [Input("name")] public Input<string>? Name { get; set; }
    [Input("region", required: true)] public Input<string> Region { get; set; } = null!;
}
