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
        if (WhyImpossible(request, size, gpu) is { } reason)
        {
            return new FitResult { Model = request.Model, Size = size, Fits = false, Reason = reason, LongestContext = 0 };
        }

        var layouts = Layout.Candidates(request.Model, size.GpuCount, request.Options);
        var reasons = layouts.Select(layout => layout.WhyNot(request.Model.Architecture, size.GpuCount)
            ?? WhyNoStart(request, size, gpu, layout)).ToList();
        var possible = layouts.Where((_, index) => reasons[index] is null).ToList();
        if (possible.Count == 0)
        {
            return new FitResult { Model = request.Model, Size = size, Fits = false, Reason = reasons[0]!, LongestContext = 0 };
        }

        var trials = Trials(request, size, gpu, possible).ToList();
        var best = Best(request, trials);
        if (best.LongestContext > 0 && WhyNoDisk(request.Model, size) is { } disk)
        {
            return new FitResult { Model = request.Model, Size = size, Fits = false, Reason = disk, Memory = best.Plan, LongestContext = 0 };
        }

        // A layout on fewer GPUs explains nothing if the ones on all GPUs would not start.
        var refused = reasons.Find(reason => reason is not null);
        return new FitResult
        {
            Model = request.Model,
            Size = size,
            Fits = best.MeetsRequest,
            Reason = best.MeetsRequest ? best.Explanation : refused ?? best.Explanation + PlacementAdvice.For(request, size, gpu, best),
            Placement = best.LongestContext > 0 ? best.ToPlacement() : null,
            Memory = best.Plan,
            LongestContext = trials.Max(trial => trial.LongestContext),
            MostRequests = trials.Max(trial => trial.RequestsOf(best.Context)),
        };
    }

    /// <summary>All trials in the order of preference: layouts that use all GPUs before others, vLLM's default of tokens before fewer.</summary>
    private static IEnumerable<LayoutTrial> Trials(PlacementRequest request, GpuSize size, Gpu gpu, IReadOnlyList<Layout> layouts) =>
        from used in layouts.GroupBy(layout => layout.Gpus == size.GpuCount).OrderByDescending(sharing => sharing.Key)
        from steps in EngineStep.Candidates(request, gpu)
        from layout in used
        from step in steps
        select new LayoutTrial(request, size, gpu, layout, step);

    /// <summary>
    /// The first trial that meets the request. Without a requested context, the one with the longest, and of those with the most requests:
    /// what the size holds.
    /// </summary>
    private static LayoutTrial Best(PlacementRequest request, IReadOnlyList<LayoutTrial> trials)
    {
        var meeting = trials.Where(trial => trial.MeetsRequest);
        return request.ContextLength is null
            ? meeting.MaxBy(trial => (trial.Context, trial.Requests)) ?? trials.MaxBy(trial => trial.LongestContext)!
            : meeting.FirstOrDefault() ?? trials.MaxBy(trial => trial.LongestContext)!;
    }

    /// <summary>Why vLLM would not start in a layout: its budget is more than what is free then.</summary>
    private static string? WhyNoStart(PlacementRequest request, GpuSize size, Gpu gpu, Layout layout) => StartMemory.WhyNot(
        gpu, layout.Together(request.Model.Architecture), size.FastInterconnect,
        request.Options.GpuMemoryUtilization ?? request.Engine.DefaultGpuMemoryUtilization, request.Options.EnforceEager);

    private static string? WhyImpossible(PlacementRequest request, GpuSize size, Gpu gpu)
    {
        var model = request.Model;
        if (!model.Hardware.TryGetValue(gpu.Architecture, out var support))
        {
            return $"{gpu.Name} ({gpu.Architecture}) does not run {model.Precision.ToString().ToUpperInvariant()} weights of this model";
        }

        if (support == Support.Unverified && request.Size != size.Slug)
        {
            return $"no known run of this model on {gpu.Name} ({gpu.Architecture}): set the size to try it";
        }

        if (!request.Engine.Images.ContainsKey(gpu.Vendor) && request.Engine.Package?.Vendor != gpu.Vendor)
        {
            return $"vLLM {request.Engine.Version} is not in the catalog for {gpu.Vendor.ToString().ToUpperInvariant()} cards";
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
