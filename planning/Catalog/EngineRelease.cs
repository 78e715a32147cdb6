using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Infra.Planning.Catalog;

/// <summary>A release of vLLM.</summary>
public sealed record EngineRelease
{
    /// <summary><c>0.31.0</c>.</summary>
    [RegularExpression(Patterns.Version, ErrorMessage = Patterns.VersionHelp)]
    public required string Version { get; init; }

    /// <summary>Day of the release, or the month where the day is not known.</summary>
    [RegularExpression(Patterns.Date, ErrorMessage = Patterns.DateHelp)]
    public required string ReleaseDate { get; init; }

    /// <summary>Image by digest for each vendor; absent where none is known.</summary>
    public required IReadOnlyDictionary<GpuVendor, EngineImage> Images { get; init; }

    /// <summary>What <c>engine.install: venv</c> installs; null where no working set of packages is known.</summary>
    public EnginePackage? Package { get; init; }

    /// <summary>Share of the card's memory that this release takes by itself (<c>--gpu-memory-utilization</c>).</summary>
    [Range(0.1, 1.0)]
    public required double DefaultGpuMemoryUtilization { get; init; }

    /// <summary>Flags of settings that older releases do not have: <c>--tool-strict-level</c>; null: none of them.</summary>
    [RegularExpression(Patterns.Word, ErrorMessage = Patterns.WordHelp)]
    public IReadOnlyList<string>? OptionalFlags { get; init; }

    /// <summary>Combinations that are known to fail, or to need care.</summary>
    public required IReadOnlyList<EngineBreakage> Breakages { get; init; }

    /// <summary>What an operator should know.</summary>
    public string? Note { get; init; }

    /// <summary>Where this was read.</summary>
    public required string Source { get; init; }

    /// <summary>When: a day, or a month where the day is not known.</summary>
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

    /// <summary>What a pull downloads; null where not read.</summary>
    [Range(1, 1e12)]
    public long? CompressedBytes { get; init; }

    /// <summary>Lowest driver version that its CUDA or ROCm runs on; null where not known.</summary>
    [RegularExpression(Patterns.Driver, ErrorMessage = Patterns.DriverHelp)]
    public string? MinimumDriver { get; init; }

    [JsonIgnore]
    public string Reference => $"{Repository}@{Digest}";
}

/// <summary>A frozen pip installation.</summary>
public sealed record EnginePackage
{
    /// <summary>Whose cards the wheels are built for.</summary>
    public required GpuVendor Vendor { get; init; }

    /// <summary>Exact requirements: <c>vllm==0.31.0</c> first.</summary>
    [MinLength(1)]
    [RegularExpression(Patterns.Requirement, ErrorMessage = Patterns.RequirementHelp)]
    public required IReadOnlyList<string> Requirements { get; init; }

    /// <summary>Day that the resolution of everything else is frozen at.</summary>
    [RegularExpression(Patterns.FullDate, ErrorMessage = Patterns.FullDateHelp)]
    public required string ResolvedBefore { get; init; }

    /// <summary>Lowest driver version of the wheels' CUDA; null where not known.</summary>
    [RegularExpression(Patterns.Driver, ErrorMessage = Patterns.DriverHelp)]
    public string? MinimumDriver { get; init; }
}

/// <summary>The oldest release that is served at all, for reasons of security.</summary>
public sealed record SecurityFloor
{
    [RegularExpression(Patterns.Version, ErrorMessage = Patterns.VersionHelp)]
    public required string Version { get; init; }

    /// <summary>What is open below it, as a sentence without its full stop.</summary>
    public required string Reason { get; init; }

    /// <summary>Where this was read.</summary>
    public required string Source { get; init; }

    /// <summary>When: a day, or a month where the day is not known.</summary>
    [RegularExpression(Patterns.Date, ErrorMessage = Patterns.DateHelp)]
    public required string SourceDate { get; init; }
}
