using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Infra.Lab.Linux;

/// <summary>
/// Sockets in a network namespace of a laboratory. A socket belongs for ever to the namespace in which it was made, so a thread goes there,
/// makes it, and comes back; the process stays where it is.
/// </summary>
internal static partial class NamespaceSockets
{
    private const int NetworkNamespace = 0x40000000; // CLONE_NEWNET

    /// <summary>A handler whose connections all come from there.</summary>
    /// <param name="networkPath">File of the namespace.</param>
    /// <param name="from">Local address, or null for the one that the route says.</param>
    /// <param name="to">Address that every host name leads to, or null to take the host as an address.</param>
    public static SocketsHttpHandler Handler(string networkPath, IPAddress? from = null, IPAddress? to = null) => new()
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(10),
        ConnectCallback = async (context, cancel) =>
        {
            var socket = Tcp(networkPath);
            try
            {
                if (from is not null)
                {
                    socket.Bind(new IPEndPoint(from, 0));
                }

                await socket.ConnectAsync(new IPEndPoint(to ?? IPAddress.Parse(context.DnsEndPoint.Host), context.DnsEndPoint.Port), cancel);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    /// <summary>A TCP socket (IPv4) in that namespace.</summary>
    public static Socket Tcp(string networkPath) => Tcp(networkPath, 1)[0];

    /// <summary>So many of them.</summary>
    public static Socket[] Tcp(string networkPath, int count)
    {
        Socket[]? sockets = null;
        Exception? failure = null;
        // A thread of its own: one of the pool that could not come back would take others along.
        var thread = new Thread(() =>
        {
            try
            {
                using var there = File.OpenHandle(networkPath);
                Enter(there);
                sockets = [.. Enumerable.Range(0, count).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true })];
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        thread.Start();
        thread.Join();
        return sockets ?? throw new IOException($"no socket could be made in {networkPath}: {failure?.Message}", failure);
    }

    private static void Enter(SafeFileHandle networkNamespace)
    {
        if (SetNamespace(networkNamespace, NetworkNamespace) != 0)
        {
            throw new IOException($"setns: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle handle, int kind);
}
