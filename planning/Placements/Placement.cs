using Infra.Planning.Catalog;
using Infra.Planning.Sizing;

namespace Infra.Planning.Placements;

/// <summary>A model on a size: the resources, the vLLM options, and the memory plan.</summary>
public sealed record Placement
{
    public required ModelSpec Model { get; init; }
    public required EngineRelease Engine { get; init; }
    public required GpuSize Size { get; init; }
    public required Gpu Gpu { get; init; }

    /// <summary>GPUs per copy of the weights.</summary>
    public required int TensorParallel { get; init; }

    /// <summary>Engines per node; each has its own <see cref="MemoryPlan.KvTokens"/>.</summary>
    public required int DataParallel { get; init; }

    /// <summary>Whether experts are split over all GPUs (<c>--enable-expert-parallel</c>).</summary>
    public required bool ExpertParallel { get; init; }
    public required int MaxModelLen { get; init; }
    public required int MaxNumSeqs { get; init; }
    public required int MaxNumBatchedTokens { get; init; }
    public required double GpuMemoryUtilization { get; init; }
    public required EngineOptions Options { get; init; }
    public required MemoryPlan Memory { get; init; }

    /// <summary>KV cache tokens of the whole node: the best estimate.</summary>
    public required long KvTokens { get; init; }

    /// <summary>KV cache tokens of the whole node that are promised: after the margin.</summary>
    public long SafeKvTokens => Memory.SafeKvTokens * DataParallel;

    /// <summary>Concurrent requests of <see cref="MaxModelLen"/> tokens per node.</summary>
    public required int Requests { get; init; }
    public decimal? UsdPerHour => Size.UsdPerHour;

    /// <summary>
    /// Upper bound for the tokens per second of one stream: bandwidth divided by the bytes read per token; null if the bandwidth is
    /// unknown.
    /// </summary>
    public required double? SingleStreamTokensPerSecondBound { get; init; }

    /// <summary>Warnings for the operator.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>All other sizes with the reason for the rejection, cheapest first.</summary>
    public required IReadOnlyList<RejectedSize> Rejected { get; init; }
}

/// <summary>A rejected size.</summary>
/// <param name="Size">Its slug.</param>
/// <param name="Reason">A sentence; with the memory calculation if memory is the reason.</param>
/// <param name="UsdPerHour">Its price, if known.</param>
public sealed record RejectedSize(string Size, string Reason, decimal? UsdPerHour);

/// <summary>Why a model does not fit on a size.</summary>
public enum FitObstacle
{
    /// <summary>The card does not support the format of the weights.</summary>
    Format,

    /// <summary>No run of the model on this card is known. A size that is set is tried anyway.</summary>
    Untested,

    /// <summary>The vLLM release has no build for the vendor of the card.</summary>
    Engine,

    /// <summary>vLLM would reserve more memory than is free at its start.</summary>
    Utilization,

    /// <summary>The GPUs cannot share the model evenly.</summary>
    Layout,

    /// <summary>The disk is too small for the weights.</summary>
    Disk,

    /// <summary>The memory is too small for the weights, or for that many requests of that length.</summary>
    Memory,

    /// <summary>The model does not support the request on any hardware.</summary>
    Request,
}

/// <summary>A row of the hardware table: a model on a size, whether it fits or not.</summary>
public sealed record FitResult
{
    public required ModelSpec Model { get; init; }
    public required GpuSize Size { get; init; }

    /// <summary>Whether the request fits: the context length, for that many requests.</summary>
    public required bool Fits { get; init; }

    /// <summary>Why it does not fit, or what limits it if it does.</summary>
    public required string Reason { get; init; }

    /// <summary>Why it does not fit; null if it fits.</summary>
    public required FitObstacle? Obstacle { get; init; }

    /// <summary>The placement if the model runs at all, possibly with less than requested; else null.</summary>
    public Placement? Placement { get; init; }

    /// <summary>Memory of one GPU; null if the card does not support the format.</summary>
    public MemoryPlan? Memory { get; init; }

    /// <summary>Longest context of the requested number of concurrent requests, of any layout, in tokens; 0 if none.</summary>
    public required int LongestContext { get; init; }

    /// <summary>
    /// Most concurrent requests of the placement's context, of any layout; 0 if none. The placement may hold fewer: it prefers copies to a
    /// split over GPUs, and a long engine step.
    /// </summary>
    public int MostRequests { get; init; }

    /// <summary>The options that hold <see cref="MostRequests"/>, with all defaults applied; null if no layout is possible.</summary>
    public EngineOptions? MostRequestsWith { get; init; }

    /// <summary>Most tokens of KV cache on the node, of any layout.</summary>
    public long MostKvTokens { get; init; }
}
