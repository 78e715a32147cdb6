using System.ComponentModel.DataAnnotations;

namespace Infra.Planning.Catalog;

/// <summary>How a size is sold.</summary>
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

    /// <summary>The cards talk over NVLink, NVSwitch or Infinity Fabric, not over PCIe alone; false for one card.</summary>
    public required bool FastInterconnect { get; init; }

    /// <summary>Null: not known.</summary>
    [Range(1, 10_000)]
    public int? Vcpus { get; init; }

    /// <summary>Main memory in GiB; null: not known.</summary>
    [Range(1, 100_000)]
    public int? RamGiB { get; init; }

    /// <summary>Boot disk in GB; null: not known.</summary>
    [Range(1, 1_000_000)]
    public int? BootDiskGB { get; init; }

    /// <summary>Scratch disk in GB; 0: none; null: not known.</summary>
    [Range(0, 1_000_000)]
    public int? ScratchDiskGB { get; init; }

    /// <summary>Price per hour; null where none is public, as for a contract.</summary>
    [Range(0.01, 100_000)]
    public decimal? UsdPerHour { get; init; }

    /// <summary>Regions in which it was seen; empty: no dated sighting.</summary>
    [RegularExpression(Patterns.Slug, ErrorMessage = Patterns.SlugHelp)]
    public required IReadOnlyList<string> Regions { get; init; }

    /// <summary>Slug of the AI/ML-ready image for this size.</summary>
    public required string Image { get; init; }
    public required Availability Availability { get; init; }

    /// <summary>Where this was read.</summary>
    public required string Source { get; init; }

    /// <summary>When: a day, or a month where the day is not known.</summary>
    [RegularExpression(Patterns.Date, ErrorMessage = Patterns.DateHelp)]
    public required string SourceDate { get; init; }
}
