using System.Net;
using Infra.Planning.Config;

namespace Infra.Lab.Network;

/// <summary>
/// The IPv4 addresses of a rule as the fewest ranges: no range contains another. IPv6 ranges are ignored, because the lab has no IPv6.
/// </summary>
internal sealed class AddressRanges
{
    private readonly Cidr[] _ranges;

    private AddressRanges(Cidr[] ranges) => _ranges = ranges;

    /// <summary>Whether it has no IPv4 address.</summary>
    public bool IsEmpty => _ranges.Length == 0;

    /// <summary>Whether it has all IPv4 addresses.</summary>
    public bool IsEverything => _ranges is [{ PrefixLength: 0 }];

    /// <summary>
    /// Parses <c>10.20.0.0/16</c>, <c>203.0.113.7</c>, <c>::/0</c>. Ignores bits beyond the prefix, as DigitalOcean does.
    /// </summary>
    /// <exception cref="FormatException">A text is neither an address nor a range.</exception>
    public static AddressRanges Parse(IEnumerable<string> cidrs)
    {
        var ranges = cidrs.Select(text => Cidr.Meant(text) ?? throw new FormatException($"'{text}' is not an address or an address range"));
        return new([.. Cidr.Widest(ranges.Where(range => !range.IsV6)).OrderBy(range => range.First)]);
    }

    public bool Contains(IPAddress address)
    {
        var asked = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Array.Exists(_ranges, range => range.Contains(asked));
    }

    /// <summary>The ranges sorted by address; single addresses have no slash.</summary>
    public IEnumerable<string> ToTexts() => _ranges.Select(range => range.PrefixLength == 32 ? range.Network.ToString() : range.ToString());
}
