using System.ComponentModel.DataAnnotations;

namespace Infra.Planning.Catalog;

public enum GpuVendor
{
    Nvidia,
    Amd,
}

public enum GpuArchitecture
{
    Ampere,
    Ada,
    Hopper,
    Blackwell,
    Cdna3,
    Cdna4,
}

/// <summary>A card: what vLLM sees of it.</summary>
public sealed record Gpu
{
    /// <summary>The vendor's name: <c>NVIDIA RTX 4000 Ada</c>.</summary>
    public required string Name { get; init; }
    public required GpuVendor Vendor { get; init; }
    public required GpuArchitecture Architecture { get; init; }

    /// <summary>Memory as the vendor prints it, in GB.</summary>
    [Range(4, 2000)]
    public required double MemoryGB { get; init; }

    /// <summary>Memory that the framework sees and that utilization is a share of, in GiB.</summary>
    [Range(2, 2000)]
    public required double VisibleGiB { get; init; }

    /// <summary>Whether <see cref="VisibleGiB"/> was measured on such a GPU or computed from the printed size.</summary>
    public required bool VisibleMeasured { get; init; }

    /// <summary>Memory bandwidth in GB/s: what bounds the tokens per second of a single stream; null: not known.</summary>
    [Range(10, 100_000)]
    public double? BandwidthGBps { get; init; }

    /// <summary>What an operator should know.</summary>
    public string? Note { get; init; }

    /// <summary>Where this was read.</summary>
    public required string Source { get; init; }

    /// <summary>When: a day, or a month where the day is not known.</summary>
    [RegularExpression(Patterns.Date, ErrorMessage = Patterns.DateHelp)]
    public required string SourceDate { get; init; }
}
