using System.Buffers;
using System.Net.Sockets;

namespace Infra.Lab.Balancer;

/// <summary>Carries bytes both ways until both sides have ended, one breaks, or it is cancelled.</summary>
internal static class Relay
{
    private const int BufferBytes = 64 * 1024;

    /// <param name="caller">One side.</param>
    /// <param name="server">The other.</param>
    /// <param name="moved">Called whenever bytes have moved.</param>
    /// <param name="cancel">Cuts the connection.</param>
    public static async Task RunAsync(RelayEnd caller, RelayEnd server, Action moved, CancellationToken cancel)
    {
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var ways = await Task.WhenAll(
            CarryAsync(caller, server, moved, broken),
            CarryAsync(server, caller, moved, broken));
        if (ways.Contains(false) && !cancel.IsCancellationRequested)
        {
            caller.Break();
            server.Break();
        }
    }

    /// <summary>One direction; false when it broke, and then the other ends too.</summary>
    private static async Task<bool> CarryAsync(RelayEnd from, RelayEnd to, Action moved, CancellationTokenSource broken)
    {
        try
        {
            while (true)
            {
                // Waits without a buffer: most of a thousand connections are silent.
                _ = await from.Stream.ReadAsync(Memory<byte>.Empty, broken.Token);
                var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
                try
                {
                    var count = await from.Stream.ReadAsync(buffer, broken.Token);
                    if (count == 0)
                    {
                        break;
                    }
                    moved();
                    await to.Stream.WriteAsync(buffer.AsMemory(0, count), broken.Token);
                    moved();
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }
            await to.EndAsync();
            return true;
        }
        catch (Exception failed) when (failed is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            await broken.CancelAsync();
            return false;
        }
    }
}
