namespace Infra.Lab.DigitalOcean.Certificates;

/// <summary>What Let's Encrypt is to DigitalOcean.</summary>
internal interface ICertificateAuthority
{
    /// <summary>Proves that the names are the account's, and has a certificate issued for them.</summary>
    /// <param name="names">Host names; <c>*.example.com</c> is one.</param>
    /// <param name="proof">Publishes what the authority asks for.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="CertificateException">It was refused.</exception>
    public Task<IssuedCertificate> IssueAsync(IReadOnlyList<string> names, IDomainProof proof, CancellationToken cancel);
}

/// <summary>Shows an authority that a name is the account's: TXT records in its zone (ACME's DNS-01, RFC 8555, 8.4).</summary>
internal interface IDomainProof
{
    /// <summary>Publishes a record until the order has ended.</summary>
    /// <param name="name">As <c>_acme-challenge.example.com</c>, with or without a dot at its end.</param>
    /// <param name="value">Its text.</param>
    /// <exception cref="CertificateException">The name is in no zone of the account, or a record there forbids it.</exception>
    public void Publish(string name, string value);
}

/// <summary>An authority refused; the message says why.</summary>
internal sealed class CertificateException(string message, Exception? inner = null) : Exception(message, inner);
