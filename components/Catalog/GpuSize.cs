namespace Infra.Components.Catalog;

/// <summary>How a size is sold.</summary>
public enum Availability
{
    OnDemand,
    Spot,
    Contract,
}

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
    public required double MemoryGB { get; init; }

    /// <summary>Memory that the framework sees and that utilization is a share of, in GiB.</summary>
    public required double VisibleGiB { get; init; }

    /// <summary>Whether <see cref="VisibleGiB"/> was read off such a card or reckoned from the printed size.</summary>
    public required bool VisibleMeasured { get; init; }

    /// <summary>Memory bandwidth in GB/s: what bounds the tokens per second of a single stream.</summary>
    public required double BandwidthGBps { get; init; }
    public required string Source { get; init; }
    public required string SourceDate { get; init; }
}

/// <summary>A Droplet size with GPUs.</summary>
public sealed record GpuSize
{
    public required string Slug { get; init; }

    /// <summary><see cref="Catalog.Gpu.Name"/> of the card.</summary>
    public required string Gpu { get; init; }
    public required int GpuCount { get; init; }

    /// <summary>The cards talk over NVLink, NVSwitch or Infinity Fabric, not over PCIe alone.</summary>
    public required bool FastInterconnect { get; init; }
    public required int Vcpus { get; init; }
    public required int RamGiB { get; init; }
    public required int BootDiskGB { get; init; }

    /// <summary>Scratch disk in GB; 0: none; null: not known.</summary>
    public int? ScratchDiskGB { get; init; }

    /// <summary>Price per hour; null for a contract.</summary>
    public decimal? UsdPerHour { get; init; }

    /// <summary>Regions in which it was seen; empty: no dated sighting.</summary>
    public required IReadOnlyList<string> Regions { get; init; }

    /// <summary>Slug of the AI/ML-ready image for this size.</summary>
    public required string Image { get; init; }
    public required Availability Availability { get; init; }
    public required string Source { get; init; }
    public required string SourceDate { get; init; }
}
