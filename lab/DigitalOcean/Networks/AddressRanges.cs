using System.Buffers.Binary;
using System.Net;
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
    public static string? NextAddress(Cidr range, IEnumerable<string> taken)
    {
        // By numbers: as texts, each new member of a large network would cost as many of them as it has members.
        var first = (long)range.First;
        var isTaken = new bool[(int)range.Count];
        foreach (var address in taken)
        {
            if (Number(address) - first is >= 0 and var index && index < isTaken.Length)
            {
                isTaken[index] = true;
            }
        }
        var free = Array.IndexOf(isTaken, false, 2);
        return free < 0 || free == isTaken.Length - 1 ? null : range.At((UInt128)free).ToString();
    }

    private static long Number(string address)
    {
        Span<byte> bytes = stackalloc byte[4];
        return IPAddress.Parse(address).TryWriteBytes(bytes, out _) ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : -1;
    }
}
