using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Infra.Lab.DigitalOcean.Domains;

namespace Infra.Tests.Unit.Lab.DigitalOcean;

/// <summary>Answers of the name servers byte by byte, to questions as <c>dig</c> sends them.</summary>
public sealed class DnsMessageTests
{
    private const string Records = "/v2/domains/example.com/records";
    private const int NoError = 0;
    private const int NoSuchName = 3;

    [Theory]
    // A record.
    [InlineData("www.example.com", 1, NoError, 1, 0)]
    // The name in any case, and of a wildcard.
    [InlineData("WwW.eXample.com", 1, NoError, 1, 0)]
    [InlineData("a.b.wild.example.com", 16, NoError, 1, 0)]
    // No record of the type, of a type that no zone has (HTTPS), and of a name that only has names below it: the SOA says so.
    [InlineData("www.example.com", 15, NoError, 0, 1)]
    [InlineData("www.example.com", 65, NoError, 0, 1)]
    [InlineData("_tcp.example.com", 1, NoError, 0, 1)]
    // No such name; the wildcard does not hold for a name below one that exists.
    [InlineData("none.example.com", 1, NoSuchName, 0, 1)]
    [InlineData("below.there.wild.example.com", 16, NoSuchName, 0, 1)]
    // Two aliases and the record; without a record of the type; to a name that does not exist; in a circle.
    [InlineData("first.example.com", 1, NoError, 3, 0)]
    [InlineData("first.example.com", 16, NoError, 2, 1)]
    [InlineData("lost.example.com", 1, NoSuchName, 1, 1)]
    [InlineData("circle.example.com", 1, NoError, 9, 0)]
    // Types that a zone has, and all of a name's.
    [InlineData("example.com", 2, NoError, 3, 0)]
    [InlineData("example.com", 6, NoError, 1, 0)]
    [InlineData("example.com", 15, NoError, 1, 0)]
    [InlineData("example.com", 257, NoError, 1, 0)]
    [InlineData("_sip._tcp.example.com", 33, NoError, 1, 0)]
    [InlineData("example.com", 255, NoError, 6, 0)]
    public async Task The_header_counts_what_is_found(string name, ushort type, int code, int answers, int authorities)
    {
        await using var api = await ZoneAsync();

        var answer = Ask(api, Question(name, type));

        Assert.Equal((code, answers, authorities), (Code(answer), Count(answer, 6), Count(answer, 8)));
        Assert.Equal(0, answer[2] & 2);
        // Answer, authoritative, recursion desired and available; the number and the question are those of the asker.
        Assert.Equal((0x85, 0x80), (answer[2], answer[3] & 0xf0));
        Assert.Equal(Question(name, type)[12..], answer[12..(12 + Question(name, type).Length - 12)]);
        Assert.Equal(0x1234, BinaryPrimitives.ReadUInt16BigEndian(answer));
    }

    [Fact]
    public async Task An_address_is_answered_byte_by_byte()
    {
        await using var api = await ZoneAsync();

        var name = $"0377777707{Hex("example")}03{Hex("com")}00";

        var answer = Ask(api, Convert.FromHexString($"123401000001000000000000{name}00010001"));

        Assert.Equal($"123485800001000100000000{name}00010001{name}000100010000003c000401020304", Convert.ToHexStringLower(answer));
    }

    [Fact]
    public async Task Edns_is_answered_and_allows_longer_datagrams()
    {
        await using var api = await ZoneAsync();

        // As dig 9.18 sends it: with authentic data, 1232 bytes and a cookie.
        var plain = Ask(api, Question("long.example.com", 16));
        var extended = Ask(api, Question("long.example.com", 16, Extension(1232)));
        var small = Ask(api, Question("long.example.com", 16, Extension(100)));
        var stream = Ask(api, Question("long.example.com", 16), isDatagram: false);
        var longest = Ask(api, Question("longest.example.com", 16, Extension(65535)));

        Assert.Equal((2, 0, 0), (plain[2] & 2, Count(plain, 6), Count(plain, 10)));
        Assert.Equal((0, 2, 1), (extended[2] & 2, Count(extended, 6), Count(extended, 10)));
        Assert.Equal("00" + "0029" + "04d0" + "00000000" + "0000", Convert.ToHexStringLower(extended[^11..]));
        Assert.Equal((2, 0, 1), (small[2] & 2, Count(small, 6), Count(small, 10)));
        Assert.Equal((0, 2, 0), (stream[2] & 2, Count(stream, 6), Count(stream, 10)));
        Assert.Equal((2, 0, 1), (longest[2] & 2, Count(longest, 6), Count(longest, 10)));
    }

