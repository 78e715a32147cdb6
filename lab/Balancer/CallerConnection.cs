using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Infra.Lab.Balancer;

/// <summary>
/// A caller's connection. Where TLS goes through, bytes are relayed as they are. Where it ends, the bytes within are relayed into a new TLS
/// connection: unlike DigitalOcean's load balancer it does not read HTTP, so a connection stays with one server and no
/// <c>X-Forwarded-*</c> header is added.
/// </summary>
internal sealed class CallerConnection(Socket socket, EntryRule rule, IPAddress source, BackendPool pool, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan s_connectLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_handshakeLimit = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _cut = new();
    private long _lastMoved = time.GetTimestamp();

    /// <summary>Whether TLS goes through untouched.</summary>
    public bool IsPassedThrough => rule.Tls is null;

    /// <summary>Cuts it if no byte has moved for so long.</summary>
    public void CutIfIdle(TimeSpan limit)
    {
        if (time.GetElapsedTime(Volatile.Read(ref _lastMoved)) >= limit)
        {
            Cut();
        }
    }

    public void Cut()
    {
        try
        {
            _cut.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended by itself.
        }
    }

    public void Dispose() => _cut.Dispose();

    /// <summary>Serves it to its end; false when no server could be reached.</summary>
    public async Task<bool> ServeAsync()
    {
        await using var caller = new RelayEnd(socket);
        try
        {
            socket.NoDelay = true;
            if (rule.Tls is { } tls)
            {
                using var limit = Limit(s_handshakeLimit);
                await caller.Wrap().AuthenticateAsServerAsync(tls, limit.Token);
            }
            if (await DialAsync() is not { } dialed)
            {
                await SorryAsync(caller);
                return false;
            }
            try
            {
                await Relay.RunAsync(caller, dialed.End, Moved, _cut.Token);
            }
            finally
            {
                dialed.Server.Ended(served: true);
                await dialed.End.DisposeAsync();
            }
            return true;
        }
        catch (Exception gone) when (gone is IOException or SocketException or AuthenticationException or OperationCanceledException)
        {
            // The caller left, or spoke no TLS; no one is left to be told.
            return true;
        }
    }

    private void Moved() => Volatile.Write(ref _lastMoved, time.GetTimestamp());

    /// <summary>One server after the other: no byte of the caller has been passed on yet, so that another one can be asked.</summary>
    private async Task<(Backend Server, RelayEnd End)?> DialAsync()
    {
        var tried = new List<Backend>();
        while (pool.Take(tried) is { } server)
        {
            tried.Add(server);
            RelayEnd? end = null;
            try
            {
                using (var limit = Limit(s_connectLimit))
                {
                    end = new RelayEnd(await BackendSocket.ConnectAsync(source, new IPEndPoint(server.Address, rule.Rule.TargetPort), limit.Token));
                }
                if (rule.Tls is not null)
                {
                    using var limit = Limit(s_handshakeLimit);
                    await end.Wrap().AuthenticateAsClientAsync(BackendSocket.Tls(server.Address), limit.Token);
                }
                return (server, end);
            }
            catch (Exception failed) when (failed is IOException or SocketException or AuthenticationException or OperationCanceledException)
            {
                server.Ended(served: false);
                if (end is not null)
                {
                    await end.DisposeAsync();
                }
                if (_cut.IsCancellationRequested)
                {
                    throw;
                }
                server.Missed(failed is OperationCanceledException ? "no connection in time" : failed.GetBaseException().Message);
            }
        }
        return null;
    }

    /// <summary>Who speaks HTTP gets an answer; TLS that goes through is closed, because nothing can be said within it.</summary>
    private async Task SorryAsync(RelayEnd caller)
    {
        if (rule.Tls is null)
        {
            return;
        }
        var answer = "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: 23\r\nConnection: close\r\n\r\nno server is available\n"u8.ToArray();
        var buffer = new byte[4096];
        using var limit = Limit(s_handshakeLimit);
        // After the first bytes of the request, and reading on: who sends while the connection closes would lose the answer.
        if (await caller.Stream.ReadAsync(buffer, limit.Token) > 0)
        {
            await caller.Stream.WriteAsync(answer, limit.Token);
            await caller.EndAsync();
            while (await caller.Stream.ReadAsync(buffer, limit.Token) > 0)
            {
            }
        }
    }

    private CancellationTokenSource Limit(TimeSpan patience)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(_cut.Token);
        limit.CancelAfter(patience);
        return limit;
    }
}
