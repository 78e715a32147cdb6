using System.Globalization;
using Infra.Planning.Catalog;
using Infra.Planning.Sizing;

namespace Infra.Planning.Placements;

/// <summary>Checks whether a placement request fits on a size.</summary>
internal static class NodeFit
{
    /// <summary>
    /// Disk space of the system, the engine image and its caches, in GB: a compressed image of 9 GB, about three times that unpacked.
    /// </summary>
    private const double SystemDiskGB = 60;

    /// <summary>
    /// GPU memory in use before vLLM starts, in GiB: driver and CUDA context. vLLM does not start if its budget exceeds the free memory.
    /// Observed: 0.41 (A100, 0.31.0), 0.51 and 0.61 (H100, 0.19.0 and 0.11.0); a 24 GB card failed with 0.48 outside of the budget (vLLM
    /// issue 57475).
    /// </summary>
    private const double TakenBeforeStartGiB = 0.5;

    /// <summary>Fewest requests per engine step that placement tries, to free memory of the sampler.</summary>
    private const int FewestSequences = 16;

    /// <summary>The best layout of the model on the size, or the reason why there is none.</summary>
    public static FitResult Of(PlacementRequest request, GpuSize size, Gpu gpu)
    {
        if (WhyImpossible(request, size, gpu) is var (obstacle, reason))
        {
            return Unfit(request, size, obstacle, reason);
        }

        var layouts = Layout.Candidates(request.Model, size.GpuCount, request.Options);
        if (layouts.Count == 0)
        {
            layouts = [new Layout(size.GpuCount, 1)];
        }

        var reasons = layouts.Select(layout => layout.WhyNot(request.Model.Architecture, size.GpuCount)).ToList();
        var possible = layouts.Where((_, index) => reasons[index] is null).ToList();
        if (possible.Count == 0)
        {
            return Unfit(request, size, FitObstacle.Layout, reasons[0]!);
        }

        var trials = possible
            .SelectMany(layout => Sequences(request, gpu).Select(sequences => new LayoutTrial(request, gpu, layout, sequences))).ToList();
        var best = trials.FirstOrDefault(trial => trial.MeetsRequest) ?? trials.MaxBy(trial => trial.LongestContext)!;
        if (best.LongestContext > 0 && WhyNoDisk(request.Model, size) is { } disk)
        {
            return Unfit(request, size, FitObstacle.Disk, disk, best.Plan);
        }

        return new FitResult
        {
            Model = request.Model,
            Size = size,
            Fits = best.MeetsRequest,
            Obstacle = best.MeetsRequest ? null : FitObstacle.Memory,
            Reason = best.MeetsRequest ? best.Explanation : best.Explanation + PlacementAdvice.For(request, gpu, best),
            Placement = best.LongestContext > 0 ? best.ToPlacement(size) : null,
            Memory = best.Plan,
            LongestContext = best.LongestContext,
        };
    }

    private static FitResult Unfit(
        PlacementRequest request, GpuSize size, FitObstacle obstacle, string reason, MemoryPlan? memory = null) =>
        new()
        {
            Model = request.Model,
            Size = size,
            Fits = false,
            Reason = reason,
            Obstacle = obstacle,
            Memory = memory,
            LongestContext = 0,
        };

    private static (FitObstacle Obstacle, string Reason)? WhyImpossible(PlacementRequest request, GpuSize size, Gpu gpu)
    {
        var model = request.Model;
        if (!model.Hardware.TryGetValue(gpu.Architecture, out var support))
        {
            return (FitObstacle.Format,
                $"{gpu.Name} ({gpu.Architecture}) does not run {model.Precision.ToString().ToUpperInvariant()} weights of this model");
        }

        if (support == Support.Unverified && request.Size != size.Slug)
        {
            return (FitObstacle.Untested, $"no known run of this model on {gpu.Name} ({gpu.Architecture}): set the size to try it");
        }

        if (!request.Engine.Images.ContainsKey(gpu.Vendor) && request.Engine.Package?.Vendor != gpu.Vendor)
        {
            return (FitObstacle.Engine,
                $"vLLM {request.Engine.Version} is not in the catalog for {gpu.Vendor.ToString().ToUpperInvariant()} cards");
        }

        var utilization = request.Options.GpuMemoryUtilization ?? request.Engine.DefaultGpuMemoryUtilization;
        var free = gpu.VisibleGiB - TakenBeforeStartGiB;
        return gpu.VisibleGiB * utilization > free
            ? (FitObstacle.Utilization,
                Invariant($"vLLM would not start: a utilization of {utilization:0.###} needs {gpu.VisibleGiB * utilization:F1} GiB, ")
                + Invariant($"but about {free:F1} of {gpu.VisibleGiB:F1} GiB are free"))
            : null;
    }

    /// <summary>Why the weights do not fit on their disk; null if they fit, or if the disk is unknown.</summary>
    private static string? WhyNoDisk(ModelSpec model, GpuSize size)
    {
        var weightsGB = model.WeightBytes / 1e9;
        var scratch = size.ScratchDiskGB ?? 0;
        var room = scratch > 0 ? scratch : size.BootDiskGB - SystemDiskGB;
        return room < weightsGB
            ? Invariant($"the disk of {size.Slug} has room for {room:N0} GB, but the weights are {weightsGB:N0} GB")
            : null;
    }

    /// <summary>
    /// Requests per engine step to try: vLLM's default for the card, limited to the tokens of a step, then fewer, but at least as many as
    /// requested.
    /// </summary>
    internal static IEnumerable<int> Sequences(PlacementRequest request, Gpu gpu)
    {
        if (request.Options.MaxNumSeqs is { } asked)
        {
            return [asked];
        }

        var tokens = request.Options.MaxNumBatchedTokens ?? int.MaxValue;
        var usual = Math.Min(Math.Max(EngineDefaults.MaxNumSeqs(gpu), request.Concurrency), tokens);
        var least = Math.Min(Math.Max(FewestSequences, request.Concurrency), usual);
        return Enumerable.Range(0, 16).Select(halvings => usual >> halvings).TakeWhile(sequences => sequences >= least);
    }

    internal static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
