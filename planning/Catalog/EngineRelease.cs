using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Infra.Planning.Catalog;

/// <summary>A release of vLLM.</summary>
public sealed record EngineRelease
{
    /// <summary><c>0.31.0</c>.</summary>
    [RegularExpression(Patterns.Version, ErrorMessage = Patterns.VersionHelp)]
    public required string Version { get; init; }

    /// <summary>Release date: a day, or a month if the day is unknown.</summary>
    [RegularExpression(Patterns.Date, ErrorMessage = Patterns.DateHelp)]
    public required string ReleaseDate { get; init; }

    /// <summary>Image by digest for each vendor; absent if unknown.</summary>
    public required IReadOnlyDictionary<GpuVendor, EngineImage> Images { get; init; }

    /// <summary>Packages for <c>engine.install: venv</c>; null if no working set is known.</summary>
    public EnginePackage? Package { get; init; }

    /// <summary>Default of <c>--gpu-memory-utilization</c> in this release.</summary>
    [Range(0.1, 1.0)]
    public required double DefaultGpuMemoryUtilization { get; init; }

    /// <summary>Optional flags of the settings that this release supports: <c>--tool-strict-level</c>; null: none.</summary>
    [RegularExpression(Patterns.Word, ErrorMessage = Patterns.WordHelp)]
    public IReadOnlyList<string>? OptionalFlags { get; init; }

    /// <summary>Combinations that fail, or need a warning.</summary>
    public required IReadOnlyList<EngineBreakage> Breakages { get; init; }

    /// <summary>Note for the operator.</summary>
    public string? Note { get; init; }

    /// <summary>Source.</summary>
    public required string Source { get; init; }

    /// <summary>Date of the source: a day, or a month if the day is unknown.</summary>
    [RegularExpression(Patterns.Date, ErrorMessage = Patterns.DateHelp)]
    public required string SourceDate { get; init; }
}

/// <summary>A container image, by digest.</summary>
public sealed record EngineImage
{
    /// <summary><c>docker.io/vllm/vllm-openai</c>.</summary>
    [RegularExpression(Patterns.ImageRepository, ErrorMessage = Patterns.ImageRepositoryHelp)]
    public required string Repository { get; init; }

    /// <summary><c>sha256:</c> and 64 hex digits: of the index or of the amd64 manifest.</summary>
    [RegularExpression(Patterns.Digest, ErrorMessage = Patterns.DigestHelp)]
    public required string Digest { get; init; }

    /// <summary>Download size of a pull; null if not known.</summary>
    [Range(1, 1e12)]
    public long? CompressedBytes { get; init; }

    /// <summary>Lowest driver version for its CUDA or ROCm; null if unknown.</summary>
    [RegularExpression(Patterns.Driver, ErrorMessage = Patterns.DriverHelp)]
    public string? MinimumDriver { get; init; }

    [JsonIgnore]
    public string Reference => $"{Repository}@{Digest}";
}

/// <summary>A frozen pip installation.</summary>
public sealed record EnginePackage
{
    /// <summary>Vendor of the cards that the wheels support.</summary>
    public required GpuVendor Vendor { get; init; }

    /// <summary>Exact requirements: <c>vllm==0.31.0</c> first.</summary>
    [MinLength(1)]
    [RegularExpression(Patterns.Requirement, ErrorMessage = Patterns.RequirementHelp)]
    public required IReadOnlyList<string> Requirements { get; init; }

    /// <summary>Date for the resolution of all other packages.</summary>
    [RegularExpression(Patterns.FullDate, ErrorMessage = Patterns.FullDateHelp)]
    public required string ResolvedBefore { get; init; }

    /// <summary>Lowest driver version for the CUDA of the wheels; null if unknown.</summary>
    [RegularExpression(Patterns.Driver, ErrorMessage = Patterns.DriverHelp)]
    public string? MinimumDriver { get; init; }
}

/// <summary>The oldest release that may be used, for security reasons.</summary>
public sealed record SecurityFloor
{
    [RegularExpression(Patterns.Version, ErrorMessage = Patterns.VersionHelp)]
    public required string Version { get; init; }

    /// <summary>The vulnerability in older releases, as a sentence without the final period.</summary>
    public required string Reason { get; init; }

    /// <summary>Source.</summary>
    public required string Source { get; init; }

    /// <summary>Date of the source: a day, or a month if the day is unknown.</summary>
    [RegularExpression(Patterns.Date, ErrorMessage = Patterns.DateHelp)]
    public required string SourceDate { get; init; }
}
