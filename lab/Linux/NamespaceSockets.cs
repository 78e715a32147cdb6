using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Infra.Lab.Linux;

/// <summary>
/// Sockets in a network namespace of a lab. A socket always belongs to the namespace in which it was created, so a thread enters it,
/// creates the socket, and returns; the process stays outside.
/// </summary>
internal static partial class NamespaceSockets
{
    private const int NetworkNamespace = 0x40000000; // CLONE_NEWNET

    /// <summary>A handler whose connections come from that namespace.</summary>
    /// <param name="networkPath">File of the namespace.</param>
    /// <param name="from">Local address, or null for the default.</param>
    /// <param name="to">Address for all host names, or null to use the host as an address.</param>
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

                await socket.ConnectAsync(
                    new IPEndPoint(to ?? IPAddress.Parse(context.DnsEndPoint.Host), context.DnsEndPoint.Port), cancel);
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
        // Its own thread: a pool thread that could not return would affect other work.
        var thread = new Thread(() =>
        {
            try
            {
                using var there = File.OpenHandle(networkPath);
                Enter(there);
                sockets = [.. Enumerable.Range(0, count)
                    .Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true })];
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
