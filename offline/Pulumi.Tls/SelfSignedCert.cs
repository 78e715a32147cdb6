namespace Pulumi.Tls;

/// <summary>Resource <c>tls:index/selfSignedCert:SelfSignedCert</c>.</summary>
public class SelfSignedCert : CustomResource
{
    public SelfSignedCert(string name, SelfSignedCertArgs args, CustomResourceOptions? options = null)
        : base(
            "tls:index/selfSignedCert:SelfSignedCert", name, args ?? new SelfSignedCertArgs(),
            ProviderDefaults.AddTo(options, "privateKeyPem"))
    {
    }

    [Output("certPem")] public Output<string> CertPem { get; private set; } = null!;
}

/// <summary>Arguments of <see cref="SelfSignedCert"/>.</summary>
public sealed class SelfSignedCertArgs : ResourceArgs
{
    [field: Input("allowedUses", required: true)] public InputList<string> AllowedUses { get => field ??= []; set; }
    [field: Input("dnsNames")] public InputList<string> DnsNames { get => field ??= []; set; }
    [Input("earlyRenewalHours")] public Input<int>? EarlyRenewalHours { get; set; }
    [field: Input("ipAddresses")] public InputList<string> IpAddresses { get => field ??= []; set; }
    [Input("isCaCertificate")] public Input<bool>? IsCaCertificate { get; set; }
    [Input("maxPathLength")] public Input<int>? MaxPathLength { get; set; }

    [field: Input("privateKeyPem", required: true)]
    public Input<string>? PrivateKeyPem { get; set => field = ProviderDefaults.Secret(value); }

    [Input("setSubjectKeyId")] public Input<bool>? SetSubjectKeyId { get; set; }
    [Input("subject")] public Input<Inputs.SelfSignedCertSubjectArgs>? Subject { get; set; }
    [Input("validityPeriodHours", required: true)] public Input<int> ValidityPeriodHours { get; set; } = null!;
}