    [Fact]
    public async Task An_unknown_version_of_edns_is_refused_as_such()
    {
        await using var api = await ZoneAsync();

        var answer = Ask(api, Question("www.example.com", 1, Extension(1232, version: 1)));

        Assert.Equal((NoError, 0, 1), (Code(answer), Count(answer, 6), Count(answer, 10)));
        Assert.Equal("00" + "0029" + "04d0" + "01000000" + "0000", Convert.ToHexStringLower(answer[^11..]));
    }

    [Fact]
    public async Task Long_text_is_cut_into_strings_and_keeps_its_letters()
    {
        await using var api = await ZoneAsync();
        var text = new string('ä', 150);
        Assert.Equal(201, (await api.PostAsync(Records, $$"""{"type": "TXT", "name": "text", "data": "{{text}}"}""")).Status);

        var answer = Ask(api, Question("text.example.com", 16, Extension(1232)))[..^11];

        var bytes = Encoding.UTF8.GetBytes(text);
        Assert.Equal([255, .. bytes[..255], 45, .. bytes[255..]], answer[^302..]);
    }

    [Fact]
    public async Task A_connection_may_have_several_questions()
    {
        await using var api = await ZoneAsync();
        await using var server = DnsServer.Start(api.Account, new(IPAddress.Loopback, 0), elsewhere: null);
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        var question = Question("www.example.com", 1);
        byte[] framed = [0, (byte)question.Length, .. question];

        await stream.WriteAsync((byte[])[.. framed, .. framed], TestContext.Current.CancellationToken);
        var answer = Ask(api, question, isDatagram: false);
        var read = new byte[2 * (2 + answer.Length)];
        await stream.ReadExactlyAsync(read, TestContext.Current.CancellationToken);

        Assert.Equal([0, (byte)answer.Length, .. answer, 0, (byte)answer.Length, .. answer], read);
    }

    private static async Task<ApiClient> ZoneAsync()
    {
        var api = await ApiClient.StartAsync();
        Assert.Equal(201, (await api.PostAsync("/v2/domains", """{"name": "example.com"}""")).Status);
        var longText = new string('x', 400);
        string[] records =
        [
            """{"type": "A", "name": "www", "data": "1.2.3.4", "ttl": 60}""",
            """{"type": "MX", "name": "@", "data": "mail.example.com.", "priority": 10}""",
            """{"type": "CAA", "name": "@", "data": "letsencrypt.org.", "flags": 0, "tag": "issue"}""",
            """{"type": "SRV", "name": "_sip._tcp", "data": "sip.example.com.", "priority": 1, "weight": 2, "port": 5060}""",
            """{"type": "TXT", "name": "*.wild", "data": "any"}""",
            """{"type": "A", "name": "there.wild", "data": "1.2.3.4"}""",
            """{"type": "CNAME", "name": "first", "data": "second.example.com."}""",
            """{"type": "CNAME", "name": "second", "data": "www.example.com."}""",
            """{"type": "CNAME", "name": "lost", "data": "none.example.com."}""",
            """{"type": "CNAME", "name": "circle", "data": "circle.example.com."}""",
            .. Enumerable.Repeat($$"""{"type": "TXT", "name": "long", "data": "{{longText}}"}""", 2),
            .. Enumerable.Repeat($$"""{"type": "TXT", "name": "longest", "data": "{{longText}}"}""", 4),
        ];
        foreach (var record in records)
        {
            Assert.Equal(201, (await api.PostAsync(Records, record)).Status);
        }
        return api;
    }

    private static byte[] Ask(ApiClient api, byte[] question, bool isDatagram = true) =>
        DnsServer.Answer(api.Account.State, question, elsewhere: null, isDatagram)!;

    private static byte[] Question(string name, ushort type, byte[]? extension = null) =>
    [
        0x12, 0x34, 0x01, 0x20, 0, 1, 0, 0, 0, 0, 0, (byte)(extension is null ? 0 : 1),
        .. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0,
        (byte)(type >> 8), (byte)type, 0, 1, .. extension ?? [],
    ];

    private static byte[] Extension(ushort size, byte version = 0) =>
        [0, 0, 41, (byte)(size >> 8), (byte)size, 0, version, 0, 0, 0, 12, 0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8];

    private static int Code(byte[] answer) => answer[3] & 0x0f;

    private static int Count(byte[] answer, int at) => BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(at));

    private static string Hex(string text) => Convert.ToHexStringLower(Encoding.ASCII.GetBytes(text));
}
