using System.Security.Cryptography;
using System.Text;

namespace Infra.Lab.Fabric;

/// <summary>
/// Names of the links that the world holds of a server, load balancer or test host: at most 15 characters, made from its id alone.
/// The script <c>fabric</c> makes the same names.
/// </summary>
internal static class FabricLinks
{
    private const int LongestNumber = 13;

    /// <summary>The world's end of its <c>eth0</c>, the public side.</summary>
    public static string Public(string id) => Stem(id) + "p";

    /// <summary>The world's end of its <c>eth1</c>, the side of the VPC.</summary>
    public static string Private(string id) => Stem(id) + "v";

    /// <summary>What both names begin with. Ids of Droplets are numbers and stay readable; of others 48 bits of their hash must do.</summary>
    internal static string Stem(string id)
    {
        if (id.Length is > 0 and <= LongestNumber && id.All(char.IsAsciiDigit))
        {
            return "s" + id;
        }
        return string.Concat("b", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 6)));
    }
}
