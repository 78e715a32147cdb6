using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Infra.Lab.Fabric;

/// <summary>
/// IPv4 addresses that a rule names, as few ranges as say it: none lies within another. IPv6 ranges are read and left out, because
/// the lab has no IPv6.
/// </summary>
internal sealed class AddressRanges
{
    private readonly (uint Network, int Prefix)[] _ranges;

    private AddressRanges((uint, int)[] ranges) => _ranges = ranges;

    /// <summary>Whether no IPv4 address is in it.</summary>
    public bool IsEmpty => _ranges.Length == 0;

    /// <summary>Whether every IPv4 address is in it.</summary>
    public bool IsEverything => _ranges is [(_, 0)];

    /// <summary>Reads <c>10.20.0.0/16</c>, <c>203.0.113.7</c>, <c>::/0</c>. Bits beyond the prefix are ignored, as DigitalOcean does.</summary>
    /// <exception cref="FormatException">One of them is neither an address nor a range.</exception>
    public static AddressRanges Parse(IEnumerable<string> cidrs)
    {
        var kept = new List<(uint Network, int Prefix)>();
        foreach (var range in cidrs.Select(ParseOne).OfType<(uint Network, int Prefix)>().OrderBy(range => range.Prefix).ThenBy(range => range.Network))
        {
            if (!kept.Exists(wider => (range.Network & Mask(wider.Prefix)) == wider.Network))
            {
                kept.Add(range);
            }
        }
        return new([.. kept.OrderBy(range => range.Network)]);
    }

    public bool Contains(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }
        return address.AddressFamily == AddressFamily.InterNetwork
            && Array.Exists(_ranges, range => (Bits(address) & Mask(range.Prefix)) == range.Network);
    }

    /// <summary>The ranges in the order of their addresses; single addresses have no slash.</summary>
    public IEnumerable<string> ToTexts() => _ranges.Select(range => range.Prefix == 32 ? Text(range.Network) : $"{Text(range.Network)}/{range.Prefix}");

    private static (uint, int)? ParseOne(string cidr)
    {
        var slash = cidr.IndexOf('/', StringComparison.Ordinal);
        var prefix = 0;
        if (!IPAddress.TryParse(slash < 0 ? cidr : cidr.AsSpan(0, slash), out var address)
            || (slash >= 0 && !int.TryParse(cidr.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out prefix)))
        {
            throw new FormatException($"'{cidr}' is no address and no address range");
        }
        var longest = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        if (slash < 0)
        {
            prefix = longest;
        }
        if (prefix > longest)
        {
            throw new FormatException($"'{cidr}': the longest prefix is /{longest}");
        }
        return longest == 128 ? null : (Bits(address) & Mask(prefix), prefix);
    }

    private static uint Mask(int prefix) => prefix == 0 ? 0 : uint.MaxValue << (32 - prefix);

    private static uint Bits(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        address.TryWriteBytes(bytes, out _);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    private static string Text(uint bits) => $"{bits >> 24}.{(bits >> 16) & 255}.{(bits >> 8) & 255}.{bits & 255}";
}
