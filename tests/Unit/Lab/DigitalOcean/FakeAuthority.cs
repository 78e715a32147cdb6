using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Certificates;
using Infra.Lab.DigitalOcean.Domains;

namespace Infra.Tests.Unit.Lab.DigitalOcean;

/// <summary>An authority that asks for a record of each name, and keeps what the account's name servers then say.</summary>
internal sealed class FakeAuthority : ICertificateAuthority
{
    public const string Value = "proof of the name";

    private LocalAuthority? _issuer;

    public CloudAccount? Account { get; set; }

    /// <summary>Refuses every order, after it has seen the proof.</summary>
    public bool Refuses { get; set; }

    /// <summary>TXT answers during the orders.</summary>
    public List<string> Seen { get; } = [];

    public int Orders { get; private set; }

    public Task<IssuedCertificate> IssueAsync(IReadOnlyList<string> names, IDomainProof proof, CancellationToken cancel)
    {
        Orders++;
        foreach (var host in names.Select(name => $"_acme-challenge.{name.Replace("*.", "", StringComparison.Ordinal)}"))
        {
            proof.Publish($"{host}.", Value);
            Seen.AddRange(DnsAnswers.Of(Account!.State, host, "TXT").Records.Select(answer => $"{host} {answer.Record.Data}"));
        }
        _issuer ??= new LocalAuthority(Account!);
        return Refuses ? throw new CertificateException("refused") : _issuer.IssueAsync(names, proof, cancel);
    }
}
