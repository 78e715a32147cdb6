using Pulumi;
using Pulumi.Tls;
using Pulumi.Tls.Inputs;

namespace Infra.Components;

/// <summary>Arguments of <see cref="NodeCertificate"/>.</summary>
public sealed class NodeCertificateArgs : ResourceArgs
{
    /// <summary>Common name in the certificate.</summary>
    [Input("commonName", required: true)]
    public required Input<string> CommonName { get; init; }

    /// <summary>Host names in the certificate. Default: none.</summary>
    [Input("dnsNames")]
    public InputList<string> DnsNames { get; init; } = [];

    /// <summary>Addresses in the certificate. Default: none.</summary>
    [Input("ipAddresses")]
    public InputList<string> IpAddresses { get; init; } = [];

    /// <summary>Signs it.</summary>
    public required CertificateAuthority Authority { get; init; }
}

/// <summary>The TLS certificate of a node.</summary>
public sealed class NodeCertificate : ComponentResource
{
    // 820 days: Apple's clients reject more for a CA that the user added (support.apple.com/103214, 825 days). An update in the last 90
    // days renews it, and the nodes reload it without dropping requests.
    private const int ValidityHours = 820 * 24;
    private const int EarlyRenewalHours = 90 * 24;

    private static readonly string[] s_uses = ["digital_signature", "server_auth"];

    public NodeCertificate(string name, NodeCertificateArgs args, ComponentResourceOptions? options = null)
        : base("infra:components:NodeCertificate", name, args, options)
    {
        var key = new PrivateKey($"{name}-tls", new()
        {
            Algorithm = CertificateAuthority.KeyAlgorithm,
            EcdsaCurve = CertificateAuthority.Curve,
        }, new() { Parent = this });
        var request = new CertRequest($"{name}-tls", new()
        {
            PrivateKeyPem = key.PrivateKeyPem,
            Subject = new CertRequestSubjectArgs { CommonName = args.CommonName },
            DnsNames = args.DnsNames,
            IpAddresses = args.IpAddresses,
        }, new() { Parent = this });
        var certificate = new LocallySignedCert($"{name}-tls", new()
        {
            CertRequestPem = request.CertRequestPem,
            CaCertPem = args.Authority.CertificatePem,
            CaPrivateKeyPem = args.Authority.PrivateKeyPem,
            AllowedUses = s_uses,
            ValidityPeriodHours = ValidityHours,
            EarlyRenewalHours = EarlyRenewalHours,
        }, new() { Parent = this });

        CertificatePem = certificate.CertPem;
        PrivateKeyPem = Output.CreateSecret(key.PrivateKeyPem);
        RegisterOutputs();
    }

    /// <summary>The certificate in PEM.</summary>
    [Output("certificatePem")]
    public Output<string> CertificatePem { get; private init; }

    /// <summary>Its private key in PEM, a secret.</summary>
    [Output("privateKeyPem")]
    public Output<string> PrivateKeyPem { get; private init; }
}
