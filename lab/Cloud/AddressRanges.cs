using Infra.Planning.Catalog;
using Infra.Planning.Config;

namespace Infra.Lab.Cloud;

/// <summary>Ranges of VPCs and the addresses in them.</summary>
internal static class AddressRanges
{
    // DigitalOcean hands out /20s; in the accounts that were looked at from 10.116 on.
    private static readonly Cidr s_firstOfOwnChoice = Cidr.Parse("10.116.0.0/20");

    public static bool IsReserved(Cidr range, string region) => CloudLimits.Current.ReservedRanges
        .Any(reserved => (reserved.Region is null || reserved.Region == region) && range.Overlaps(Cidr.Parse(reserved.Range)));

    /// <summary>The first /20 that no other range is in.</summary>
    public static string Choose(IReadOnlyCollection<Cidr> taken, string region)
    {
        var range = s_firstOfOwnChoice;
        while (IsReserved(range, region) || taken.Any(other => other.Overlaps(range)))
        {
            range = Cidr.Parse($"{range.At(range.Count)}/{range.PrefixLength}");
        }
        return range.ToString();
    }

    /// <summary>The first address that nobody has. The first of the range is its gateway's; null where all are taken.</summary>
    public static string? NextAddress(Cidr range, IReadOnlySet<string> taken)
    {
        for (var index = (UInt128)2; index < range.Count - 1; index++)
        {
            if (range.At(index).ToString() is var address && !taken.Contains(address))
            {
                return address;
            }
        }
        return null;
    }
}
