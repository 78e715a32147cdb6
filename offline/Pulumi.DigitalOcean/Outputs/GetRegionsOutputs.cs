using System.Collections.Immutable;

namespace Pulumi.DigitalOcean.Outputs;

/// <summary>Output <c>GetRegionsFilterResult</c>.</summary>
[OutputType]
public sealed class GetRegionsFilterResult
{
    public readonly bool? All;
    public readonly string Key;
    public readonly string? MatchBy;
    public readonly ImmutableArray<string> Values;

    internal GetRegionsFilterResult(bool? all, string key, string? matchBy, ImmutableArray<string> values)
    {
        All = all;
        Key = key;
        MatchBy = matchBy;
        Values = values;
    }
}

/// <summary>Output <c>GetRegionsRegionResult</c>.</summary>
[OutputType]
public sealed class GetRegionsRegionResult
{
    public readonly bool Available;
    public readonly ImmutableArray<string> Features;
    public readonly string Name;
    public readonly ImmutableArray<string> Sizes;
    public readonly string Slug;

    internal GetRegionsRegionResult(bool available, ImmutableArray<string> features, string name, ImmutableArray<string> sizes, string slug)
    {
        Available = available;
        Features = features;
        Name = name;
        Sizes = sizes;
        Slug = slug;
    }
}

/// <summary>Output <c>GetRegionsSortResult</c>.</summary>
[OutputType]
public sealed class GetRegionsSortResult
{
    public readonly string? Direction;
    public readonly string Key;

    internal GetRegionsSortResult(string? direction, string key)
    {
        Direction = direction;
        Key = key;
    }
}
