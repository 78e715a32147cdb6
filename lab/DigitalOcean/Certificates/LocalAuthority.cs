using System.Security.Cryptography.X509Certificates;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.Provider.Keys;

namespace Infra.Lab.DigitalOcean.Certificates;

/// <summary>An authority of the account's own, where none runs as a process: issues at once, and asks for no proof.</summary>
internal sealed class LocalAuthority(CloudAccount account) : ICertificateAuthority
{
    private const int AuthorityHours = 10 * 365 * 24;
    private const int ValidityHours = 90 * 24;

    private static readonly string[] s_uses = ["digital_signature", "server_auth"];
    private static readonly string[] s_authorityUses = ["cert_signing", "crl_signing"];

    public Task<IssuedCertificate> IssueAsync(IReadOnlyList<string> names, IDomainProof proof, CancellationToken cancel)
    {
        var root = account.Change(Root);
        var key = KeyPair.NewEcdsa("P256").PrivatePem;
        // A common name has 64 characters at most.
        var subject = Subject(names.FirstOrDefault(name => name.Length <= 64) ?? "");
        var request = Issuer.RequestPem(subject, Issuer.Names([.. names], [], []), key);
        var leaf = Issuer.SignedPem(
            request, root.CertificatePem, root.KeyPem, new(s_uses, false, null, false, account.Clock.GetUtcNow(), ValidityHours));
        return Task.FromResult(CertificateFiles.Read(leaf, key, root.CertificatePem));
    }

    /// <summary>The authority, which comes into being with the first question.</summary>
    public static PublicAuthority Root(AccountChange change)
    {
        if (change.Find<PublicAuthority>(PublicAuthority.Name) is { } known)
        {
            return known;
        }
        var key = KeyPair.NewEcdsa("P256").PrivatePem;
        var terms = new CertificateTerms(s_authorityUses, true, null, true, change.Now, AuthorityHours);
        return change.Put(new PublicAuthority(Issuer.SelfSignedPem(Subject("Lab public CA"), null, key, terms), key));
    }

    private static X500DistinguishedName Subject(string commonName)
    {
        var name = new X500DistinguishedNameBuilder();
        if (commonName.Length > 0)
        {
            name.AddCommonName(commonName);
        }
        return name.Build();
    }
}

/// <summary>The authority that programs inside of the lab trust, as they trust Let's Encrypt outside.</summary>
/// <param name="CertificatePem">Its certificate.</param>
/// <param name="KeyPem">Its private key.</param>
internal sealed record PublicAuthority(string CertificatePem, string KeyPem) : IRecord
{
    public const string Name = "public authority";

    public string Key => Name;
}
