using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider.Keys;

/// <summary>Contents of a certificate.</summary>
/// <param name="Uses">Key uses as pulumi-tls names them: <c>server_auth</c>.</param>
/// <param name="IsAuthority">Whether it is a CA certificate.</param>
/// <param name="MaxPathLength">Authorities below it; null: no limit.</param>
/// <param name="WithSubjectKeyId">Whether it has a subject key id.</param>
/// <param name="NotBefore">Start of its validity.</param>
/// <param name="Hours">Duration of its validity.</param>
internal sealed record CertificateTerms(IReadOnlyList<string> Uses, bool IsAuthority, int? MaxPathLength, bool WithSubjectKeyId,
    DateTimeOffset NotBefore, int Hours)
{
    public DateTimeOffset NotAfter => NotBefore.AddHours(Hours);
}

/// <summary>Creates certificates and requests like Go's crypto/x509 in pulumi-tls.</summary>
internal static class Issuer
{
    private const int SerialBytes = 16;

    private static readonly Dictionary<string, X509KeyUsageFlags> s_keyUses = new(StringComparer.Ordinal)
    {
        ["digital_signature"] = X509KeyUsageFlags.DigitalSignature,
        ["content_commitment"] = X509KeyUsageFlags.NonRepudiation,
        ["key_encipherment"] = X509KeyUsageFlags.KeyEncipherment,
        ["data_encipherment"] = X509KeyUsageFlags.DataEncipherment,
        ["key_agreement"] = X509KeyUsageFlags.KeyAgreement,
        ["cert_signing"] = X509KeyUsageFlags.KeyCertSign,
        ["crl_signing"] = X509KeyUsageFlags.CrlSign,
        ["encipher_only"] = X509KeyUsageFlags.EncipherOnly,
        ["decipher_only"] = X509KeyUsageFlags.DecipherOnly,
    };

    private static readonly Dictionary<string, string> s_extendedUses = new(StringComparer.Ordinal)
    {
        ["any_extended"] = "2.5.29.37.0",
        ["server_auth"] = "1.3.6.1.5.5.7.3.1",
        ["client_auth"] = "1.3.6.1.5.5.7.3.2",
        ["code_signing"] = "1.3.6.1.5.5.7.3.3",
        ["email_protection"] = "1.3.6.1.5.5.7.3.4",
        ["ipsec_end_system"] = "1.3.6.1.5.5.7.3.5",
        ["ipsec_tunnel"] = "1.3.6.1.5.5.7.3.6",
        ["ipsec_user"] = "1.3.6.1.5.5.7.3.7",
        ["timestamping"] = "1.3.6.1.5.5.7.3.8",
        ["ocsp_signing"] = "1.3.6.1.5.5.7.3.9",
        ["microsoft_server_gated_crypto"] = "1.3.6.1.4.1.311.10.3.3",
        ["netscape_server_gated_crypto"] = "2.16.840.1.113730.4.1",
        ["microsoft_commercial_code_signing"] = "1.3.6.1.4.1.311.2.1.22",
        ["microsoft_kernel_code_signing"] = "1.3.6.1.4.1.311.61.1.1",
    };

    public static IEnumerable<string> Uses => s_keyUses.Keys.Concat(s_extendedUses.Keys);

    /// <summary>A request, signed by its own key.</summary>
    public static string RequestPem(X500DistinguishedName subject, X509Extension? names, string keyPem)
    {
        using var key = PemKey.Read(keyPem);
        var request = new CertificateRequest(subject, key.Public, HashAlgorithmName.SHA256);
        if (names is not null)
        {
            request.CertificateExtensions.Add(names);
        }
        return PemEncoding.WriteString("CERTIFICATE REQUEST", request.CreateSigningRequest(key.Signer)) + "\n";
    }

    public static string SelfSignedPem(X500DistinguishedName subject, X509Extension? names, string keyPem, CertificateTerms terms)
    {
        using var key = PemKey.Read(keyPem);
        var request = new CertificateRequest(subject, key.Public, HashAlgorithmName.SHA256);
        Describe(request, names, terms);
        return Sign(request, subject, key.Signer, terms);
    }

    public static string SignedPem(string requestPem, string authorityPem, string authorityKeyPem, CertificateTerms terms)
    {
        using var key = PemKey.Read(authorityKeyPem);
        using var authority = X509Certificate2.CreateFromPem(authorityPem);
        var asked = CertificateRequest.LoadSigningRequestPem(requestPem, HashAlgorithmName.SHA256,
            CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
        var request = new CertificateRequest(asked.SubjectName, asked.PublicKey, HashAlgorithmName.SHA256);
        Describe(request, asked.CertificateExtensions.FirstOrDefault(extension => extension.Oid?.Value == "2.5.29.17"), terms);
        if (authority.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault() is { } authorityKey)
        {
            request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(authorityKey));
        }
        return Sign(request, authority.SubjectName, key.Signer, terms);
    }

    /// <summary>Subject alternative names; null for none.</summary>
    public static X509Extension? Names(IReadOnlyCollection<string> hosts, IReadOnlyCollection<string> addresses,
        IReadOnlyCollection<string> uris)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
        {
            names.AddDnsName(host);
        }
        foreach (var address in addresses)
        {
            names.AddIpAddress(IPAddress.TryParse(address, out var parsed)
                ? parsed
                : throw new ProviderException($"Invalid IP address: {address}"));
        }
        foreach (var uri in uris)
        {
            names.AddUri(new Uri(uri));
        }
        return hosts.Count + addresses.Count + uris.Count == 0 ? null : names.Build();
    }

    private static void Describe(CertificateRequest request, X509Extension? names, CertificateTerms terms)
    {
        var extensions = request.CertificateExtensions;
        extensions.Add(new X509BasicConstraintsExtension(
            terms.IsAuthority, terms.MaxPathLength is not null, terms.MaxPathLength ?? 0, critical: true));
        var uses = terms.Uses.Where(s_keyUses.ContainsKey).Aggregate(X509KeyUsageFlags.None, (sum, use) => sum | s_keyUses[use]);
        if (uses != X509KeyUsageFlags.None)
        {
            extensions.Add(new X509KeyUsageExtension(uses, critical: true));
        }
        var extended = new OidCollection();
        foreach (var use in terms.Uses.Where(s_extendedUses.ContainsKey))
        {
            extended.Add(new Oid(s_extendedUses[use]));
        }
        if (extended.Count > 0)
        {
            extensions.Add(new X509EnhancedKeyUsageExtension(extended, critical: false));
        }
        if (names is not null)
        {
            extensions.Add(names);
        }
        if (terms.WithSubjectKeyId || terms.IsAuthority)
        {
            extensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        }
    }

    private static string Sign(CertificateRequest request, X500DistinguishedName issuer, X509SignatureGenerator signer,
        CertificateTerms terms)
    {
        var serial = RandomNumberGenerator.GetBytes(SerialBytes);
        serial[0] &= 0x7f; // a serial number is unsigned
        using var certificate = request.Create(issuer, signer, terms.NotBefore, terms.NotAfter, serial);
        return certificate.ExportCertificatePem() + "\n";
    }

    /// <summary>A time as pulumi-tls formats it.</summary>
    public static string Time(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
