namespace Pulumi.Tls;

/// <summary>Resource <c>tls:index/certRequest:CertRequest</c>.</summary>
public class CertRequest : CustomResource
{
    public CertRequest(string name, CertRequestArgs args, CustomResourceOptions? options = null)
        : base("tls:index/certRequest:CertRequest", name, args ?? new CertRequestArgs(), ProviderDefaults.AddTo(options, "privateKeyPem"))
    {
    }

    [Output("certRequestPem")] public Output<string> CertRequestPem { get; private set; } = null!;
}

/// <summary>Arguments of <see cref="CertRequest"/>.</summary>
public sealed class CertRequestArgs : ResourceArgs
{
    [field: Input("dnsNames")] public InputList<string> DnsNames { get => field ??= []; set; }
    [field: Input("ipAddresses")] public InputList<string> IpAddresses { get => field ??= []; set; }

    [field: Input("privateKeyPem", required: true)]
    public Input<string>? PrivateKeyPem { get; set => field = ProviderDefaults.Secret(value); }

    [Input("subject")] public Input<Inputs.CertRequestSubjectArgs>? Subject { get; set; }
}
