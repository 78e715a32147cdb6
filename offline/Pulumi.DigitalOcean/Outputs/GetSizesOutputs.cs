using System.Collections.Immutable;

namespace Pulumi.DigitalOcean.Outputs;

/// <summary>Output <c>GetSizesFilterResult</c>.</summary>
[OutputType]
public sealed class GetSizesFilterResult
{
    public readonly bool? All;
    public readonly string Key;
    public readonly string? MatchBy;
    public readonly ImmutableArray<string> Values;

    internal GetSizesFilterResult(bool? all, string key, string? matchBy, ImmutableArray<string> values)
    {
        All = all;
        Key = key;
        MatchBy = matchBy;
        Values = values;
    }
}

/// <summary>Output <c>GetSizesSizeResult</c>.</summary>
[OutputType]
public sealed class GetSizesSizeResult
{
    public readonly bool Available;
    public readonly int Disk;
    public readonly int Memory;
    public readonly double PriceHourly;
    public readonly double PriceMonthly;
    public readonly ImmutableArray<string> Regions;
    public readonly string Slug;
    public readonly double Transfer;
    public readonly int Vcpus;

    internal GetSizesSizeResult(
        bool available,
        int disk,
        int memory,
        double priceHourly,
        double priceMonthly,
        ImmutableArray<string> regions,
        string slug,
        double transfer,
        int vcpus)
    {
        Available = available;
        Disk = disk;
        Memory = memory;
        PriceHourly = priceHourly;
        PriceMonthly = priceMonthly;
        Regions = regions;
        Slug = slug;
        Transfer = transfer;
        Vcpus = vcpus;
    }
}

/// <summary>Output <c>GetSizesSortResult</c>.</summary>
[OutputType]
public sealed class GetSizesSortResult
{
    public readonly string? Direction;
    public readonly string Key;

    internal GetSizesSortResult(string? direction, string key)
    {
        Direction = direction;
        Key = key;
    }
}
