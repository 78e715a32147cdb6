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

    /// <summary>The best layout of the model on the size, or the reason why there is none.</summary>
    public static FitResult Of(PlacementRequest request, GpuSize size, Gpu gpu)
    {
        if (WhyImpossible(request, size, gpu) is var (obstacle, reason))
        {
            return Unfit(request, size, obstacle, reason);
        }

        var layouts = Layout.Candidates(request.Model, size.GpuCount, request.Options);
        var reasons = layouts.Select(layout => WhyNot(request, size, gpu, layout)).ToList();
        var possible = layouts.Where((_, index) => reasons[index] is null).ToList();
        if (possible.Count == 0)
        {
            return Unfit(request, size, reasons[0]!.Value.Obstacle, reasons[0]!.Value.Reason);
        }

        var trials = Trials(request, size, gpu, possible).ToList();
        var best = Best(request, trials);
        var most = trials.MaxBy(trial => trial.RequestsOf(best.Context))!;
        if (best.LongestContext > 0 && WhyNoDisk(request.Model, size) is { } disk)
        {
            return Unfit(request, size, FitObstacle.Disk, disk, best.Plan);
        }

        // A layout on fewer GPUs explains nothing if the ones on all GPUs would not start.
        var refused = reasons.Find(reason => reason is not null);
        return new FitResult
        {
            Model = request.Model,
            Size = size,
            Fits = best.MeetsRequest,
            Obstacle = best.MeetsRequest ? null : refused?.Obstacle ?? FitObstacle.Memory,
            Reason = best.MeetsRequest ? best.Explanation
                : refused?.Reason ?? best.Explanation + PlacementAdvice.For(request, size, gpu, best),
            Placement = best.LongestContext > 0 ? best.ToPlacement() : null,
            Memory = best.Plan,
            LongestContext = trials.Max(trial => trial.LongestContext),
            MostRequests = most.RequestsOf(best.Context),
            MostRequestsWith = most.Options,
            MostKvTokens = trials.Max(trial => trial.Plan.KvTokens * trial.Layout.DataParallel),
        };
    }

    /// <summary>All trials, best first: layouts that use all GPUs before others.</summary>
    private static IEnumerable<LayoutTrial> Trials(PlacementRequest request, GpuSize size, Gpu gpu, IReadOnlyList<Layout> layouts) =>
        from used in layouts.GroupBy(layout => layout.Gpus == size.GpuCount).OrderByDescending(sharing => sharing.Key)
        from layout in used
        from step in EngineStep.Candidates(request, gpu)
        select new LayoutTrial(request, size, gpu, layout, step);

    /// <summary>
    /// With a context: the first trial that meets the request and holds a good part of what the best one holds. Without: the one with the
    /// longest context, and of those with the most requests: what the size holds.
    /// </summary>
    private static LayoutTrial Best(PlacementRequest request, IReadOnlyList<LayoutTrial> trials)
    {
        var meeting = trials.Where(trial => trial.MeetsRequest).ToList();
        if (meeting.Count == 0)
        {
            return trials.MaxBy(trial => trial.LongestContext)!;
        }

        if (request.ContextLength is null)
        {
            return meeting.MaxBy(trial => (trial.Context, trial.Requests))!;
        }

        // Spread experts are another way to serve, not a step on the same way: only a request that needs them gets them.
        var alike = meeting.Where(trial => request.Model.Architecture.Moe is null
            || trial.Layout.DataParallel > 1 == meeting[0].Layout.DataParallel > 1).ToList();
        var most = alike.Max(trial => trial.Requests);
        return alike.First(trial => trial.Requests >= LeastShareOfMost * most);
    }

    /// <summary>
    /// Least part of the requests of the best layout that the chosen one holds. Copies and a long engine step serve better than a split,
    /// but where they hold a single request, a split of the same cards may hold ten (ADR 23).
    /// </summary>
    private const double LeastShareOfMost = 0.5;

    /// <summary>Why a layout is impossible: a rule of vLLM, or a budget that is more than what is free at the start.</summary>
    private static (FitObstacle Obstacle, string Reason)? WhyNot(PlacementRequest request, GpuSize size, Gpu gpu, Layout layout)
    {
        var architecture = request.Model.Architecture;
        if (layout.WhyNot(architecture, size.GpuCount) is { } rule)
        {
            return (FitObstacle.Layout, rule);
        }

        if (BlockRules.WhyNot(request.Model, gpu, request.Engine, layout) is { } blocks)
        {
            var possible = BlockRules.Possible(request.Model, gpu, request.Engine, size.GpuCount, layout.DataParallel > 1);
            return (FitObstacle.Layout, $"{blocks}; possible on {size.GpuCount} GPUs: {string.Join(", ", possible)}");
        }

        var utilization = request.Options.GpuMemoryUtilization ?? request.Engine.DefaultGpuMemoryUtilization;
        return StartMemory.WhyNot(gpu, layout.Together(architecture), size.FastInterconnect, utilization, request.Options.EnforceEager)
            is { } start ? (FitObstacle.Utilization, start) : null;
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

        return null;
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

    internal static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
