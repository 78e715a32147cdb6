using System.Net.Sockets;
using System.Text.RegularExpressions;
using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.Domains;

/// <summary>What DigitalOcean does with domains, and refuses.</summary>
internal static partial class Domains
{
    /// <summary>Specification 2.0, schema domain: <c>ttl</c>.</summary>
    public const int DefaultTtl = 1800;

    private const string Soa = "SOA";

    private static readonly string[] s_nameServers = ["ns1.digitalocean.com", "ns2.digitalocean.com", "ns3.digitalocean.com"];

    public static Domain Create(AccountChange change, DomainRequest request)
    {
        var name = request.Name?.ToLowerInvariant();
        if (name is null || !DomainName().IsMatch(name))
        {
            throw ApiError.Unprocessable("Name is not a valid domain name"); // not the API's text
        }
        if (change.Find<Domain>(name) is not null)
        {
            throw ApiError.Unprocessable("Name already exists");
        }
        var address = request.IpAddress is { Length: > 0 } given
            ? DnsRecordRules.Address(given) ?? throw ApiError.Unprocessable("IP address is invalid") // not the API's text
            : null;
        var domain = change.Put(new Domain(name, DefaultTtl, change.Now.ToUnixTimeSeconds(), change.Now));
        Add(Soa, "1800");
        foreach (var server in s_nameServers)
        {
            Add("NS", server);
        }
        if (address is not null)
        {
            Add(address.AddressFamily == AddressFamily.InterNetwork ? "A" : "AAAA", address.ToString());
        }
        return domain;

        void Add(string type, string data) => change.Put(new DnsRecord(change.NextNumber(), name, type, DnsRecord.Apex, data, DefaultTtl));
    }

    public static void Delete(AccountChange change, string name)
    {
        var domain = Find(change.State, name);
        foreach (var record in RecordsOf(change.State, domain))
        {
            change.Remove(record);
        }
        change.Remove(domain);
    }

    /// <exception cref="ApiError">404.</exception>
    public static Domain Find(AccountState state, string name) => state.Get<Domain>(name.ToLowerInvariant());

    public static IReadOnlyList<DnsRecord> RecordsOf(AccountState state, Domain domain) =>
        [.. state.All<DnsRecord>().Where(record => record.Domain == domain.Name)];

    /// <exception cref="ApiError">404.</exception>
    public static DnsRecord FindRecord(AccountState state, string domain, long id) =>
        state.Find<DnsRecord>(id.ToString(System.Globalization.CultureInfo.InvariantCulture)) is { } record
            && record.Domain == Find(state, domain).Name ? record : throw ApiError.NotFound();

    public static DnsRecord CreateRecord(AccountChange change, string domainName, DnsRecordRequest request)
    {
        var domain = Find(change.State, domainName);
        if (request.Type?.ToUpperInvariant() is Soa)
        {
            throw ApiError.Unprocessable("SOA records are created with their domain"); // not the API's text
        }
        return Put(change, domain, DnsRecordRules.New(change, domain, RecordsOf(change.State, domain), request));
    }

    /// <summary>Changes what is given. The type stays.</summary>
    public static DnsRecord UpdateRecord(AccountChange change, string domainName, long id, DnsRecordRequest request)
    {
        var record = FindRecord(change.State, domainName, id);
        var domain = Find(change.State, domainName);
        return Put(change, domain, record.Type == Soa
            ? record with { Ttl = DnsRecordRules.Ttl(request.Ttl ?? record.Ttl) }
            : DnsRecordRules.Changed(record, domain, RecordsOf(change.State, domain), request));
    }

    public static void DeleteRecord(AccountChange change, string domainName, long id)
    {
        var record = FindRecord(change.State, domainName, id);
        if (record.Type == Soa)
        {
            throw ApiError.Unprocessable("SOA records are deleted with their domain"); // not the API's text
        }
        change.Remove(record);
        Touch(change, Find(change.State, domainName));
    }

    /// <summary>The zone that a host name belongs to: the one with the longest name; null: none.</summary>
    public static Domain? ZoneOf(AccountState state, string host)
    {
        for (var name = host.TrimEnd('.').ToLowerInvariant(); ; name = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..])
        {
            if (state.Find<Domain>(name) is { } domain)
            {
                return domain;
            }
            if (!name.Contains('.', StringComparison.Ordinal))
            {
                return null;
            }
        }
    }

    private static DnsRecord Put(AccountChange change, Domain domain, DnsRecord record)
    {
        // RFC 2181, 5.2: records of one name and type share their TTL; the API makes it so (resource_record.go of the provider).
        foreach (var other in RecordsOf(change.State, domain)
            .Where(other => other.Name == record.Name && other.Type == record.Type && other.Ttl != record.Ttl))
        {
            change.Put(other with { Ttl = record.Ttl });
        }
        Touch(change, domain);
        return change.Put(record);
    }

    private static void Touch(AccountChange change, Domain domain) =>
        change.Put(domain with { Serial = Math.Max(domain.Serial + 1, change.Now.ToUnixTimeSeconds()) });

    [GeneratedRegex(@"^(?=.{4,253}\z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]\z")]
    private static partial Regex DomainName();
}
