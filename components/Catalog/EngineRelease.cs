namespace Infra.Components.Catalog;

/// <summary>A release of vLLM.</summary>
public sealed record EngineRelease
{
    public required string Version { get; init; }

    /// <summary>Image by digest for each vendor; absent where none is known.</summary>
    public required IReadOnlyDictionary<GpuVendor, EngineImage> Images { get; init; }

    /// <summary>What <c>engine.install: venv</c> installs; null where pip is known not to work.</summary>
    public EnginePackage? Package { get; init; }

    /// <summary>Memory constants of this release; see <c>docs/sizing.md</c>.</summary>
    public required double DefaultGpuMemoryUtilization { get; init; }

    /// <summary>Combinations that are known to fail.</summary>
    public required IReadOnlyList<EngineBreakage> Breakages { get; init; }

    /// <summary>Day of the release.</summary>
    public required string ReleaseDate { get; init; }
    public required string Source { get; init; }
    public required string SourceDate { get; init; }
}

/// <summary>A container image, by digest.</summary>
/// <param name="Repository"><c>docker.io/vllm/vllm-openai</c>.</param>
/// <param name="Digest"><c>sha256:</c> and 64 hex digits: of the index or of the amd64 manifest.</param>
/// <param name="CompressedBytes">What a pull downloads; null where not read.</param>
/// <param name="MinimumDriver">Lowest driver version that its CUDA or ROCm runs on; null where not known.</param>
public sealed record EngineImage(string Repository, string Digest, long? CompressedBytes, string? MinimumDriver)
{
    public string Reference => $"{Repository}@{Digest}";
}

/// <summary>A frozen pip installation.</summary>
/// <param name="Requirements">Exact requirements: <c>vllm==0.31.0</c> first.</param>
/// <param name="ResolvedBefore">Day that the resolution is frozen at.</param>
/// <param name="MinimumDriver">Lowest driver version of the wheels' CUDA.</param>
public sealed record EnginePackage(IReadOnlyList<string> Requirements, string ResolvedBefore, string? MinimumDriver);

/// <summary>Something that is known not to work with a release.</summary>
/// <param name="Families"><see cref="ModelSpec.Family"/> that it hits; <c>*</c> is all.</param>
/// <param name="When">What triggers it: <c>always</c>, <c>kvCacheDtype=fp8</c>, <c>install=container</c>.</param>
/// <param name="Problem">What happens.</param>
/// <param name="Source">Where it was reported, with its date.</param>
public sealed record EngineBreakage(IReadOnlyList<string> Families, string When, string Problem, string Source);
