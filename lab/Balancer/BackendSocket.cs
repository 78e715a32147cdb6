using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Infra.Lab.Balancer;

/// <summary>Connections to servers, from the load balancer's own address in the VPC: firewalls know it by that.</summary>
internal static class BackendSocket
{
    private const int IpProtocol = 0;

    // linux/in.h: the port is chosen when the socket connects, so that the same port serves for other servers at the same time.
    private const int BindAddressNoPort = 24;

    public static async Task<Socket> ConnectAsync(IPAddress source, IPEndPoint target, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetRawSocketOption(IpProtocol, BindAddressNoPort, BitConverter.GetBytes(1));
            socket.Bind(new IPEndPoint(source, 0));
            await socket.ConnectAsync(target, cancel);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>TLS towards a server. Servers sign their own certificates: who it is, the VPC and the firewall say.</summary>
    [SuppressMessage("Security", "CA5359", Justification = "As at DigitalOcean, where load balancers check no certificate of a Droplet.")]
    public static SslClientAuthenticationOptions Tls(IPAddress address) => new()
    {
        TargetHost = address.ToString(),
        RemoteCertificateValidationCallback = (_, _, _, _) => true,
        ApplicationProtocols = [SslApplicationProtocol.Http11],
    };
}
