using Pulumi;
using Pulumi.Tls;
using Pulumi.Tls.Inputs;

namespace Infra.Components;

/// <summary>Arguments of <see cref="CertificateAuthority"/>.</summary>
public sealed class CertificateAuthorityArgs : ResourceArgs
{
    /// <summary>Common name in the certificate.</summary>
    [Input("commonName", required: true)]
    public required Input<string> CommonName { get; init; }
}

/// <summary>The stack's own certificate authority: clients that trust it trust only these nodes.</summary>
public sealed class CertificateAuthority : ComponentResource
{
    internal const string KeyAlgorithm = "ECDSA";
    internal const string Curve = "P256";

    // Ten years. Clients store this certificate, so it is renewed only by an update in its last year.
    private const int ValidityHours = 10 * 365 * 24;
    private const int EarlyRenewalHours = 365 * 24;

    public CertificateAuthority(string name, CertificateAuthorityArgs args, ComponentResourceOptions? options = null)
        : base("infra:components:CertificateAuthority", name, args, options)
    {
        var key = new PrivateKey(name, new() { Algorithm = KeyAlgorithm, EcdsaCurve = Curve }, new() { Parent = this });
        var certificate = new SelfSignedCert(name, new()
        {
            PrivateKeyPem = key.PrivateKeyPem,
            Subject = new SelfSignedCertSubjectArgs { CommonName = args.CommonName, Organization = "Inference stack" },
            IsCaCertificate = true,
            AllowedUses = { "cert_signing", "crl_signing" },
            SetSubjectKeyId = true,
            ValidityPeriodHours = ValidityHours,
            EarlyRenewalHours = EarlyRenewalHours,
        }, new() { Parent = this });

        CertificatePem = certificate.CertPem;
        PrivateKeyPem = Output.CreateSecret(key.PrivateKeyPem);
        RegisterOutputs();
    }

    /// <summary>The certificate for clients, in PEM.</summary>
    [Output("certificatePem")]
    public Output<string> CertificatePem { get; private init; }

    /// <summary>Its private key in PEM, a secret. It stays in the stack's state.</summary>
    [Output("privateKeyPem")]
    public Output<string> PrivateKeyPem { get; private init; }
}
