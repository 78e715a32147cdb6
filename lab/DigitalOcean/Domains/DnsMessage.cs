using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Infra.Lab.DigitalOcean.Domains;

/// <summary>A question to a name server (RFC 1035, 4.1).</summary>
/// <param name="Id">Number of the question.</param>
/// <param name="Name">As it was asked, without a dot at its end.</param>
/// <param name="Type">Number of the type.</param>
/// <param name="Bytes">The question's part of the message, which the answer repeats.</param>
/// <param name="IsRecursive">Whether the asker wants the whole answer.</param>
/// <param name="Extension">What the asker says of itself; null: nothing.</param>
internal sealed record DnsQuestion(ushort Id, string Name, ushort Type, byte[] Bytes, bool IsRecursive, DnsExtension? Extension)
{
    private const int HeaderLength = 12;
    private const int LongestLabel = 63;
    private const ushort Internet = 1;

    /// <summary>Null: it is no question with one name.</summary>
    public static DnsQuestion? Read(ReadOnlySpan<byte> message)
    {
        if (message.Length < HeaderLength || (message[2] & 0xf8) != 0 || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1)
        {
            return null;
        }
        var labels = new List<string>();
        var at = HeaderLength;
        while (at < message.Length && message[at] is var length and > 0)
        {
            if (length > LongestLabel || at + 1 + length >= message.Length)
            {
                return null;
            }
            labels.Add(Encoding.Latin1.GetString(message.Slice(at + 1, length)));
            at += 1 + length;
        }
        if (at + 5 > message.Length || BinaryPrimitives.ReadUInt16BigEndian(message[(at + 3)..]) != Internet)
        {
            return null;
        }
        var type = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 1)..]);
        return new(BinaryPrimitives.ReadUInt16BigEndian(message), string.Join('.', labels), type,
            message[HeaderLength..(at + 5)].ToArray(), (message[2] & 1) != 0, DnsExtension.Read(message[(at + 5)..]));
    }
}

/// <summary>EDNS (RFC 6891, 6.1): the record OPT of a question.</summary>
/// <param name="Version">Its version; there is only 0.</param>
/// <param name="LargestAnswer">Bytes of a datagram that the asker can take.</param>
internal sealed record DnsExtension(byte Version, ushort LargestAnswer)
{
    private const int FixedLength = 11;

    /// <summary>The record directly after the question, where every client of EDNS has it; null: another one, or none.</summary>
    public static DnsExtension? Read(ReadOnlySpan<byte> records) =>
        records.Length >= FixedLength && records[0] == 0 && BinaryPrimitives.ReadUInt16BigEndian(records[1..]) == DnsMessage.Extension
        ? new(records[6], BinaryPrimitives.ReadUInt16BigEndian(records[3..])) : null;
}

// By hand: of the libraries on NuGet only ARSoft.Tools.Net 3.6.1 serves; it writes text as ASCII, and answers answers (ADR 28).
/// <summary>Writes an answer of a name server (RFC 1035, 4.1). Names are not shortened.</summary>
internal sealed class DnsMessage
{
    public const int NoError = 0;
    public const int NoSuchName = 3;
    public const int Refused = 5;

    /// <summary>Type of EDNS's record.</summary>
    public const ushort Extension = 41;

    /// <summary>What fits into a packet everywhere (dnsflagday.net/2020).</summary>
    private const ushort LargestDatagram = 1232;
    private const ushort LargestPlainDatagram = 512;

    private static readonly Dictionary<string, ushort> s_types = new(StringComparer.Ordinal)
    {
        ["A"] = 1,
        ["NS"] = 2,
        ["CNAME"] = 5,
        ["SOA"] = 6,
        ["MX"] = 15,
        ["TXT"] = 16,
        ["AAAA"] = 28,
        ["SRV"] = 33,
        ["ANY"] = 255,
        ["CAA"] = 257,
    };

    private readonly List<byte> _bytes = [];

    /// <summary>Name of a number; null: no zone has such records.</summary>
    public static string? TypeOf(ushort number) => s_types.FirstOrDefault(type => type.Value == number).Key;

