using System.Globalization;
using Infra.Planning.Config;

namespace Infra.Lab.Cloud;

/// <summary>Ranges of VPCs and the addresses in them.</summary>
internal static class AddressRanges
{
    // docs.digitalocean.com/products/networking/vpc/details/limits/ (2026-08): held by DigitalOcean in every region.
    private static readonly Cidr[] s_reserved =
        [Cidr.Parse("10.244.0.0/16"), Cidr.Parse("10.245.0.0/16"), Cidr.Parse("10.246.0.0/24"), Cidr.Parse("10.229.0.0/16")];

    // DigitalOcean hands out /20s; in the accounts that were looked at from 10.116 on.
    private static readonly UInt128 s_firstOfOwnChoice = Cidr.Parse("10.116.0.0/20").First;
    private const int SizeOfOwnChoice = 4096;

    public static bool IsReserved(Cidr range) => s_reserved.Any(reserved => reserved.Overlaps(range));

    /// <summary>The first /20 that no other range is in.</summary>
    public static string Choose(IReadOnlyCollection<Cidr> taken)
    {
        for (var first = s_firstOfOwnChoice; ; first += SizeOfOwnChoice)
        {
            var range = Cidr.Parse($"{Address(first)}/20");
            if (!IsReserved(range) && !taken.Any(other => other.Overlaps(range)))
            {
                return range.ToString();
            }
        }
    }

    /// <summary>The first address that nobody has. The first of the range is its gateway's; null where all are taken.</summary>
    public static string? NextAddress(Cidr range, IReadOnlySet<string> taken)
    {
        for (var number = range.First + 2; number < range.Last; number++)
        {
            if (Address(number) is var address && !taken.Contains(address))
            {
                return address;
            }
        }
        return null;
    }

    private static string Address(UInt128 number) =>
        string.Create(CultureInfo.InvariantCulture, $"{(byte)(number >> 24)}.{(byte)(number >> 16)}.{(byte)(number >> 8)}.{(byte)number}");
}
