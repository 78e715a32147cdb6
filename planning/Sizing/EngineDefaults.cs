using Infra.Planning.Catalog;

namespace Infra.Planning.Sizing;

/// <summary>vLLM's defaults (arg_utils.py, v0.25 to v0.30).</summary>
internal static class EngineDefaults
{
    /// <summary>Tokens of one block of KV cache (<c>--block-size</c>).</summary>
    public const int BlockTokens = 16;

    /// <summary>Cards with at least this much memory, in GiB, have the larger batch; A100 does not.</summary>
    private const double LargeCardGiB = 70;

    public static int MaxNumBatchedTokens(Gpu gpu) => IsLarge(gpu) ? 8192 : 2048;

    /// <summary>
    /// The same for a model on a card. A pooling model may only read a whole input in one step, and vLLM does not start if a step is
    /// shorter than the context (SchedulerConfig: chunked prefill is off for most of them).
    /// </summary>
    public static int MaxNumBatchedTokens(Gpu gpu, ModelSpec model, int? contextLength) =>
        model.Task == ModelTask.Generate ? MaxNumBatchedTokens(gpu) : Math.Max(MaxNumBatchedTokens(gpu), contextLength ?? model.MaxContext);

    public static int MaxNumSeqs(Gpu gpu) => IsLarge(gpu) ? 1024 : 256;

    /// <summary>The options with all defaults applied.</summary>
    /// <remarks>vLLM exits if a step has fewer tokens than requests (SchedulerConfig): the value that was not set is adapted.</remarks>
    public static EngineOptions Resolve(EngineOptions options, ModelSpec model, Gpu gpu, EngineRelease engine) => options with
    {
        MaxNumBatchedTokens = options.MaxNumBatchedTokens ?? Math.Max(MaxNumBatchedTokens(gpu), options.MaxNumSeqs ?? 0),
        MaxNumSeqs = options.MaxNumSeqs ?? Math.Min(MaxNumSeqs(gpu), options.MaxNumBatchedTokens ?? int.MaxValue),
        GpuMemoryUtilization = options.GpuMemoryUtilization ?? engine.DefaultGpuMemoryUtilization,
        Vision = options.Vision && model.Architecture.Vision is not null,
    };

    private static bool IsLarge(Gpu gpu) =>
        gpu.VisibleGiB >= LargeCardGiB && !gpu.Name.Contains("A100", StringComparison.OrdinalIgnoreCase);
}