    /// <param name="question">What is answered.</param>
    /// <param name="code">Result.</param>
    /// <param name="answers">Records of the answer.</param>
    /// <param name="zone">The zone that the answer is from; null: of another's.</param>
    /// <param name="isMissing">Whether nothing has been found: then the zone says for how long (RFC 2308, 3).</param>
    /// <param name="isDatagram">Whether a longer answer is cut to the question, so that it is asked again over TCP.</param>
    public static byte[] Answer(
        DnsQuestion question, int code, IReadOnlyList<DnsAnswerRecord> answers, Domain? zone, bool isMissing, bool isDatagram)
    {
        if (question.Extension is { Version: > 0 })
        {
            return [.. Header(question, NoError, isOurs: false, isCut: false, 0, 0), .. Options(question, isWrongVersion: true)];
        }
        var message = new DnsMessage();
        foreach (var (owner, record) in answers)
        {
            message.Record(owner, s_types[record.Type], record.Ttl, data => data.Data(record, zone));
        }
        var hasStart = isMissing && zone is not null;
        if (hasStart)
        {
            message.Record(zone!.Name, s_types["SOA"], zone.Ttl, data => data.Start(zone, zone.Ttl));
        }
        var options = Options(question, isWrongVersion: false);
        byte[] whole =
        [
            .. Header(question, code, zone is not null, isCut: false, answers.Count, hasStart ? 1 : 0), .. message._bytes, .. options,
        ];
        var most = Math.Clamp(question.Extension?.LargestAnswer ?? 0, LargestPlainDatagram, LargestDatagram);
        return isDatagram && whole.Length > most
            ? [.. Header(question, code, zone is not null, isCut: true, 0, 0), .. options]
            : whole;
    }

    private static byte[] Header(DnsQuestion question, int code, bool isOurs, bool isCut, int answers, int authorities)
    {
        var header = new DnsMessage();
        header.Number(question.Id);
        header._bytes.Add((byte)(0x80 | (isOurs ? 4 : 0) | (isCut ? 2 : 0) | (question.IsRecursive ? 1 : 0)));
        header._bytes.Add((byte)(0x80 | code));
        header.Number(1);
        header.Number((ushort)answers);
        header.Number((ushort)authorities);
        header.Number((ushort)(question.Extension is null ? 0 : 1));
        header._bytes.AddRange(question.Bytes);
        return [.. header._bytes];
    }

    /// <summary>The record that answers EDNS; empty if the question has none.</summary>
    private static byte[] Options(DnsQuestion question, bool isWrongVersion)
    {
        var record = new DnsMessage();
        if (question.Extension is not null)
        {
            record._bytes.Add(0);
            record.Number(Extension);
            record.Number(LargestDatagram);
            // The upper bits of the code: 16 is BADVERS.
            record.Number(isWrongVersion ? 1u << 24 : 0);
            record.Number((ushort)0);
        }
        return [.. record._bytes];
    }

    private void Record(string owner, ushort type, int ttl, Action<DnsMessage> write)
    {
        var data = new DnsMessage();
        write(data);
        Name(owner);
        Number(type);
        Number(1);
        Number((uint)ttl);
        Number((ushort)data._bytes.Count);
        _bytes.AddRange(data._bytes);
    }

    private void Data(DnsRecord record, Domain? zone)
    {
        switch (record.Type)
        {
            case "A" or "AAAA":
                _bytes.AddRange(IPAddress.Parse(record.Data).GetAddressBytes());
                break;
            case "SOA":
                Start(zone!, record.Ttl);
                break;
            case "MX":
                Number((ushort)record.Priority!.Value);
                Name(record.Target);
                break;
            case "SRV":
                Number((ushort)record.Priority!.Value);
                Number((ushort)record.Weight!.Value);
                Number((ushort)record.Port!.Value);
                Name(record.Target);
                break;
            case "TXT":
                foreach (var part in Encoding.UTF8.GetBytes(record.Data).Chunk(byte.MaxValue))
                {
                    Text(part);
                }
                break;
            case "CAA":
                _bytes.Add((byte)record.Flags!.Value);
                Text(Encoding.ASCII.GetBytes(record.Tag!));
                _bytes.AddRange(Encoding.ASCII.GetBytes(record.Target));
                break;
            default:
                Name(record.Target);
                break;
        }
    }

    private void Start(Domain zone, int ttl)
    {
        var words = ZoneFile.Start(zone, ttl).Split(' ');
        Name(words[0]);
        Name(words[1]);
        foreach (var number in words[2..])
        {
            Number(uint.Parse(number, System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    private void Name(string name)
    {
        foreach (var label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            Text(Encoding.Latin1.GetBytes(label));
        }
        _bytes.Add(0);
    }

    private void Text(byte[] text)
    {
        _bytes.Add((byte)text.Length);
        _bytes.AddRange(text);
    }

    private void Number(ushort value)
    {
        _bytes.Add((byte)(value >> 8));
        _bytes.Add((byte)value);
    }

    private void Number(uint value)
    {
        Number((ushort)(value >> 16));
        Number((ushort)value);
    }
}
