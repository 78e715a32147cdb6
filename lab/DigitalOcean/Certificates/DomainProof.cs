using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Domains;

namespace Infra.Lab.DigitalOcean.Certificates;

/// <summary>
/// Records that prove names of a certificate: real ones of the zone, which the API shows while the order lasts. The account knows which
/// they are, so that those of a killed process do not stay.
/// </summary>
internal sealed class DomainProof(CloudAccount account, string certificate) : IDomainProof
{
    private const int Ttl = 30; // the shortest

    public void Publish(string name, string value)
    {
        var host = name.TrimEnd('.').ToLowerInvariant();
        try
        {
            account.Change(change =>
            {
                var zone = Domains.Domains.ZoneOf(change.State, host)
                    ?? throw new CertificateException($"{host} is in no domain of the account");
                var label = host == zone.Name ? DnsRecord.Apex : host[..^(zone.Name.Length + 1)];
                // Records of one name and type have one TTL: that of the account's own record stays.
                var ttl = Domains.Domains.RecordsOf(change.State, zone)
                    .FirstOrDefault(record => record.Name == label && record.Type == "TXT")?.Ttl ?? Ttl;
                var record = Domains.Domains.CreateRecord(change, zone.Name, new(Type: "TXT", Name: label, Data: value, Ttl: ttl));
                change.Put(new PublishedProof(record.Id, zone.Name, certificate));
            });
        }
        catch (ApiError refused)
        {
            throw new CertificateException($"{host}: {refused.Message}", refused);
        }
    }

    public void Remove() => account.Change(change => Remove(change, certificate));

    /// <summary>Removes all records for a certificate; the domain or the record may be gone already.</summary>
    public static void Remove(AccountChange change, string certificate)
    {
        foreach (var proof in change.All<PublishedProof>().Where(proof => proof.Certificate == certificate).ToList())
        {
            change.Remove(proof);
            if (change.Find<DnsRecord>(proof.Key) is not null)
            {
                Domains.Domains.DeleteRecord(change, proof.Domain, proof.Record);
            }
        }
    }
}

/// <param name="Record">Number of the record.</param>
/// <param name="Domain">Name of its zone.</param>
/// <param name="Certificate">Id of the certificate that it is for.</param>
internal sealed record PublishedProof(long Record, string Domain, string Certificate) : IRecord
{
    public string Key => Record.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
