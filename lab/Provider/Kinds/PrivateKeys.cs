using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Infra.Lab.Provider.Keys;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider.Kinds;

/// <summary>Keys of pulumi-tls: made once, kept in the state.</summary>
internal sealed class PrivateKeys : ResourceKind
{
    private const int DefaultRsaBits = 2048;
    private const string DefaultCurve = "P224";

    public override string Type => Types.PrivateKey;

    public override bool IsPure => true;

    public override IReadOnlySet<string> SecretOutputs { get; } = ImmutableHashSet.Create("privateKeyOpenssh", "privateKeyPem",
        "privateKeyPemPkcs8");

    public override bool ReplacedBy(string input) => true;

    protected override object? Default(string input) => input switch
    {
        "ecdsaCurve" => DefaultCurve,
        "rsaBits" => (double)DefaultRsaBits,
        _ => null,
    };

    public override void Check(CloudResource? before, CloudResource after)
    {
        var checks = InputChecks.Of(after);
        checks.Match(after.Inputs.Text("algorithm"), "algorithm", "RSA", "ECDSA", "ED25519");
        checks.Match(after.Inputs.TextOrNull("ecdsaCurve"), "ecdsaCurve", "P224", "P256", "P384", "P521");
    }

    public override Task<CloudResource> CreateAsync(CloudResource resource)
    {
        var inputs = resource.Inputs;
        var key = inputs.Text("algorithm") switch
        {
            "ED25519" => KeyPair.NewEd25519(),
            "ECDSA" => KeyPair.NewEcdsa(inputs.TextOrNull("ecdsaCurve") ?? DefaultCurve),
            _ => KeyPair.NewRsa(inputs.Number("rsaBits", DefaultRsaBits)),
        };
        return Task.FromResult(
            (resource with { Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(key.PublicPem)))[..40] })
            .With("privateKeyPem", key.PrivatePem)
            .With("privateKeyPemPkcs8", key.PrivatePkcs8)
            .With("privateKeyOpenssh", key.PrivateOpenSsh)
            .With("publicKeyPem", key.PublicPem)
            .With("publicKeyOpenssh", key.PublicOpenSsh)
            .With("publicKeyFingerprintMd5", key.SshBlob is { } blob ? OpenSshPublicKey.Md5(blob) : "")
            .With("publicKeyFingerprintSha256", key.SshBlob is { } sameBlob ? OpenSshPublicKey.Sha256(sameBlob) : ""));
    }
}
