using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Infra.Lab.Acme;

/// <summary>
/// Certificates of an authority that programs trust for one that they do not know: the same name and key, signed by the first. Let's
/// Encrypt began so.
/// </summary>
internal static class CrossSignature
{
    private const int SerialBytes = 16;

    /// <summary>Authority key identifier, authority information access, CRL distribution points: they name the former issuer.</summary>
    private static readonly string[] s_ofTheFormerIssuer = ["2.5.29.35", "1.3.6.1.5.5.7.1.1", "2.5.29.31"];

    /// <param name="authority">Certificate of a CA with its private key.</param>
    /// <param name="intermediate">Certificate of a CA, issued by someone else.</param>
    /// <param name="now">The time.</param>
    public static X509Certificate2 Of(X509Certificate2 authority, X509Certificate2 intermediate, DateTimeOffset now)
    {
        using var key = authority.GetECDsaPrivateKey() ?? throw new CryptographicException("the authority has no ECDSA key");
        var request = new CertificateRequest(intermediate.SubjectName, intermediate.PublicKey, HashAlgorithmName.SHA256);
        foreach (var extension in intermediate.Extensions.Where(extension => !s_ofTheFormerIssuer.Contains(extension.Oid?.Value)))
        {
            request.CertificateExtensions.Add(extension);
        }
        if (authority.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault() is { } identifier)
        {
            request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(identifier));
        }
        var serial = RandomNumberGenerator.GetBytes(SerialBytes);
        serial[0] &= 0x7f; // a serial number is unsigned
        return request.Create(authority.SubjectName, X509SignatureGenerator.CreateForECDsa(key), now.AddHours(-1),
            new DateTimeOffset(authority.NotAfter.ToUniversalTime()), serial);
    }
}
