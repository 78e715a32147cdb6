using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.Domains;

/// <summary>The name servers of the account, over UDP and TCP.</summary>
internal sealed class DnsServer : IAsyncDisposable
{
    private const int LongestPart = 250;
    private const int ElsewhereTtl = 30;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly CloudAccount _account;
    private readonly IPAddress? _elsewhere;
    private readonly UdpClient _datagrams;
    private readonly TcpListener _connections;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private DnsServer(CloudAccount account, IPEndPoint listen, IPAddress? elsewhere)
    {
        _account = account;
        _elsewhere = elsewhere;
        _connections = new(listen);
        _connections.Start();
        _datagrams = new((IPEndPoint)_connections.LocalEndpoint);
        _running = Task.WhenAll(AnswerDatagramsAsync(), AnswerConnectionsAsync());
    }

    /// <summary>Ends only when it is disposed, or with an error of ours.</summary>
    public Task Running => _running;

    public IPEndPoint Address => (IPEndPoint)_connections.LocalEndpoint;

    /// <param name="account">The account.</param>
    /// <param name="listen">Where it listens; port 0 is any free one.</param>
    /// <param name="elsewhere">Address of all names outside of the account's zones; null: such questions are refused.</param>
    /// <exception cref="SocketException">The address is not this machine's, or in use.</exception>
    public static DnsServer Start(CloudAccount account, IPEndPoint listen, IPAddress? elsewhere) => new(account, listen, elsewhere);

    /// <summary>The answer to a message; null: it is no question.</summary>
    /// <param name="state">The account.</param>
    /// <param name="message">The question.</param>
    /// <param name="elsewhere">Address of all names outside of the account's zones; null: such questions are refused.</param>
    /// <param name="isDatagram">Whether a longer answer is cut.</param>
    public static byte[]? Answer(AccountState state, ReadOnlySpan<byte> message, IPAddress? elsewhere, bool isDatagram)
    {
        if (DnsQuestion.Read(message) is not { } question)
        {
            return null;
        }
        // A name that is too long for a zone is in none.
        var type = DnsMessage.TypeOf(question.Type);
        var found = question.Name.Length > LongestPart ? null : DnsAnswers.Of(state, question.Name, type ?? "none");
        if (found is { IsOurs: true })
        {
            var records = elsewhere is not null && type == "A" && found.LeadsTo is { } target
                ? found.Records.Add(Elsewhere(target, elsewhere)) : found.Records;
            return DnsMessage.Answer(question, found.Exists ? DnsMessage.NoError : DnsMessage.NoSuchName, records, found.Zone,
                found.IsMissing, isDatagram);
        }
        return elsewhere is null
            ? DnsMessage.Answer(question, DnsMessage.Refused, [], null, isMissing: true, isDatagram)
            : DnsMessage.Answer(question, DnsMessage.NoError, type == "A" ? [Elsewhere(question.Name, elsewhere)] : [], null,
                isMissing: type != "A", isDatagram);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _connections.Stop();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _datagrams.Dispose();
        _stop.Dispose();
    }

    private static DnsAnswerRecord Elsewhere(string name, IPAddress address) =>
        new(name, new(0, "", "A", name, address.ToString(), ElsewhereTtl));

    private async Task AnswerDatagramsAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var received = await _datagrams.ReceiveAsync(_stop.Token);
                if (Answer(_account.State, received.Buffer, _elsewhere, isDatagram: true) is { } answer)
                {
                    await _datagrams.SendAsync(answer, received.RemoteEndPoint, _stop.Token);
                }
            }
            catch (SocketException)
            {
                // The asker is gone: the next one is not.
            }
        }
    }

    private async Task AnswerConnectionsAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            _ = AnswerAsync(await _connections.AcceptTcpClientAsync(_stop.Token));
        }
    }

    private async Task AnswerAsync(TcpClient connection)
    {
        using (connection)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            try
            {
                var stream = connection.GetStream();
                var length = new byte[2];
                // Several questions may come over one connection (RFC 7766, 6.2.1).
                while (true)
                {
                    patience.CancelAfter(s_patience);
                    await stream.ReadExactlyAsync(length, patience.Token);
                    var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                    await stream.ReadExactlyAsync(message, patience.Token);
                    if (Answer(_account.State, message, _elsewhere, isDatagram: false) is not { } answer)
                    {
                        return;
                    }
                    BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)answer.Length);
                    await stream.WriteAsync((byte[])[.. length, .. answer], patience.Token);
                }
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
            {
                // One asker's trouble is no other's.
            }
        }
    }
}
