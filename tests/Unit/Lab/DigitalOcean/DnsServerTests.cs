using System.Net;
using DnsClient;
using DnsClient.Protocol;
using Infra.Lab.DigitalOcean.Domains;

namespace Infra.Tests.Unit.Lab.DigitalOcean;

/// <summary>The account's name servers, asked by a resolver that others wrote.</summary>
public sealed class DnsServerTests
{
    private const string Records = "/v2/domains/example.com/records";

    [Fact]
    public async Task Records_of_all_types_are_answered()
    {
        await using var api = await ApiClient.StartAsync();
        await using var server = DnsServer.Start(api.Account, new(IPAddress.Loopback, 0), IPAddress.Parse("198.51.100.1"));
        await AddAsync(api,
            """{"type": "A", "name": "www", "data": "1.2.3.4", "ttl": 60}""",
            """{"type": "AAAA", "name": "www", "data": "2001:db8::1"}""",
            """{"type": "CNAME", "name": "alias", "data": "www.example.com."}""",
            """{"type": "CNAME", "name": "away", "data": "other.net."}""",
            """{"type": "MX", "data": "mail.example.com.", "priority": 10}""",
            """{"type": "TXT", "name": "text", "data": "a \"b\""}""",
            """{"type": "SRV", "name": "_sip._tcp", "data": "sip.example.com.", "priority": 1, "weight": 2, "port": 5060}""",
            """{"type": "CAA", "name": "@", "data": "letsencrypt.org.", "flags": 128, "tag": "issue"}""");
        var client = Client(server);

        var address = Assert.Single((await AskAsync(client, "WWW.example.com", QueryType.A)).Answers.ARecords());
        var alias = await AskAsync(client, "alias.example.com", QueryType.A);
        var away = await AskAsync(client, "away.example.com", QueryType.A);
        var mail = Assert.Single((await AskAsync(client, "example.com", QueryType.MX)).Answers.MxRecords());
        var service = Assert.Single((await AskAsync(client, "_sip._tcp.example.com", QueryType.SRV)).Answers.SrvRecords());
        var authority = Assert.Single((await AskAsync(client, "example.com", QueryType.CAA)).Answers.CaaRecords());
        var start = Assert.Single((await AskAsync(client, "example.com", QueryType.SOA)).Answers.SoaRecords());

        Assert.Equal(("1.2.3.4", 60), (address.Address.ToString(), address.InitialTimeToLive));
        Assert.Equal("2001:db8::1", Assert.Single((await AskAsync(client, "www.example.com", QueryType.AAAA)).Answers.AaaaRecords())
            .Address.ToString());
        Assert.Equal(["CNAME www.example.com.", "A 1.2.3.4"], alias.Answers.Select(Text));
        Assert.Equal(["CNAME other.net.", "A 198.51.100.1"], away.Answers.Select(Text));
        Assert.Equal((10, "mail.example.com."), (mail.Preference, mail.Exchange.Value));
        Assert.Equal((1, 2, 5060, "sip.example.com."), (service.Priority, service.Weight, service.Port, service.Target.Value));
        Assert.Equal((128, "issue", "letsencrypt.org"), (authority.Flags, authority.Tag, authority.Value));
        Assert.Equal("a \"b\"", Assert.Single(Assert.Single(
            (await AskAsync(client, "text.example.com", QueryType.TXT)).Answers.TxtRecords()).Text));
        Assert.Equal(("ns1.digitalocean.com.", 10800u), (start.MName.Value, start.Refresh));
        Assert.Equal(3, (await AskAsync(client, "example.com", QueryType.NS)).Answers.NsRecords().Count());
    }

    [Fact]
    public async Task What_is_not_there_is_said_to_be_missing_and_what_is_elsewhere_leads_there()
    {
        await using var api = await ApiClient.StartAsync();
        await using var server = DnsServer.Start(api.Account, new(IPAddress.Loopback, 0), IPAddress.Parse("198.51.100.1"));
        await using var alone = DnsServer.Start(api.Account, new(IPAddress.Loopback, 0), elsewhere: null);
        await AddAsync(api, """{"type": "A", "name": "www", "data": "1.2.3.4"}""");

        var missing = await AskAsync(Client(server), "none.example.com", QueryType.A);
        var otherType = await AskAsync(Client(server), "www.example.com", QueryType.TXT);
        var elsewhere = await AskAsync(Client(server), "huggingface.co", QueryType.A);
        var elsewhereV6 = await AskAsync(Client(server), "huggingface.co", QueryType.AAAA);
        var refused = await AskAsync(Client(alone), "huggingface.co", QueryType.A);

        Assert.Equal((DnsHeaderResponseCode.NotExistentDomain, 1), (missing.Header.ResponseCode, missing.Authorities.SoaRecords().Count()));
        Assert.Equal((DnsHeaderResponseCode.NoError, 0), (otherType.Header.ResponseCode, otherType.Answers.Count));
        Assert.Equal(["A 198.51.100.1"], elsewhere.Answers.Select(Text));
        Assert.Equal((DnsHeaderResponseCode.NoError, 0), (elsewhereV6.Header.ResponseCode, elsewhereV6.Answers.Count));
        Assert.Equal(DnsHeaderResponseCode.Refused, refused.Header.ResponseCode);
    }

    [Fact]
    public async Task A_long_answer_comes_over_tcp()
    {
        await using var api = await ApiClient.StartAsync();
        await using var server = DnsServer.Start(api.Account, new(IPAddress.Loopback, 0), elsewhere: null);
        var text = new string('x', 400);
        await AddAsync(api, [.. Enumerable.Range(0, 5).Select(_ => $$"""{"type": "TXT", "name": "long", "data": "{{text}}"}""")]);

        var answer = await AskAsync(Client(server), "long.example.com", QueryType.TXT);

        Assert.Equal(Enumerable.Repeat(text, 5), answer.Answers.TxtRecords().Select(record => string.Concat(record.Text)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("000101000001000000000000")]
    [InlineData("00010100000100000000000003616263")]
    [InlineData("000101000001000000000000c00c00010001")]
    [InlineData("000181000001000000000000036c61620000010001")]
    [InlineData("000101000002000000000000036c61620000010001")]
    [InlineData("000101000001000000000000036c61620000010003")]
    public async Task What_is_no_question_has_no_answer(string hex)
    {
        await using var api = await ApiClient.StartAsync();

        Assert.Null(DnsServer.Answer(api.Account.State, Convert.FromHexString(hex), IPAddress.Loopback, isDatagram: true));
    }

    private static LookupClient Client(DnsServer server) => new(new LookupClientOptions(server.Address)
    {
        UseCache = false,
        Retries = 0,
        ThrowDnsErrors = false,
    });

    private static Task<IDnsQueryResponse> AskAsync(LookupClient client, string name, QueryType type) =>
        client.QueryAsync(name, type, cancellationToken: TestContext.Current.CancellationToken);

    private static async Task AddAsync(ApiClient api, params string[] records)
    {
        await api.PostAsync("/v2/domains", """{"name": "example.com"}""");
        foreach (var record in records)
        {
            Assert.Equal(201, (await api.PostAsync(Records, record)).Status);
        }
    }

    private static string Text(DnsResourceRecord record) => record switch
    {
        ARecord address => $"A {address.Address}",
        CNameRecord alias => $"CNAME {alias.CanonicalName.Value}",
        _ => record.ToString(),
    };
}
