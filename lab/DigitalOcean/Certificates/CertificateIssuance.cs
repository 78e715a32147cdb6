using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Domains;

namespace Infra.Lab.DigitalOcean.Certificates;

/// <summary>Has a certificate issued: checks CAA records, as Let's Encrypt does, and removes the records of the proof at the end.</summary>
internal sealed class CertificateIssuance(CloudAccount account, ICertificateAuthority authority)
{
    /// <summary>How CAA records name Let's Encrypt (letsencrypt.org/docs/caa).</summary>
    public const string AuthorityName = "letsencrypt.org";

    /// <exception cref="CertificateException">It was refused.</exception>
    public async Task<IssuedCertificate> IssueAsync(Certificate certificate, CancellationToken cancel)
    {
        if (certificate.DnsNames.FirstOrDefault(name => !MayIssue(account.State, name)) is { } forbidden)
        {
            throw new CertificateException($"CAA records of {forbidden} do not allow {AuthorityName}");
        }
        var proof = new DomainProof(account, certificate.Id);
        proof.Remove(); // those of a killed process
        try
        {
            return await authority.IssueAsync(certificate.DnsNames, proof, cancel);
        }
        finally
        {
            proof.Remove();
        }
    }

    /// <summary>
    /// Whether CAA records allow it: those of the name or of the closest name above it that has some (RFC 8659, 3 and 4).
    /// </summary>
    internal static bool MayIssue(AccountState state, string name)
    {
        var isWildcard = name.StartsWith("*.", StringComparison.Ordinal);
        for (var host = isWildcard ? name[2..] : name; Domains.Domains.ZoneOf(state, host) is not null;
            host = host[(host.IndexOf('.', StringComparison.Ordinal) + 1)..])
        {
            var records = DnsAnswers.Of(state, host, "CAA").Records.Select(answer => answer.Record)
                .Where(record => record.Type == "CAA").ToList();
            if (records.Count > 0)
            {
                var rules = records.Where(record => record.Tag == "issuewild").ToList() is { Count: > 0 } wild && isWildcard
                    ? wild
                    : records.Where(record => record.Tag == "issue").ToList();
                return rules.Count == 0 || rules.Exists(rule => rule.Target.Split(';')[0].Trim().TrimEnd('.') == AuthorityName);
            }
            if (!host.Contains('.', StringComparison.Ordinal))
            {
                break;
            }
        }
        return true;
    }
}
