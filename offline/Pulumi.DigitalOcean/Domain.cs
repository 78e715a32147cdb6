namespace Pulumi.DigitalOcean;

/// <summary>Resource <c>digitalocean:index/domain:Domain</c>.</summary>
public class Domain : CustomResource
{
    public Domain(string name, DomainArgs args, CustomResourceOptions? options = null)
        : base("digitalocean:index/domain:Domain", name, args ?? new DomainArgs(), ProviderDefaults.AddTo(options))
    {
    }

    [Output("domainUrn")]
    public Output<string> DomainUrn { get; private set; } = null!;

    [Output("ipAddress")]
    public Output<string?> IpAddress { get; private set; } = null!;

    [Output("name")]
    public Output<string> Name { get; private set; } = null!;

    [Output("ttl")]
    public Output<int> Ttl { get; private set; } = null!;
}

/// <summary>Arguments of <see cref="Domain"/>.</summary>
public sealed class DomainArgs : ResourceArgs
{
    [Input("ipAddress")]
    public Input<string>? IpAddress { get; set; }

    [Input("name", required: true)]
    public Input<string> Name { get; set; } = null!;
}
