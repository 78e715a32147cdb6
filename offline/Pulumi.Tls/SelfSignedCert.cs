using System.Collections.Immutable;

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

    [Output("allowedUses")] public Output<ImmutableArray<string>> AllowedUses { get; private set; } = null!;
    [Output("certPem")] public Output<string> CertPem { get; private set; } = null!;
    [Output("dnsNames")] public Output<ImmutableArray<string>> DnsNames { get; private set; } = null!;
    [Output("earlyRenewalHours")] public Output<int> EarlyRenewalHours { get; private set; } = null!;
    [Output("ipAddresses")] public Output<ImmutableArray<string>> IpAddresses { get; private set; } = null!;
    [Output("isCaCertificate")] public Output<bool> IsCaCertificate { get; private set; } = null!;
    [Output("keyAlgorithm")] public Output<string> KeyAlgorithm { get; private set; } = null!;
    [Output("maxPathLength")] public Output<int> MaxPathLength { get; private set; } = null!;
    [Output("privateKeyPem")] public Output<string> PrivateKeyPem { get; private set; } = null!;
    [Output("readyForRenewal")] public Output<bool> ReadyForRenewal { get; private set; } = null!;
    [Output("setAuthorityKeyId")] public Output<bool> SetAuthorityKeyId { get; private set; } = null!;
    [Output("setSubjectKeyId")] public Output<bool> SetSubjectKeyId { get; private set; } = null!;
    [Output("subject")] public Output<Outputs.SelfSignedCertSubject?> Subject { get; private set; } = null!;
    [Output("uris")] public Output<ImmutableArray<string>> Uris { get; private set; } = null!;
    [Output("validityEndTime")] public Output<string> ValidityEndTime { get; private set; } = null!;
    [Output("validityPeriodHours")] public Output<int> ValidityPeriodHours { get; private set; } = null!;
    [Output("validityStartTime")] public Output<string> ValidityStartTime { get; private set; } = null!;
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

    [Input("setAuthorityKeyId")] public Input<bool>? SetAuthorityKeyId { get; set; }
    [Input("setSubjectKeyId")] public Input<bool>? SetSubjectKeyId { get; set; }
    [Input("subject")] public Input<Inputs.SelfSignedCertSubjectArgs>? Subject { get; set; }
    [field: Input("uris")] public InputList<string> Uris { get => field ??= []; set; }
    [Input("validityPeriodHours", required: true)] public Input<int> ValidityPeriodHours { get; set; } = null!;
}
