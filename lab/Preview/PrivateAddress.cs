using System.Net;
using System.Net.Sockets;

namespace Infra.Lab.Preview;

/// <summary>Addresses that the internet does not route: RFC 1918 and RFC 4193.</summary>
internal static class PrivateAddress
{
    private static readonly IPNetwork[] Networks =
    [
        IPNetwork.Parse("10.0.0.0/8"),
        IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("fc00::/7"),
    ];

    /// <summary>Whether a range in CIDR notation, or a single address, lies inside them.</summary>
    public static bool Covers(string address)
    {
        if (!IPNetwork.TryParse(address, out var range))
        {
            if (!IPAddress.TryParse(address, out var single))
            {
                return false;
            }

            range = new IPNetwork(single, single.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
        }

        return Networks.Any(network => network.BaseAddress.AddressFamily == range.BaseAddress.AddressFamily
            && network.PrefixLength <= range.PrefixLength
            && network.Contains(range.BaseAddress));
    }
}
