using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;

namespace Infra.Lab.Provider.Keys;

/// <summary>A new key in all formats of pulumi-tls. Texts end with a line break, as in Go.</summary>
/// <param name="PrivatePem">PKCS#8 for Ed25519, SEC1 for ECDSA, PKCS#1 for RSA.</param>
/// <param name="PrivatePkcs8">PKCS#8.</param>
/// <param name="PublicPem">SubjectPublicKeyInfo.</param>
/// <param name="SshBlob">Public key of SSH; null for a curve that SSH does not have.</param>
/// <param name="SshType">Its name: <c>ssh-ed25519</c>.</param>
/// <param name="SshPrivate">The private fields of OpenSSH's format, after the name.</param>
internal sealed record KeyPair(string PrivatePem, string PrivatePkcs8, string PublicPem, byte[]? SshBlob, string SshType, byte[] SshPrivate)
{
    // The DER prefix before the key: a sequence with the algorithm 1.3.101.112 (RFC 8410).
    private static readonly byte[] s_ed25519Private = Convert.FromHexString("302e020100300506032b657004220420");
    private static readonly byte[] s_ed25519Public = Convert.FromHexString("302a300506032b6570032100");

    public string PublicOpenSsh => SshBlob is null ? "" : $"{SshType} {Convert.ToBase64String(SshBlob)}\n";

    /// <summary>The private key in OpenSSH format, without a password; empty for unsupported curves.</summary>
    public string PrivateOpenSsh
    {
        get
        {
            if (SshBlob is null)
            {
                return "";
            }
            var check = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint)));
            var secret = new SshWriter().Number(check).Number(check).Text(SshType).Raw(SshPrivate).Text("");
            for (byte padding = 1; secret.ToArray().Length % 8 != 0; padding++)
            {
                secret.Raw([padding]);
            }
            return Pem("OPENSSH PRIVATE KEY", new SshWriter()
                .Raw("openssh-key-v1\0"u8).Text("none").Text("none").Text("").Number(1).Text(SshBlob).Text(secret.ToArray()).ToArray());
        }
    }

    public static KeyPair NewEd25519()
    {
        const string type = "ssh-ed25519";
        var key = new Ed25519PrivateKeyParameters(new SecureRandom()); // .NET has no Ed25519
        var seed = key.GetEncoded();
        var open = key.GeneratePublicKey().GetEncoded();
        var pkcs8 = Pem("PRIVATE KEY", [.. s_ed25519Private, .. seed]);
        return new(
            pkcs8, pkcs8, Pem("PUBLIC KEY", [.. s_ed25519Public, .. open]),
            new SshWriter().Text(type).Text(open).ToArray(), type, new SshWriter().Text(open).Text([.. seed, .. open]).ToArray());
    }

    /// <param name="curve"><c>P224</c>, <c>P256</c>, <c>P384</c> or <c>P521</c>.</param>
    public static KeyPair NewEcdsa(string curve)
    {
        using var key = ECDsa.Create(ECCurve.CreateFromFriendlyName($"nist{curve}"));
        var parameters = key.ExportParameters(true);
        var sshCurve = $"nist{curve.ToLowerInvariant()}";
        var type = $"ecdsa-sha2-{sshCurve}";
        byte[] point = [4, .. parameters.Q.X!, .. parameters.Q.Y!];
        return new(
            key.ExportECPrivateKeyPem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n", key.ExportSubjectPublicKeyInfoPem() + "\n",
            curve == "P224" ? null : new SshWriter().Text(type).Text(sshCurve).Text(point).ToArray(), type,
            new SshWriter().Text(sshCurve).Text(point).Integer(parameters.D!).ToArray());
    }

    public static KeyPair NewRsa(int bits)
    {
        const string type = "ssh-rsa";
        using var key = RSA.Create(bits);
        var parameters = key.ExportParameters(true);
        return new(
            key.ExportRSAPrivateKeyPem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n", key.ExportSubjectPublicKeyInfoPem() + "\n",
            new SshWriter().Text(type).Integer(parameters.Exponent!).Integer(parameters.Modulus!).ToArray(), type,
            new SshWriter().Integer(parameters.Modulus!).Integer(parameters.Exponent!).Integer(parameters.D!)
                .Integer(parameters.InverseQ!).Integer(parameters.P!).Integer(parameters.Q!).ToArray());
    }

    private static string Pem(string label, byte[] bytes) => PemEncoding.WriteString(label, bytes) + "\n";
}
