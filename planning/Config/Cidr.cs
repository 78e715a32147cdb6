using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Infra.Planning.Config;

/// <summary>An address range in CIDR notation: <c>203.0.113.0/24</c>, <c>2001:db8::/32</c>.</summary>
public readonly record struct Cidr
{
    private static readonly Cidr[] s_private = [Parse("10.0.0.0/8"), Parse("172.16.0.0/12"), Parse("192.168.0.0/16")];

    private Cidr(IPAddress network, int prefixLength, UInt128 first)
    {
        Network = network;
        PrefixLength = prefixLength;
        First = first;
    }

    public IPAddress Network { get; }
    public int PrefixLength { get; }
    public bool IsV6 => Network.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>Number of the first address.</summary>
    public UInt128 First { get; }

    /// <summary>Number of the last address.</summary>
    public UInt128 Last => First | HostMask(Bits, PrefixLength);
    private int Bits => IsV6 ? 128 : 32;

    /// <summary>Whether <paramref name="other"/> is inside this range.</summary>
    public bool Contains(Cidr other) => IsV6 == other.IsV6 && First <= other.First && other.Last <= Last;

    /// <summary>Whether the two ranges have an address in common.</summary>
    public bool Overlaps(Cidr other) => IsV6 == other.IsV6 && First <= other.Last && other.First <= Last;

    /// <summary>It lies inside RFC 1918: the internet does not route it.</summary>
    public bool IsPrivate
    {
        get
        {
            var range = this;
            return s_private.Any(block => block.Contains(range));
        }
    }

    public override string ToString() => $"{Network}/{PrefixLength.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Reads a range that is known to be right, as in a table of this program.</summary>
    public static Cidr Parse(string text) =>
        TryParse(text, out var cidr, out var problem) ? cidr : throw new FormatException($"{text} {problem}");

    /// <summary>The range that somebody meant who wrote an address alone, or an address with bits beyond the prefix length; null if that is not what is wrong.</summary>
    public static Cidr? Meant(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!TryParseAddress(slash < 0 ? text : text[..slash], out var address))
        {
            return null;
        }
        var bits = address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;
        var prefix = bits;
        if (slash >= 0 && (!int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out prefix) || prefix > bits))
        {
            return null;
        }
        return Parse($"{Address(Number(address) & ~HostMask(bits, prefix), bits)}/{prefix.ToString(CultureInfo.InvariantCulture)}");
    }

    /// <summary>Reads a range. When it is not one, <paramref name="problem"/> ends a sentence that begins with the text.</summary>
    public static bool TryParse(string text, out Cidr cidr, [NotNullWhen(false)] out string? problem)
    {
        cidr = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var addressText = slash < 0 ? text : text[..slash];
        if (!TryParseAddress(addressText, out var address))
        {
            problem = "is not an address range in CIDR notation, such as 203.0.113.7/32";
            return false;
        }
        var bits = address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;
        if (slash < 0)
        {
            problem = $"is an address; as a range of this one address it is {text}/{bits}";
            return false;
        }
        var prefixText = text[(slash + 1)..];
        if (!int.TryParse(prefixText, NumberStyles.None, CultureInfo.InvariantCulture, out var prefix) || prefix > bits
            || prefixText != prefix.ToString(CultureInfo.InvariantCulture))
        {
            problem = $"has a prefix length that is not a number from 0 to {bits}";
            return false;
        }
        var number = Number(address);
        var first = number & ~HostMask(bits, prefix);
        if (number != first)
        {
            problem = $"has bits set beyond its prefix length; the range that holds it is {Address(first, bits)}/{prefix}";
            return false;
        }
        cidr = new Cidr(address, prefix, first);
        problem = null;
        return true;
    }

    /// <summary>Number of different addresses in ranges of one family, those that overlap counted once.</summary>
    public static UInt128 CountAddresses(IEnumerable<Cidr> ranges)
    {
        var total = UInt128.Zero;
        var covered = UInt128.Zero; // first number that is not counted yet
        foreach (var range in ranges.OrderBy(range => range.First))
        {
            var from = UInt128.Max(range.First, covered);
            if (range.Last >= from)
            {
                if (range.Last == UInt128.MaxValue)
                {
                    return UInt128.MaxValue; // all of IPv6 does not fit: the largest number stands for it
                }
                total += range.Last - from + 1;
                covered = range.Last + 1;
            }
        }
        return total;
    }

    // IPAddress.TryParse also reads 1, 0x7f.1, 010.0.0.1, [::1] and fe80::1%eth0, which a firewall reads otherwise or not at all.
    private static bool TryParseAddress(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        if (text.Contains(':', StringComparison.Ordinal))
        {
            address = null;
            return text.IndexOfAny(['%', '[', ']']) < 0 && IPAddress.TryParse(text, out address) && !address.IsIPv4MappedToIPv6;
        }
        address = IPAddress.TryParse(text, out var v4) && v4.ToString() == text ? v4 : null;
        return address is not null;
    }

    private static UInt128 HostMask(int bits, int prefix) =>
        bits - prefix == 128 ? UInt128.MaxValue : (UInt128.One << (bits - prefix)) - 1;

    private static UInt128 Number(IPAddress address) =>
        address.GetAddressBytes().Aggregate(UInt128.Zero, (number, part) => (number << 8) | part);

    private static IPAddress Address(UInt128 number, int bits)
    {
        var bytes = new byte[bits / 8];
        for (var i = bytes.Length - 1; i >= 0; i--, number >>= 8)
        {
            bytes[i] = (byte)(number & 0xff);
        }
        return new IPAddress(bytes);
    }
}
