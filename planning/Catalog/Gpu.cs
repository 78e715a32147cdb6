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

/// <summary>A GPU model, as vLLM sees it.</summary>
public sealed record Gpu
{
    /// <summary>The vendor's name: <c>NVIDIA RTX 4000 Ada</c>.</summary>
    public required string Name { get; init; }
    public required GpuVendor Vendor { get; init; }
    public required GpuArchitecture Architecture { get; init; }

    /// <summary>Memory in GB, as the vendor prints it.</summary>
    [Range(4, 2000)]
    public required double MemoryGB { get; init; }

    /// <summary>Memory in GiB that the framework sees; utilization is a share of it.</summary>
    [Range(2, 2000)]
    public required double VisibleGiB { get; init; }

    /// <summary>Whether <see cref="VisibleGiB"/> was measured on such a GPU or computed from the printed size.</summary>
    public required bool VisibleMeasured { get; init; }

    /// <summary>Memory bandwidth in GB/s, the limit for tokens per second of a single stream; null: unknown.</summary>
    [Range(10, 100_000)]
    public double? BandwidthGBps { get; init; }

    /// <summary>Note for the operator.</summary>
    public string? Note { get; init; }

    /// <summary>Source.</summary>
    public required string Source { get; init; }

    /// <summary>Date of the source: a day, or a month if the day is unknown.</summary>
    [RegularExpression(Patterns.Date, ErrorMessage = Patterns.DateHelp)]
    public required string SourceDate { get; init; }
}
