using System.Security.Cryptography;
using System.Text;

namespace Infra.Lab.Network;

/// <summary>
/// Names of the router's links to a server, load balancer or test host: at most 15 characters, derived from its id only. The script
/// <c>network</c> uses the same names.
/// </summary>
internal static class NetworkLinks
{
    private const int LongestNumber = 13;

    /// <summary>The router's end of its <c>eth0</c> (public network).</summary>
    public static string Public(string id) => Stem(id) + "p";

    /// <summary>The router's end of its <c>eth1</c> (VPC).</summary>
    public static string Private(string id) => Stem(id) + "v";

    /// <summary>Prefix of both names. Numeric Droplet ids stay readable; other ids use 48 bits of their hash.</summary>
    internal static string Stem(string id)
    {
        if (id.Length is > 0 and <= LongestNumber && id.All(char.IsAsciiDigit))
        {
            return "s" + id;
        }
        return string.Concat("b", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 6)));
    }
}
