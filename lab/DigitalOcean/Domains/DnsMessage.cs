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
internal sealed record DnsQuestion(ushort Id, string Name, ushort Type, byte[] Bytes, bool IsRecursive)
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
            message[HeaderLength..(at + 5)].ToArray(), (message[2] & 1) != 0);
    }
}

/// <summary>Writes an answer of a name server (RFC 1035, 4.1). Names are not shortened.</summary>
internal sealed class DnsMessage
{
    public const int NoError = 0;
    public const int NoSuchName = 3;
    public const int Refused = 5;

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
    /// <param name="zone">The zone, to say that there is no record, and for how long.</param>
    /// <param name="mostBytes">More is cut to the question alone, so that it is asked again over TCP.</param>
    public static byte[] Answer(
        DnsQuestion question, int code, IReadOnlyList<DnsAnswerRecord> answers, Domain? zone, int mostBytes = int.MaxValue)
    {
        var message = new DnsMessage();
        foreach (var (owner, record) in answers)
        {
            message.Record(owner, s_types[record.Type], record.Ttl, data => data.Data(record, zone));
        }
        var isEmpty = answers.Count == 0 && zone is not null;
        if (isEmpty)
        {
            message.Record(zone!.Name, s_types["SOA"], zone.Ttl, data => data.Start(zone, zone.Ttl));
        }
        var isCut = HeaderAndQuestion(question).Length + message._bytes.Count > mostBytes;
        return
        [
            .. HeaderAndQuestion(question, code, isCut, isCut ? 0 : answers.Count, isEmpty && !isCut ? 1 : 0, zone is not null),
            .. isCut ? [] : message._bytes,
        ];
    }

    private static byte[] HeaderAndQuestion(
        DnsQuestion question, int code = NoError, bool isCut = false, int answers = 0, int authorities = 0, bool isOurs = false)
    {
        var header = new DnsMessage();
        header.Number(question.Id);
        header._bytes.Add((byte)(0x80 | (isOurs ? 4 : 0) | (isCut ? 2 : 0) | (question.IsRecursive ? 1 : 0)));
        header._bytes.Add((byte)(0x80 | code));
        header.Number(1);
        header.Number((ushort)answers);
        header.Number((ushort)authorities);
        header.Number(0);
        header._bytes.AddRange(question.Bytes);
        return [.. header._bytes];
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
