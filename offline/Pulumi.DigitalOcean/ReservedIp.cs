namespace Pulumi.DigitalOcean;

/// <summary>Resource <c>digitalocean:index/reservedIp:ReservedIp</c>.</summary>
public class ReservedIp : CustomResource
{
    public ReservedIp(string name, ReservedIpArgs args, CustomResourceOptions? options = null)
        : base("digitalocean:index/reservedIp:ReservedIp", name, args ?? new ReservedIpArgs(), ProviderDefaults.AddTo(options))
    {
    }

    [Output("dropletId")]
    public Output<int?> DropletId { get; private set; } = null!;

    [Output("ipAddress")]
    public Output<string> IpAddress { get; private set; } = null!;

    [Output("region")]
    public Output<string> Region { get; private set; } = null!;

    [Output("reservedIpUrn")]
    public Output<string> ReservedIpUrn { get; private set; } = null!;
}

/// <summary>Arguments of <see cref="ReservedIp"/>.</summary>
public sealed class ReservedIpArgs : ResourceArgs
{
    [Input("dropletId")]
    public Input<int>? DropletId { get; set; }

    [Input("ipAddress")]
    public Input<string>? IpAddress { get; set; }

    [Input("region", required: true)]
    public Input<string> Region { get; set; } = null!;
}
