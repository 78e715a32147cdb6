using System.Collections.Immutable;

namespace Pulumi.DigitalOcean;

/// <summary>Resource <c>digitalocean:index/droplet:Droplet</c>.</summary>
public class Droplet : CustomResource
{
    public Droplet(string name, DropletArgs args, CustomResourceOptions? options = null)
        : base("digitalocean:index/droplet:Droplet", name, args ?? new DropletArgs(), ProviderDefaults.AddTo(options))
    {
    }

    [Output("ipv4Address")] public Output<string> Ipv4Address { get; private set; } = null!;
    [Output("ipv4AddressPrivate")] public Output<string> Ipv4AddressPrivate { get; private set; } = null!;
    [Output("ipv6")] public Output<bool?> Ipv6 { get; private set; } = null!;
    [Output("priceHourly")] public Output<double> PriceHourly { get; private set; } = null!;
    [Output("region")] public Output<string> Region { get; private set; } = null!;
    [Output("tags")] public Output<ImmutableArray<string>> Tags { get; private set; } = null!;
    [Output("vcpus")] public Output<int> Vcpus { get; private set; } = null!;
}

/// <summary>Arguments of <see cref="Droplet"/>.</summary>
public sealed class DropletArgs : ResourceArgs
{
    [Input("backups")] public Input<bool>? Backups { get; set; }
    [Input("dropletAgent")] public Input<bool>? DropletAgent { get; set; }
    [Input("image", required: true)] public Input<string> Image { get; set; } = null!;
    [Input("ipv6")] public Input<bool>? Ipv6 { get; set; }
    [Input("monitoring")] public Input<bool>? Monitoring { get; set; }
    [Input("name")] public Input<string>? Name { get; set; }
    [Input("publicNetworking")] public Input<bool>? PublicNetworking { get; set; }
    [Input("region")] public InputUnion<string, Region>? Region { get; set; }
    [Input("size", required: true)] public InputUnion<string, DropletSlug> Size { get; set; } = null!;
    [field: Input("sshKeys")] public InputList<string> SshKeys { get => field ??= []; set; }
    [field: Input("tags")] public InputList<string> Tags { get => field ??= []; set; }
    [Input("userData")] public Input<string>? UserData { get; set; }
    [field: Input("volumeIds")] public InputList<string> VolumeIds { get => field ??= []; set; }
    [Input("vpcUuid")] public Input<string>? VpcUuid { get; set; }
}
