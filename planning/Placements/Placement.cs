using Infra.Planning.Catalog;
using Infra.Planning.Sizing;

namespace Infra.Planning.Placements;

/// <summary>A model on a size: what to ask of the cloud and of vLLM, and why it fits.</summary>
public sealed record Placement
{
    public required ModelSpec Model { get; init; }
    public required EngineRelease Engine { get; init; }
    public required GpuSize Size { get; init; }
    public required Gpu Gpu { get; init; }

    /// <summary>GPUs that one copy of the weights is split over.</summary>
    public required int TensorParallel { get; init; }

    /// <summary>Engines side by side on the node; each has <see cref="MemoryPlan.KvTokens"/> of its own.</summary>
    public required int DataParallel { get; init; }

    /// <summary>Experts are split over all GPUs (<c>--enable-expert-parallel</c>).</summary>
    public required bool ExpertParallel { get; init; }
    public required int MaxModelLen { get; init; }
    public required int MaxNumSeqs { get; init; }
    public required int MaxNumBatchedTokens { get; init; }
    public required double GpuMemoryUtilization { get; init; }
    public required EngineOptions Options { get; init; }
    public required MemoryPlan Memory { get; init; }

    /// <summary>Tokens of KV cache of the whole node.</summary>
    public required long KvTokens { get; init; }

    /// <summary>Requests of <see cref="MaxModelLen"/> tokens that the node holds at once.</summary>
    public required int Requests { get; init; }
    public decimal? UsdPerHour => Size.UsdPerHour;

    /// <summary>Upper bound of the tokens per second of one stream: bandwidth over the bytes that a token reads; null where the bandwidth is not known.</summary>
    public required double? SingleStreamTokensPerSecondBound { get; init; }

    /// <summary>What the operator should know though it does not stop anything.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Every other size with the reason for not being chosen, cheapest first.</summary>
    public required IReadOnlyList<Refusal> NotChosen { get; init; }
}

/// <summary>Why a size was not chosen.</summary>
/// <param name="Size">Its slug.</param>
/// <param name="Reason">A sentence with the arithmetic where memory is the reason.</param>
/// <param name="UsdPerHour">Its price, where known.</param>
public sealed record Refusal(string Size, string Reason, decimal? UsdPerHour);

/// <summary>Why a model does not fit on a size, in one word.</summary>
public enum FitObstacle
{
    /// <summary>The card does not run this format of the weights.</summary>
    Format,

    /// <summary>No run of the model on this card is known; a size that is named is tried all the same.</summary>
    Untested,

    /// <summary>The vLLM release has no build for the card's vendor.</summary>
    Engine,

    /// <summary>vLLM would reserve more memory than is free when it starts.</summary>
    Utilization,

    /// <summary>The GPUs cannot share the model evenly.</summary>
    Layout,

    /// <summary>The disk has no room for the weights.</summary>
    Disk,

    /// <summary>The memory holds the weights, and not that many requests of that length; or not even the weights.</summary>
    Memory,

    /// <summary>The model takes no such request on any hardware.</summary>
    Request,
}

/// <summary>One row of the hardware table: a model on a size, whether it fits or not.</summary>
public sealed record Fit
{
    public required ModelSpec Model { get; init; }
    public required GpuSize Size { get; init; }

    /// <summary>The wish is met: the context length, that many times over.</summary>
    public required bool Fits { get; init; }

    /// <summary>Why it does not fit, or what bounds it where it does.</summary>
    public required string Reason { get; init; }

    /// <summary>What kind of reason keeps it from fitting; null: it fits.</summary>
    public required FitObstacle? Obstacle { get; init; }

    /// <summary>The placement where the model runs at all, though perhaps with less than was wished; else null.</summary>
    public Placement? Placement { get; init; }

    /// <summary>Memory of one GPU; null where the card cannot run the format at all.</summary>
    public MemoryPlan? Memory { get; init; }

    /// <summary>Longest context that one request can have here, in tokens; 0 if none.</summary>
    public required int LongestContext { get; init; }
}
