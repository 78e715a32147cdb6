using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Infra.Planning.Config;

/// <summary>An address range in CIDR notation: <c>203.0.113.0/24</c>, <c>2001:db8::/32</c>.</summary>
public readonly record struct Cidr
{
    private static readonly Cidr[] s_private = [Parse("10.0.0.0/8"), Parse("172.16.0.0/12"), Parse("192.168.0.0/16")];

    private readonly IPNetwork _network;

    private Cidr(IPNetwork network) => _network = network;

    public IPAddress Network => _network.BaseAddress;
    public int PrefixLength => _network.PrefixLength;
    public bool IsV6 => Network.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>Number of its addresses; of all of IPv6 the largest number, since one more does not fit.</summary>
    public UInt128 Count => IsV6 && PrefixLength == 0 ? UInt128.MaxValue : UInt128.One << (Bits(Network) - PrefixLength);

    /// <summary>Number of the first address, to sort by.</summary>
    public UInt128 First => IsV6
        ? BinaryPrimitives.ReadUInt128BigEndian(Network.GetAddressBytes())
        : BinaryPrimitives.ReadUInt32BigEndian(Network.GetAddressBytes());

    /// <summary>The address with this index; the first one has 0.</summary>
    public IPAddress At(UInt128 index)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, First + index);
        return new(IsV6 ? bytes : bytes[12..]);
    }

    public bool Contains(IPAddress address) => _network.Contains(address);

    /// <summary>Whether <paramref name="other"/> is inside this range.</summary>
    public bool Contains(Cidr other) => PrefixLength <= other.PrefixLength && Contains(other.Network);

    /// <summary>Whether the two ranges have an address in common: ranges of a prefix are nested or apart.</summary>
    public bool Overlaps(Cidr other) => Contains(other) || other.Contains(this);

    /// <summary>It lies inside RFC 1918: the internet does not route it.</summary>
    public bool IsPrivate
    {
        get
        {
            var range = this;
            return s_private.Any(block => block.Contains(range));
        }
    }

    public override string ToString() => _network.ToString();

    /// <summary>Reads a range that is known to be right, as in a table of this program.</summary>
    public static Cidr Parse(string text) =>
        TryParse(text, out var cidr, out var problem) ? cidr : throw new FormatException($"{text} {problem}");

    /// <summary>The range that somebody meant who wrote an address alone, or an address with bits beyond the prefix length; null if that is not what is wrong.</summary>
    public static Cidr? Meant(string text)
    {
        var parts = text.Split('/', 2);
        if (!TryParseAddress(parts[0], out var address))
        {
            return null;
        }
        var prefix = Bits(address);
        return parts.Length == 1
            || (int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out prefix) && prefix <= Bits(address))
            ? Around(address, prefix)
            : null;
    }

    /// <summary>Reads a range. When it is not one, <paramref name="problem"/> ends a sentence that begins with the text.</summary>
    public static bool TryParse(string text, out Cidr cidr, [NotNullWhen(false)] out string? problem)
    {
        cidr = default;
        var parts = text.Split('/', 2);
        if (!TryParseAddress(parts[0], out var address))
        {
            problem = "is not an address range in CIDR notation, such as 203.0.113.7/32";
            return false;
        }
        if (parts.Length == 1)
        {
            problem = $"is an address; as a range of this one address it is {text}/{Bits(address)}";
            return false;
        }
        if (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var prefix) || prefix > Bits(address)
            || parts[1] != prefix.ToString(CultureInfo.InvariantCulture))
        {
            problem = $"has a prefix length that is not a number from 0 to {Bits(address)}";
            return false;
        }
        var around = Around(address, prefix);
        if (!around.Network.Equals(address))
        {
            problem = $"has bits set beyond its prefix length; the range that holds it is {around}";
            return false;
        }
        cidr = around;
        problem = null;
        return true;
    }

    /// <summary>Those that lie in no other.</summary>
    public static IReadOnlyList<Cidr> Widest(IEnumerable<Cidr> ranges)
    {
        var kept = new List<Cidr>();
        foreach (var range in ranges.OrderBy(range => range.PrefixLength))
        {
            if (!kept.Exists(wider => wider.Contains(range)))
            {
                kept.Add(range);
            }
        }
        return kept;
    }

    /// <summary>Number of different addresses in ranges of one family, those that overlap counted once.</summary>
    public static UInt128 CountAddresses(IEnumerable<Cidr> ranges) => Widest(ranges).Aggregate(
        UInt128.Zero, (sum, range) => range.Count > UInt128.MaxValue - sum ? UInt128.MaxValue : sum + range.Count);

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

    private static int Bits(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;

    // IPNetwork takes no address with bits beyond the prefix.
    private static Cidr Around(IPAddress address, int prefix)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] &= (byte)(0xff00 >> Math.Clamp(prefix - (8 * i), 0, 8));
        }
        return new(new IPNetwork(new IPAddress(bytes), prefix));
    }
}
