using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Infra.Lab.DigitalOcean.Certificates;

/// <summary>Reads certificates in PEM.</summary>
internal static class CertificateFiles
{
    /// <summary>A certificate with its key and what is above it.</summary>
    /// <exception cref="CertificateException">A part is no PEM, or the key belongs to another certificate.</exception>
    public static IssuedCertificate Read(string leaf, string key, string? chain)
    {
        using var certificate = Parse(() => X509Certificate2.CreateFromPem(leaf), "The certificate is not valid PEM.");
        Parse(() => X509Certificate2.CreateFromPem(leaf, key), "The certificate and private key do not match.").Dispose();
        var above = new X509Certificate2Collection();
        if (!string.IsNullOrWhiteSpace(chain))
        {
            try
            {
                above.ImportFromPem(chain);
            }
            catch (CryptographicException exception)
            {
                throw new CertificateException("The certificate chain is not valid PEM.", exception);
            }
            if (above.Count == 0)
            {
                throw new CertificateException("The certificate chain is not valid PEM.");
            }
        }
        return new(
            string.Concat(above.Prepend(certificate).Select(each => each.ExportCertificatePem() + "\n")), key,
            new DateTimeOffset(certificate.NotAfter.ToUniversalTime()), certificate.Thumbprint.ToLowerInvariant());
    }

    /// <summary>Host names of a certificate.</summary>
    public static IReadOnlyList<string> Names(IssuedCertificate issued)
    {
        using var certificate = X509Certificate2.CreateFromPem(issued.ChainPem);
        return [.. certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames())];
    }

    private static X509Certificate2 Parse(Func<X509Certificate2> read, string words)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new CertificateException(words, exception);
        }
    }
}
