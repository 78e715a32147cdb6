using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using Infra.Lab.DigitalOcean.Domains;

namespace Infra.Lab.Cloud;

/// <summary>A question of a DNS message.</summary>
/// <param name="Id">Number that the answer repeats.</param>
/// <param name="Name">Host name without a dot at its end.</param>
/// <param name="Type">Number of the record type.</param>
/// <param name="Bytes">The question as it was sent.</param>
internal sealed record DnsQuestion(ushort Id, string Name, ushort Type, ReadOnlyMemory<byte> Bytes);

/// <summary>Messages of DNS as bytes (RFC 1035, 4): one question, and answers without compressed names.</summary>
internal static class DnsMessage
{
    public const int NoError = 0;
    public const int NameError = 3;

    private const int HeaderBytes = 12;
    private const ushort Answer = 0x8580; // an answer, authoritative, recursion asked for and available
    private const ushort Internet = 1;

    /// <summary>Record types by name (RFC 1035, 2782, 3596, 8659).</summary>
    private static readonly Dictionary<string, ushort> s_types = new(StringComparer.Ordinal)
    {
        ["A"] = 1, ["NS"] = 2, ["CNAME"] = 5, ["SOA"] = 6, ["MX"] = 15, ["TXT"] = 16, ["AAAA"] = 28, ["SRV"] = 33, ["ANY"] = 255, ["CAA"] = 257,
    };

    /// <summary>Name of a type; one that has no record here: its number.</summary>
    public static string TypeName(ushort type) =>
        s_types.FirstOrDefault(known => known.Value == type).Key ?? type.ToString(CultureInfo.InvariantCulture);

    /// <summary>The question; null: the message is none.</summary>
    public static DnsQuestion? Question(ReadOnlyMemory<byte> message)
    {
        var bytes = message.Span;
        // Not an answer, and exactly one question.
        if (bytes.Length < HeaderBytes || (bytes[2] & 0x80) != 0 || BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]) != 1)
        {
            return null;
        }

        var labels = new List<string>();
        var at = HeaderBytes;
        while (at < bytes.Length && bytes[at] is > 0 and < 64 && at + 1 + bytes[at] < bytes.Length)
        {
            labels.Add(Encoding.ASCII.GetString(bytes.Slice(at + 1, bytes[at])));
            at += 1 + bytes[at];
        }

        return at + 5 <= bytes.Length && bytes[at] == 0
            ? new DnsQuestion(BinaryPrimitives.ReadUInt16BigEndian(bytes), string.Join('.', labels),
                BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 1)..]), message[HeaderBytes..(at + 5)])
            : null;
    }

    /// <param name="question">The question.</param>
    /// <param name="code"><see cref="NoError"/> or <see cref="NameError"/>.</param>
    /// <param name="records">The answers.</param>
    public static byte[] Reply(DnsQuestion question, int code, IReadOnlyList<DnsAnswerRecord> records)
    {
        var known = records.Where(record => record.Record.Type != "SOA").ToList();
        using var message = new MemoryStream();
        foreach (var number in new[] { question.Id, Answer | code, 1, known.Count, 0, 0 })
        {
            Write16(message, number);
        }

        message.Write(question.Bytes.Span);
        foreach (var (owner, record) in known)
        {
            WriteName(message, owner);
            Write16(message, s_types[record.Type]);
            Write16(message, Internet);
            Write16(message, record.Ttl >> 16);
            Write16(message, record.Ttl & 0xffff);
            var data = Data(record);
            Write16(message, data.Length);
            message.Write(data);
        }

        return message.ToArray();
    }

    private static byte[] Data(DnsRecord record)
    {
        using var data = new MemoryStream();
        switch (record.Type)
        {
            case "A" or "AAAA":
                data.Write(IPAddress.Parse(record.Data).GetAddressBytes());
                break;
            case "TXT":
                // A string has at most 255 bytes.
                foreach (var part in Encoding.UTF8.GetBytes(record.Data).Chunk(255).DefaultIfEmpty([]))
                {
                    data.WriteByte((byte)part.Length);
                    data.Write(part);
                }

                break;
            case "CAA":
                data.WriteByte((byte)(record.Flags ?? 0));
                data.WriteByte((byte)record.Tag!.Length);
                data.Write(Encoding.ASCII.GetBytes(record.Tag));
                data.Write(Encoding.ASCII.GetBytes(record.Target));
                break;
            case "SRV":
                Write16(data, record.Priority ?? 0);
                Write16(data, record.Weight ?? 0);
                Write16(data, record.Port ?? 0);
                WriteName(data, record.Target);
                break;
            case "MX":
                Write16(data, record.Priority ?? 0);
                WriteName(data, record.Target);
                break;
            default:
                WriteName(data, record.Target);
                break;
        }

        return data.ToArray();
    }

    private static void WriteName(Stream to, string name)
    {
        foreach (var label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            var bytes = Encoding.ASCII.GetBytes(label);
            to.WriteByte((byte)bytes.Length);
            to.Write(bytes);
        }

        to.WriteByte(0);
    }

    private static void Write16(Stream to, int number)
    {
        to.WriteByte((byte)(number >> 8));
        to.WriteByte((byte)number);
    }
}
