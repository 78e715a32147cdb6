using System.Net;
using System.Net.Sockets;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Domains;
using Infra.Lab.Host;

namespace Infra.Lab.Cloud;

/// <summary>
/// What the lab's resolver asks: the account's zones, the API, and the mirrors for every other name. Over UDP, for the resolver only.
/// </summary>
internal sealed class CloudNames(CloudAccount account) : IDisposable
{
    /// <summary>Options of dnsmasq that lead every question here. It keeps no answer: records may change at any time.</summary>
    public const string ResolverOptions = $"server={CloudFiles.ApiAddress}\ncache-size=0\n";

    private const int Port = 53;

    /// <summary>Of names that never change.</summary>
    private const int Ttl = 60;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    /// <summary>Answers until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        _socket.Bind(new IPEndPoint(IPAddress.Parse(CloudFiles.ApiAddress), Port));
        var buffer = new byte[1 << 16];
        while (true)
        {
            var received = await _socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), cancel);
            if (DnsMessage.Question(buffer.AsMemory(0, received.ReceivedBytes)) is { } question)
            {
                await _socket.SendToAsync(Reply(account.State, question), received.RemoteEndPoint, cancel);
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    internal static byte[] Reply(AccountState state, DnsQuestion question)
    {
        var type = DnsMessage.TypeName(question.Type);
        var answer = DnsAnswers.Of(state, question.Name, type);
        if (answer.IsOurs)
        {
            // An alias may lead to a name that is not the account's: the caller gets its address, too.
            var records = answer.Records;
            return DnsMessage.Reply(question, answer.Exists ? DnsMessage.NoError : DnsMessage.NameError,
                type is "A" && records is [.., { Record: { Type: "CNAME" } last }] && Domains.ZoneOf(state, last.Target) is null
                    ? [.. records, Address(last.Target)] : records);
        }

        return question.Name.Equals("invalid", StringComparison.OrdinalIgnoreCase)
            || question.Name.EndsWith(".invalid", StringComparison.OrdinalIgnoreCase)
            ? DnsMessage.Reply(question, DnsMessage.NameError, [])
            : DnsMessage.Reply(question, DnsMessage.NoError, type is "A" or "ANY" ? [Address(question.Name)] : []);
    }

    private static DnsAnswerRecord Address(string name) => new(name, new DnsRecord(0, name, "A", DnsRecord.Apex,
        name.Equals(CloudFiles.ApiName, StringComparison.OrdinalIgnoreCase)
            || name.Equals(CloudFiles.AddressName, StringComparison.OrdinalIgnoreCase) ? CloudFiles.ApiAddress : Sandbox.MirrorAddress, Ttl));
}
