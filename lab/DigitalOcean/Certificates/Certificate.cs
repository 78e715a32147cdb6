using System.Collections.Immutable;
using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.Certificates;

/// <summary>A certificate of load balancers, with its private key.</summary>
/// <param name="Id">Its UUID. A renewed certificate has another one.</param>
/// <param name="Name">Unique in the account; a renewed certificate keeps it.</param>
/// <param name="Type"><see cref="Custom"/> or <see cref="LetsEncrypt"/>.</param>
/// <param name="DnsNames">Host names that it is for.</param>
/// <param name="State"><see cref="Pending"/>, <see cref="Verified"/> or <see cref="Error"/>.</param>
/// <param name="CreatedAt">Time of its creation.</param>
internal sealed record Certificate(
    string Id, string Name, string Type, ImmutableArray<string> DnsNames, string State, DateTimeOffset CreatedAt) : IRecord
{
    public const string Custom = "custom";
    public const string LetsEncrypt = "lets_encrypt";
    public const string Pending = "pending";
    public const string Verified = "verified";
    public const string Error = "error";

    /// <summary>The certificate itself and what leads to its authority; null: it is not issued yet.</summary>
    public IssuedCertificate? Issued { get; init; }

    /// <summary>Attempts to have it issued that failed.</summary>
    public int Failures { get; init; }

    public string Key => Id;
}

/// <param name="ChainPem">The certificate, then those above it.</param>
/// <param name="KeyPem">Its private key.</param>
/// <param name="NotAfter">End of its validity.</param>
/// <param name="Sha1">Fingerprint, hexadecimal.</param>
internal sealed record IssuedCertificate(string ChainPem, string KeyPem, DateTimeOffset NotAfter, string Sha1);

/// <summary>The members of a request that creates a certificate; null: not given.</summary>
internal sealed record CertificateRequest(
    string? Name = null, string? Type = null, IReadOnlyList<string?>? DnsNames = null, string? PrivateKey = null,
    string? LeafCertificate = null, string? CertificateChain = null);

/// <summary>A load balancer: it keeps its certificates from being deleted, and gets renewed ones.</summary>
internal interface IUsesCertificates : IRecord
{
    public bool Uses(string certificate);

    public IUsesCertificates With(string renewed, string before);
}
