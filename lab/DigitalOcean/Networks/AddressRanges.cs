using Infra.Planning.Catalog;
using Infra.Planning.Config;

namespace Infra.Lab.DigitalOcean.Networks;

/// <summary>VPC ranges and their addresses.</summary>
internal static class AddressRanges
{
    // DigitalOcean assigns /20 ranges, in observed accounts from 10.116 on.
    private static readonly Cidr s_firstOfOwnChoice = Cidr.Parse("10.116.0.0/20");

    public static bool IsReserved(Cidr range, string region) => CloudLimits.Current.ReservedRanges
        .Any(reserved => (reserved.Region is null || reserved.Region == region) && range.Overlaps(Cidr.Parse(reserved.Range)));

    /// <summary>The first free /20.</summary>
    public static string Choose(IReadOnlyCollection<Cidr> taken, string region)
    {
        var range = s_firstOfOwnChoice;
        while (IsReserved(range, region) || taken.Any(other => other.Overlaps(range)))
        {
            range = Cidr.Parse($"{range.At(range.Count)}/{range.PrefixLength}");
        }
        return range.ToString();
    }

    /// <summary>The first free address. The first address of the range is the gateway's; null if all are in use.</summary>
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
