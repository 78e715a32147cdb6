using System.Net;
using System.Net.Sockets;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Domains;
using Infra.Lab.Host;

namespace Infra.Lab.Cloud;

/// <summary>
/// What the lab's resolver asks: the account's zones, the API, and the mirrors for every other name. For the resolver only, which keeps the
/// transport of its caller.
/// </summary>
internal sealed class CloudNames(CloudAccount account) : IDisposable
{
    /// <summary>
    /// Options of dnsmasq that lead every question here. It keeps no answer, because records may change at any time. One name is its own, by
    /// which the lab asks whether it runs.
    /// </summary>
    public const string ResolverOptions =
        $"server={CloudFiles.ApiAddress}\ncache-size=0\nhost-record={SandboxServices.AskedName},{Sandbox.MirrorAddress}\n";

    private const int Port = 53;

    /// <summary>Of names that never change.</summary>
    private const int Ttl = 60;

    private static readonly TimeSpan CallerPatience = TimeSpan.FromSeconds(10);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly TcpListener _listener = new(IPAddress.Parse(CloudFiles.ApiAddress), Port);

    /// <summary>Answers until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        _socket.Bind(new IPEndPoint(IPAddress.Parse(CloudFiles.ApiAddress), Port));
        _listener.Start();
        await await Task.WhenAny(AnswerPacketsAsync(cancel), AnswerStreamsAsync(cancel));
    }

    public void Dispose()
    {
        _socket.Dispose();
        _listener.Dispose();
    }

    private async Task AnswerPacketsAsync(CancellationToken cancel)
    {
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

    private async Task AnswerStreamsAsync(CancellationToken cancel)
    {
        while (true)
        {
            _ = AnswerAsync(await _listener.AcceptTcpClientAsync(cancel), cancel);
        }
    }

    /// <summary>Over TCP, a message has its length before it (RFC 1035, 4.2.2).</summary>
    private async Task AnswerAsync(TcpClient client, CancellationToken cancel)
    {
        using var caller = client;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(CallerPatience);
        try
        {
            var stream = caller.GetStream();
            var length = new byte[2];
            while (true)
            {
                await stream.ReadExactlyAsync(length, limit.Token);
                var message = new byte[(length[0] << 8) | length[1]];
                await stream.ReadExactlyAsync(message, limit.Token);
                if (DnsMessage.Question(message) is not { } question)
                {
                    return;
                }

                var reply = Reply(account.State, question);
                await stream.WriteAsync((byte[])[(byte)(reply.Length >> 8), (byte)reply.Length, .. reply], limit.Token);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The caller has ended, or is too slow.
        }
    }

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
