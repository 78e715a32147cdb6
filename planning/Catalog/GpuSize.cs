using System.ComponentModel.DataAnnotations;

namespace Infra.Planning.Catalog;

/// <summary>How DigitalOcean sells a size.</summary>
public enum Availability
{
    OnDemand,
    Spot,
    Contract,
}

/// <summary>A Droplet size with GPUs.</summary>
public sealed record GpuSize
{
    /// <summary>DigitalOcean's name: <c>gpu-h100x8-640gb</c>.</summary>
    [RegularExpression(Patterns.Slug, ErrorMessage = Patterns.SlugHelp)]
    public required string Slug { get; init; }

    /// <summary><see cref="Catalog.Gpu.Name"/> of the card.</summary>
    public required string Gpu { get; init; }

    /// <summary>Cards in one Droplet.</summary>
    [Range(1, 64)]
    public required int GpuCount { get; init; }

    /// <summary>The cards are connected by NVLink, NVSwitch or Infinity Fabric, not only PCIe; false for one card.</summary>
    public required bool FastInterconnect { get; init; }

    /// <summary>Null: unknown.</summary>
    [Range(1, 10_000)]
    public int? Vcpus { get; init; }

    /// <summary>Main memory in GiB; null: unknown.</summary>
    [Range(1, 100_000)]
    public int? RamGiB { get; init; }

    /// <summary>Boot disk in GB; null: unknown.</summary>
    [Range(1, 1_000_000)]
    public int? BootDiskGB { get; init; }

    /// <summary>Scratch disk in GB; 0: none; null: unknown.</summary>
    [Range(0, 1_000_000)]
    public int? ScratchDiskGB { get; init; }

    /// <summary>Price per hour; null if not public, as for a contract size.</summary>
    [Range(0.01, 100_000)]
    public decimal? UsdPerHour { get; init; }

    /// <summary>Regions with a dated sighting; empty: none.</summary>
    [RegularExpression(Patterns.Slug, ErrorMessage = Patterns.SlugHelp)]
    public required IReadOnlyList<string> Regions { get; init; }

    /// <summary>Slug of the AI/ML-ready image for this size.</summary>
    public required string Image { get; init; }
    public required Availability Availability { get; init; }

    /// <summary>Source.</summary>
    public required string Source { get; init; }

    /// <summary>Date of the source: a day, or a month if the day is unknown.</summary>
    [RegularExpression(Patterns.Date, ErrorMessage = Patterns.DateHelp)]
    public required string SourceDate { get; init; }
}
