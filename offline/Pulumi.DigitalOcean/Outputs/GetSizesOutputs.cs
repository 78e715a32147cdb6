using System.Collections.Immutable;

namespace Pulumi.DigitalOcean.Outputs;

/// <summary>Output <c>GetSizesSizeResult</c>.</summary>
[OutputType]
public sealed class GetSizesSizeResult
{
    public readonly bool Available;
    public readonly int Disk;
    public readonly int Memory;
    public readonly double PriceHourly;
    public readonly ImmutableArray<string> Regions;
    public readonly string Slug;
    public readonly int Vcpus;

    private GetSizesSizeResult() { }
}
