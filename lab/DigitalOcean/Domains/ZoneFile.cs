using System.Buffers;
using System.Globalization;
using System.Text;
using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.Domains;

/// <summary>A zone as text (RFC 1035, 5), as the API shows it.</summary>
internal static class ZoneFile
{
    private static readonly SearchValues<char> s_quoted = SearchValues.Create(" \t\r\n\"\\;()@$");

    public static string Text(AccountState state, Domain domain)
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"$ORIGIN {domain.Name}.\n$TTL {domain.Ttl}\n"));
        foreach (var record in Domains.RecordsOf(state, domain))
        {
            text.Append(record.Type == "SOA"
                ? string.Create(CultureInfo.InvariantCulture, $"{domain.Name}. IN SOA {Start(domain, record.Ttl)}\n")
                : string.Create(CultureInfo.InvariantCulture, $"{record.FullName}. {record.Ttl} IN {record.Type} {Data(record)}\n"));
        }
        return text.ToString();
    }

    /// <summary>Data of the start of a zone; times as in the specification's example.</summary>
    public static string Start(Domain domain, int ttl) => string.Create(
        CultureInfo.InvariantCulture, $"ns1.digitalocean.com. hostmaster.{domain.Name}. {domain.Serial} 10800 3600 604800 {ttl}");

    private static string Data(DnsRecord record) => record.Type switch
    {
        "A" or "AAAA" => record.Data,
        // Without quotes where none are needed, as recorded from DigitalOcean in dns-lexicon's tests.
        "TXT" when record.Data.Length is > 0 and <= 255 && !record.Data.AsSpan().ContainsAny(s_quoted) => record.Data,
        "TXT" => string.Join(' ', Parts(record.Data).Select(part => $"\"{part.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)}\"")),
        "MX" => string.Create(CultureInfo.InvariantCulture, $"{record.Priority} {record.Target}."),
        "SRV" => string.Create(CultureInfo.InvariantCulture, $"{record.Priority} {record.Weight} {record.Port} {record.Target}."),
        "CAA" => string.Create(CultureInfo.InvariantCulture, $"{record.Flags} {record.Tag} \"{record.Target}\""),
        _ => $"{record.Target}.",
    };

    // A string of DNS has at most 255 bytes.
    private static IEnumerable<string> Parts(string text) => text.Chunk(255).Select(part => new string(part));
}
