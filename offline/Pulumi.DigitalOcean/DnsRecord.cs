namespace Pulumi.DigitalOcean;

/// <summary>Resource <c>digitalocean:index/dnsRecord:DnsRecord</c>.</summary>
public class DnsRecord : CustomResource
{
    public DnsRecord(string name, DnsRecordArgs args, CustomResourceOptions? options = null)
        : base("digitalocean:index/dnsRecord:DnsRecord", name, args ?? new DnsRecordArgs(), ProviderDefaults.AddTo(options))
    {
    }

    [Output("fqdn")] public Output<string> Fqdn { get; private set; } = null!;
}

/// <summary>Arguments of <see cref="DnsRecord"/>.</summary>
public sealed class DnsRecordArgs : ResourceArgs
{
    [Input("domain", required: true)] public Input<string> Domain { get; set; } = null!;
    [Input("flags")] public Input<int>? Flags { get; set; }
    [Input("name")] public Input<string>? Name { get; set; }
    [Input("port")] public Input<int>? Port { get; set; }
    [Input("priority")] public Input<int>? Priority { get; set; }
    [Input("tag")] public Input<string>? Tag { get; set; }
    [Input("ttl")] public Input<int>? Ttl { get; set; }
    [Input("type", required: true)] public InputUnion<string, RecordType> Type { get; set; } = null!;
    [Input("value", required: true)] public Input<string> Value { get; set; } = null!;
    [Input("weight")] public Input<int>? Weight { get; set; }
}
