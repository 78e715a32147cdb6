namespace Pulumi.Tls;

/// <summary>Resource <c>tls:index/locallySignedCert:LocallySignedCert</c>.</summary>
public class LocallySignedCert : CustomResource
{
    public LocallySignedCert(string name, LocallySignedCertArgs args, CustomResourceOptions? options = null)
        : base(
            "tls:index/locallySignedCert:LocallySignedCert", name, args ?? new LocallySignedCertArgs(),
            ProviderDefaults.AddTo(options, "caPrivateKeyPem"))
    {
    }

    [Output("certPem")] public Output<string> CertPem { get; private set; } = null!;
}

/// <summary>Arguments of <see cref="LocallySignedCert"/>.</summary>
public sealed class LocallySignedCertArgs : ResourceArgs
{
    [field: Input("allowedUses", required: true)] public InputList<string> AllowedUses { get => field ??= []; set; }
    [Input("caCertPem", required: true)] public Input<string> CaCertPem { get; set; } = null!;

    [field: Input("caPrivateKeyPem", required: true)]
    public Input<string>? CaPrivateKeyPem { get; set => field = ProviderDefaults.Secret(value); }

    [Input("certRequestPem", required: true)] public Input<string> CertRequestPem { get; set; } = null!;
    [Input("earlyRenewalHours")] public Input<int>? EarlyRenewalHours { get; set; }
    [Input("isCaCertificate")] public Input<bool>? IsCaCertificate { get; set; }
    [Input("maxPathLength")] public Input<int>? MaxPathLength { get; set; }
    [Input("setSubjectKeyId")] public Input<bool>? SetSubjectKeyId { get; set; }
    [Input("validityPeriodHours", required: true)] public Input<int> ValidityPeriodHours { get; set; } = null!;
}
