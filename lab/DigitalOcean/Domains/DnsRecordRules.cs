using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.Domains;

/// <summary>
/// Which records DigitalOcean takes. Texts of refusals: digitalocean/doctl 919 (dot), its answer on a CNAME next to other records as logged
/// by clients on 2026-07-02; the others are not the API's.
/// </summary>
internal static partial class DnsRecordRules
{
    private const int LongestText = 512;

    // The API returns 422 below it, though the provider accepts 1 (digitalocean/openapi, domain_record: ttl).
    private const int ShortestTtl = 30;

    private static readonly string[] s_types = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "SRV", "TXT"];
    private static readonly string[] s_caaTags = ["issue", "issuewild", "iodef"];

    public static DnsRecord New(AccountChange change, Domain domain, IReadOnlyList<DnsRecord> others, DnsRecordRequest request)
    {
        var type = request.Type?.ToUpperInvariant();
        if (!s_types.Contains(type, StringComparer.Ordinal))
        {
            throw ApiError.Unprocessable("Type is not included in the list");
        }
        // Specification 2.0: MX needs no name; api-v2 130: nor does NS.
        if (string.IsNullOrEmpty(request.Name) && type is not ("MX" or "NS"))
        {
            throw ApiError.Unprocessable("Name can't be blank");
        }
        return Checked(new(change.NextNumber(), domain.Name, type!, Name(request.Name, domain), request.Data ?? "",
            Ttl(request.Ttl ?? domain.Ttl)), domain, others, request);
    }

    public static DnsRecord Changed(DnsRecord record, Domain domain, IReadOnlyList<DnsRecord> others, DnsRecordRequest request) => Checked(
        record with
        {
            Name = request.Name is { Length: > 0 } name ? Name(name, domain) : record.Name,
            // What was stored without its dot is checked as it is: "Data needs to end with a dot (.)" (doctl 919).
            Data = request.Data is { Length: > 0 } data ? data : record.Data,
            Ttl = Ttl(request.Ttl ?? record.Ttl),
        }, domain, others,
        request with
        {
            Priority = request.Priority ?? record.Priority,
            Port = request.Port ?? record.Port,
            Weight = request.Weight ?? record.Weight,
            Flags = request.Flags ?? record.Flags,
            Tag = request.Tag ?? record.Tag,
        });

    /// <exception cref="ApiError">422.</exception>
    public static int Ttl(int seconds) => seconds >= ShortestTtl ? seconds
        : throw ApiError.Unprocessable($"TTL must be greater than or equal to {ShortestTtl}.");

    /// <summary>An address as it is written; null: it is none.</summary>
    public static IPAddress? Address(string text) => IPAddress.TryParse(text, out var address)
        && (address.AddressFamily == AddressFamily.InterNetworkV6
            ? !text.Contains('%', StringComparison.Ordinal) && !text.Contains('[', StringComparison.Ordinal)
            : text.Split('.').Length == 4)
        ? address : null;

    private static DnsRecord Checked(DnsRecord record, Domain domain, IReadOnlyList<DnsRecord> others, DnsRecordRequest values)
    {
        if (!RecordName().IsMatch(record.Name))
        {
            throw ApiError.Unprocessable("Name is invalid");
        }
        var sameName = others.Where(other => other.Id != record.Id && other.Name == record.Name);
        if (record.Type == "CNAME" ? sameName.Any() : sameName.Any(other => other.Type == "CNAME"))
        {
            throw ApiError.Unprocessable("CNAME records cannot share a name with other records");
        }
        return record with
        {
            Data = Data(record, domain, values),
            Priority = record.Type is "MX" or "SRV" ? Number(values.Priority, "Priority", 0, ushort.MaxValue) : null,
            Port = record.Type is "SRV" ? Number(values.Port, "Port", 0, ushort.MaxValue) : null,
            Weight = record.Type is "SRV" ? Number(values.Weight, "Weight", 0, ushort.MaxValue) : null,
            Flags = record.Type is "CAA" ? Number(values.Flags, "Flags", 0, byte.MaxValue) : null,
            Tag = record.Type is not "CAA" ? null : s_caaTags.Contains(values.Tag, StringComparer.Ordinal) ? values.Tag
                : throw ApiError.Unprocessable("Tag is not included in the list"),
        };
    }

    private static string Data(DnsRecord record, Domain domain, DnsRecordRequest values) => (record.Type, record.Data) switch
    {
        (_, "") => throw ApiError.Unprocessable("Data can't be blank"),
        ("A", var text) => Address(text) is { AddressFamily: AddressFamily.InterNetwork } address ? address.ToString()
            : throw ApiError.Unprocessable("Data needs to be an IPv4 address."),
        ("AAAA", var text) => Address(text) is { AddressFamily: AddressFamily.InterNetworkV6 } address ? address.ToString()
            : throw ApiError.Unprocessable("Data needs to be an IPv6 address."),
        ("TXT", { Length: > LongestText }) => throw ApiError.Unprocessable($"Data is too long (maximum is {LongestText} characters)"),
        ("TXT", var text) => text.Any(char.IsControl) ? throw ApiError.Unprocessable("Data is invalid") : text,
        ("CAA", var text) when values.Tag == "iodef" => text.Any(letter => letter is <= ' ' or '"' or > '~')
            ? throw ApiError.Unprocessable("Data is invalid") : text,
        (_, DnsRecord.Apex) => DnsRecord.Apex,
        (_, var text) when !text.EndsWith('.') => throw ApiError.Unprocessable("Data needs to end with a dot (.)"),
        (_, var text) when !HostName().IsMatch(text) => throw ApiError.Unprocessable("Data is invalid"),
        (_, var text) => text[..^1].ToLowerInvariant() is var host && host == domain.Name ? DnsRecord.Apex : host,
    };

    // A full name ends with a dot: "www.example.com." is "www" in the zone example.com.
    private static string Name(string? given, Domain domain)
    {
        var name = given is null or "" ? DnsRecord.Apex : given.ToLowerInvariant();
        if (!name.EndsWith('.'))
        {
            return name;
        }
        return name == $"{domain.Name}." ? DnsRecord.Apex
            : name.EndsWith($".{domain.Name}.", StringComparison.Ordinal) ? name[..^(domain.Name.Length + 2)]
            : throw ApiError.Unprocessable("Name is invalid");
    }

    private static int Number(int? given, string name, int least, int most) => given switch
    {
        null => throw ApiError.Unprocessable($"{name} can't be blank"),
        { } number when number < least || number > most => throw ApiError.Unprocessable(
            string.Create(CultureInfo.InvariantCulture, $"{name} must be between {least} and {most}")),
        { } number => number,
    };

    [GeneratedRegex(@"^(?:@|(?=.{1,253}\z)(?:\*|[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*)\z")]
    private static partial Regex RecordName();

    [GeneratedRegex(@"^(?=.{2,254}\z)(?:[a-zA-Z0-9_](?:[a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?\.)+\z")]
    private static partial Regex HostName();
}
