using System.Net.Security;
using System.Net.Sockets;

namespace Infra.Lab.Balancer;

/// <summary>One end of a relayed connection: a socket, and the TLS on it if any.</summary>
internal sealed class RelayEnd(Socket socket) : IAsyncDisposable
{
    /// <summary>Where bytes are read and written; it belongs to this end.</summary>
    public Stream Stream { get; private set; } = new NetworkStream(socket, ownsSocket: true);

    /// <summary>From now on the bytes are those within TLS.</summary>
    public SslStream Wrap()
    {
        var tls = new SslStream(Stream, leaveInnerStreamOpen: false);
        Stream = tls;
        return tls;
    }

    /// <summary>Says that no more bytes come; the other direction stays open.</summary>
    public async Task EndAsync()
    {
        if (Stream is SslStream tls)
        {
            await tls.ShutdownAsync();
        }
        socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Closes so that the other side sees a broken connection, and takes no half answer for a whole one.</summary>
    public void Break()
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // Broken already.
        }
        socket.Dispose();
    }

    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}
