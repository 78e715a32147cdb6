using System.Text;
using Infra.Lab.Cloud;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Domains;

namespace Infra.Tests.Unit.Lab.Cloud;

/// <summary>What the lab's resolver gets for a question, as bytes of DNS.</summary>
public sealed class CloudNamesTests
{
    private const int A = 1;
    private const int Mx = 15;
    private const int Txt = 16;

    private static readonly AccountState s_state = AccountState.Empty
        .With(new Domain("lab.test", 1800, 1, DateTimeOffset.UnixEpoch))
        .With(new DnsRecord(1, "lab.test", "A", "www", "198.51.100.20", 300))
        .With(new DnsRecord(2, "lab.test", "CNAME", "alias", "www.lab.test", 300))
        .With(new DnsRecord(3, "lab.test", "TXT", "_acme-challenge", new string('x', 300), 30))
        .With(new DnsRecord(4, "lab.test", "MX", "@", "mail.lab.test", 300) { Priority = 10 });

    [Theory]
    [InlineData("api.digitalocean.com", "198.51.100.2")]
    [InlineData("API.DigitalOcean.com", "198.51.100.2")]
    [InlineData("huggingface.co", "198.51.100.1")]
    [InlineData("www.lab.test", "198.51.100.20")]
    public void A_name_leads_to_the_api_a_record_or_the_mirrors(string name, string address)
    {
        var (code, answers) = Ask(name, A);

        Assert.Equal(0, code);
        Assert.Equal([(A, address)], answers.Select(answer => (answer.Type, string.Join('.', answer.Data))));
    }

    [Fact]
    public void An_alias_comes_with_the_address_that_it_leads_to() =>
        Assert.Equal([5, A], Ask("alias.lab.test", A).Answers.Select(answer => answer.Type));

    [Fact]
    public void A_name_that_the_zone_lacks_does_not_exist_and_a_missing_type_has_no_record()
    {
        Assert.Equal(3, Ask("nothing.lab.test", A).Code);
        Assert.Equal(3, Ask("host.invalid", A).Code);
        Assert.Equal((0, 0), (Ask("www.lab.test", Txt).Code, Ask("www.lab.test", Txt).Answers.Count));
    }

    [Fact]
    public void A_long_text_is_in_strings_of_255_bytes_and_mail_has_its_priority()
    {
        var text = Assert.Single(Ask("_acme-challenge.lab.test", Txt).Answers).Data;
        var mail = Assert.Single(Ask("lab.test", Mx).Answers).Data;

        Assert.Equal((302, 255, 45), (text.Length, text[0], text[256]));
        Assert.Equal([0, 10, 4, .. "mail"u8.ToArray(), 3, .. "lab"u8.ToArray(), 4, .. "test"u8.ToArray(), 0], mail);
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0, 1, 0x81, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1 })]
    [InlineData(new byte[] { 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 63, 1 })]
    [InlineData(new byte[] { 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1 })]
    public void What_is_no_question_has_no_answer(byte[] message) => Assert.Null(DnsMessage.Question(message));

    private static (int Code, IReadOnlyList<(int Type, byte[] Data)> Answers) Ask(string name, int type)
    {
        byte[] message =
        [
            7, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0,
            .. name.Split('.').SelectMany(label => Encoding.ASCII.GetBytes(label).Prepend((byte)label.Length)), 0, 0, (byte)type, 0, 1,
        ];
        var reply = CloudNames.Reply(s_state, DnsMessage.Question(message)!);
        Assert.Equal([7, 7], reply[..2]);
        Assert.Equal(message[12..], reply[12..message.Length]);
        var answers = new List<(int, byte[])>();
        var at = message.Length;
        for (var index = 0; index < reply[7]; index++)
        {
            while (reply[at] != 0)
            {
                at += reply[at] + 1;
            }

            var length = (reply[at + 9] << 8) | reply[at + 10];
            answers.Add((reply[at + 2], reply[(at + 11)..(at + 11 + length)]));
            at += 11 + length;
        }

        Assert.Equal(reply.Length, at);
        return (reply[3] & 15, answers);
    }
}
