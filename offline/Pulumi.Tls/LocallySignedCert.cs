using System.Collections.Immutable;

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

    [Output("allowedUses")] public Output<ImmutableArray<string>> AllowedUses { get; private set; } = null!;
    [Output("caCertPem")] public Output<string> CaCertPem { get; private set; } = null!;
    [Output("caKeyAlgorithm")] public Output<string> CaKeyAlgorithm { get; private set; } = null!;
    [Output("caPrivateKeyPem")] public Output<string> CaPrivateKeyPem { get; private set; } = null!;
    [Output("certPem")] public Output<string> CertPem { get; private set; } = null!;
    [Output("certRequestPem")] public Output<string> CertRequestPem { get; private set; } = null!;
    [Output("earlyRenewalHours")] public Output<int> EarlyRenewalHours { get; private set; } = null!;
    [Output("isCaCertificate")] public Output<bool> IsCaCertificate { get; private set; } = null!;
    [Output("maxPathLength")] public Output<int> MaxPathLength { get; private set; } = null!;
    [Output("readyForRenewal")] public Output<bool> ReadyForRenewal { get; private set; } = null!;
    [Output("setSubjectKeyId")] public Output<bool> SetSubjectKeyId { get; private set; } = null!;
    [Output("validityEndTime")] public Output<string> ValidityEndTime { get; private set; } = null!;
    [Output("validityPeriodHours")] public Output<int> ValidityPeriodHours { get; private set; } = null!;
    [Output("validityStartTime")] public Output<string> ValidityStartTime { get; private set; } = null!;
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
