using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Infra.Planning.Config;

/// <summary>An address range in CIDR notation: <c>203.0.113.0/24</c>, <c>2001:db8::/32</c>.</summary>
public readonly partial record struct Cidr
{
    private static readonly Cidr[] s_private = [Parse("10.0.0.0/8"), Parse("172.16.0.0/12"), Parse("192.168.0.0/16")];

    private static readonly Cidr[] s_local = [Parse("100.64.0.0/10"), Parse("fc00::/7")];

    private static readonly Cidr[] s_documentation =
        [Parse("192.0.2.0/24"), Parse("198.51.100.0/24"), Parse("203.0.113.0/24"), Parse("2001:db8::/32")];

    private readonly IPNetwork _network;

    private Cidr(IPNetwork network) => _network = network;

    public IPAddress Network => _network.BaseAddress;
    public int PrefixLength => _network.PrefixLength;
    public bool IsV6 => Network.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>Number of addresses; for all of IPv6 the largest number, because one more does not fit.</summary>
    public UInt128 Count => IsV6 && PrefixLength == 0 ? UInt128.MaxValue : UInt128.One << (Bits(Network) - PrefixLength);

    /// <summary>Number of the first address, for sorting.</summary>
    public UInt128 First => IsV6
        ? BinaryPrimitives.ReadUInt128BigEndian(Network.GetAddressBytes())
        : BinaryPrimitives.ReadUInt32BigEndian(Network.GetAddressBytes());

    /// <summary>The address with this index, from 0.</summary>
    public IPAddress At(UInt128 index)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, First + index);
        return new(IsV6 ? bytes : bytes[12..]);
    }

    public bool Contains(IPAddress address) => _network.Contains(address);

    /// <summary>Whether <paramref name="other"/> is inside this range.</summary>
    public bool Contains(Cidr other) => PrefixLength <= other.PrefixLength && Contains(other.Network);

    /// <summary>Whether the ranges share an address. Two CIDR ranges are either nested or disjoint.</summary>
    public bool Overlaps(Cidr other) => Contains(other) || other.Contains(this);

    /// <summary>Whether it is inside RFC 1918: not routed on the internet.</summary>
    public bool IsPrivate
    {
        get
        {
            var range = this;
            return s_private.Any(block => block.Contains(range));
        }
    }

    /// <summary>Whether no connection from it reaches a public address: RFC 1918, shared addresses (RFC 6598), unique local IPv6.</summary>
    public bool IsUnroutable
    {
        get
        {
            var range = this;
            return IsPrivate || s_local.Any(block => block.Contains(range));
        }
    }

    /// <summary>Whether it is inside the ranges of examples: RFC 5737, RFC 3849.</summary>
    public bool IsDocumentation
    {
        get
        {
            var range = this;
            return s_documentation.Any(block => block.Contains(range));
        }
    }

    public override string ToString() => _network.ToString();

    /// <summary>Parses a range that is known to be valid, such as a constant.</summary>
    public static Cidr Parse(string text) =>
        TryParse(text, out var cidr, out var problem) ? cidr : throw new FormatException($"{text} {problem}");

    /// <summary>
    /// The range for a bare address, or for an address with bits beyond the prefix length; null if the problem is another one.
    /// </summary>
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

    /// <summary>
    /// The range that a person meant, for a fix: as <see cref="Meant"/>, and of an address in quotes, of a URL, with a port, a netmask, or
    /// <c>*</c> for its end.
    /// </summary>
    public static Cidr? Typed(string text) => Meant(Written().Match(text) is { Success: true } match ? Plain(match) : text);

    /// <summary>Parses a range. If that fails, <paramref name="problem"/> is the rest of a sentence that begins with the text.</summary>
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

    /// <summary>The ranges that no other range contains.</summary>
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

    /// <summary>Number of distinct addresses in ranges of one family, overlaps counted once.</summary>
    public static UInt128 CountAddresses(IEnumerable<Cidr> ranges) => Widest(ranges).Aggregate(
        UInt128.Zero, (sum, range) => range.Count > UInt128.MaxValue - sum ? UInt128.MaxValue : sum + range.Count);

    // IPAddress.TryParse also accepts 1, 0x7f.1, 010.0.0.1, [::1] and fe80::1%eth0, which firewalls read differently or not at all.
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

    private static string Plain(Match written)
    {
        var (address, suffix) = (written.Groups["address"].Value, written.Groups["suffix"].Value);
        var free = address.Count(letter => letter == '*');
        var bits = free > 0 ? 32 - (8 * free)
            : IPAddress.TryParse(suffix, out var mask) && suffix.Contains('.', StringComparison.Ordinal)
                ? mask.GetAddressBytes().Sum(part => BitOperations.PopCount(part))
                : -1;
        var length = bits < 0 ? suffix : bits.ToString(CultureInfo.InvariantCulture);
        return $"{address.Replace('*', '0')}{(length.Length > 0 ? "/" : "")}{length}";
    }

    [GeneratedRegex(@"^[^\w.]*([A-Za-z]+://)?(?<address>[0-9]+\.([0-9]+\.([0-9]+\.([0-9]+|\*)|\*\.\*)|\*\.\*\.\*))"
        + @"(:[0-9]+)?(/(?<suffix>[0-9.]+))?([^\w./:-].*)?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Written();

    private static int Bits(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;

    // IPNetwork rejects addresses with bits beyond the prefix.
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
