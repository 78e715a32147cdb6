using System.Net;
using System.Net.Sockets;

namespace Infra.Lab.Balancer;

/// <summary>A port that is listened on.</summary>
internal sealed class EntryPort : IAsyncDisposable
{
    private const int Backlog = 1024;

    private readonly Socket _listener;
    private readonly Task _running;
    private volatile bool _closed;

    /// <param name="endpoint">Where to listen.</param>
    /// <param name="accepted">Takes a caller's socket over, at once.</param>
    /// <exception cref="SocketException">It cannot be listened on.</exception>
    public EntryPort(IPEndPoint endpoint, Action<Socket> accepted)
    {
        Endpoint = endpoint;
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // SO_REUSEADDR alone, for connections of a process before this one; .NET's own option lets two listen at once.
            _listener.SetRawSocketOption(1, 2, BitConverter.GetBytes(1));
            _listener.Bind(endpoint);
            _listener.Listen(Backlog);
        }
        catch
        {
            _listener.Dispose();
            throw;
        }
        _running = RunAsync(accepted);
    }

    public IPEndPoint Endpoint { get; }

    public async ValueTask DisposeAsync()
    {
        _closed = true;
        _listener.Dispose();
        await _running;
    }

    private async Task RunAsync(Action<Socket> accepted)
    {
        while (true)
        {
            try
            {
                accepted(await _listener.AcceptAsync());
            }
            catch (SocketException) when (!_closed)
            {
                // The caller left before it was accepted; or no file handle is left, and callers wait in the backlog for one.
                await Task.Delay(20);
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
