using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.Domains;

/// <summary>The name servers of the account, over UDP and TCP.</summary>
internal sealed class DnsServer : IAsyncDisposable
{
    private const int LargestDatagram = 512;
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
    /// <param name="mostBytes">Longest answer.</param>
    public static byte[]? Answer(AccountState state, ReadOnlySpan<byte> message, IPAddress? elsewhere, int mostBytes)
    {
        if (DnsQuestion.Read(message) is not { } question)
        {
            return null;
        }
        // A name that is too long for a zone is in none.
        var type = DnsMessage.TypeOf(question.Type);
        var found = question.Name.Length > LongestPart ? new(false, false, [], null)
            : DnsAnswers.Of(state, question.Name, type ?? "none");
        if (found.IsOurs)
        {
            var code = found.Exists ? DnsMessage.NoError : DnsMessage.NoSuchName;
            return DnsMessage.Answer(question, code, WithElsewhere(found.Records, type, elsewhere), found.Zone, mostBytes);
        }
        return elsewhere is null
            ? DnsMessage.Answer(question, DnsMessage.Refused, [], null)
            : DnsMessage.Answer(question, DnsMessage.NoError, type == "A" ? [Elsewhere(question.Name, elsewhere)] : [], null, mostBytes);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _connections.Stop();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _datagrams.Dispose();
        _stop.Dispose();
    }

    /// <summary>An alias that leads out of the account's zones, with the address there.</summary>
    private static ImmutableArray<DnsAnswerRecord> WithElsewhere(
        ImmutableArray<DnsAnswerRecord> records, string? type, IPAddress? elsewhere) =>
        elsewhere is not null && type == "A" && records is [.., { Record: { Type: "CNAME", Target: var target } }]
            && !records.Any(record => record.Owner == target)
            ? records.Add(Elsewhere(target, elsewhere)) : records;

    private static DnsAnswerRecord Elsewhere(string name, IPAddress address) =>
        new(name, new(0, "", "A", name, address.ToString(), ElsewhereTtl));

    private async Task AnswerDatagramsAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var received = await _datagrams.ReceiveAsync(_stop.Token);
                if (Answer(_account.State, received.Buffer, _elsewhere, LargestDatagram) is { } answer)
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
            patience.CancelAfter(s_patience);
            try
            {
                var stream = connection.GetStream();
                var length = new byte[2];
                await stream.ReadExactlyAsync(length, patience.Token);
                var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(message, patience.Token);
                if (Answer(_account.State, message, _elsewhere, ushort.MaxValue) is { } answer)
                {
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
