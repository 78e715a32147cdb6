namespace Infra.Lab.DigitalOcean.Certificates;

/// <summary>What Let's Encrypt is to DigitalOcean.</summary>
internal interface ICertificateAuthority
{
    /// <summary>Proves that the names are the account's, and has a certificate issued for them.</summary>
    /// <exception cref="CertificateException">It was refused.</exception>
    public Task<IssuedCertificate> IssueAsync(IReadOnlyList<string> names, CancellationToken cancel);
}

/// <summary>An authority refused; the message says why.</summary>
internal sealed class CertificateException(string message, Exception? inner = null) : Exception(message, inner);
