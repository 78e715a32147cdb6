using System.Globalization;
using Infra.Planning.Catalog;
using Infra.Planning.Sizing;

namespace Infra.Planning.Placements;

/// <summary>Holds one wish against one size.</summary>
internal static class NodeFit
{
    /// <summary>Disk that the system, the engine's image and its caches take, in GB: 9 GB of image compressed, about three times that unpacked.</summary>
    private const double SystemDiskGB = 60;

    /// <summary>
    /// Memory of a card that is taken before vLLM looks, in GiB: driver and CUDA context. It refuses to start if its budget is more than what is free.
    /// Seen: 0.41 (A100, 0.31.0), 0.51 and 0.61 (H100, 0.19.0 and 0.11.0); a 24 GB card failed with 0.48 outside of the budget (vLLM issue 57475).
    /// </summary>
    private const double TakenBeforeStartGiB = 0.5;

    /// <summary>Fewest requests in one engine step that placement goes down to, to free the sampler's memory.</summary>
    private const int FewestSequences = 16;

    /// <summary>The best way to run the model there, or the reason for not running it.</summary>
    public static Fit Of(Wish wish, GpuSize size, Gpu gpu)
    {
        if (WhyImpossible(wish, size, gpu) is var (obstacle, reason))
        {
            return Unfit(wish, size, obstacle, reason);
        }

        var layouts = Layout.Candidates(wish.Model, size.GpuCount, wish.Options);
        if (layouts.Count == 0)
        {
            layouts = [new Layout(size.GpuCount, 1)];
        }

        var refusals = layouts.Select(layout => layout.WhyNot(wish.Model.Architecture, size.GpuCount)).ToList();
        var possible = layouts.Where((_, index) => refusals[index] is null).ToList();
        if (possible.Count == 0)
        {
            return Unfit(wish, size, FitObstacle.Layout, refusals[0]!);
        }

        var attempts = possible.SelectMany(layout => Sequences(wish, gpu).Select(sequences => new Attempt(wish, gpu, layout, sequences))).ToList();
        var best = attempts.FirstOrDefault(attempt => attempt.MeetsWish) ?? attempts.MaxBy(attempt => attempt.LongestContext)!;
        if (best.LongestContext > 0 && WhyNoDisk(wish.Model, size) is { } disk)
        {
            return Unfit(wish, size, FitObstacle.Disk, disk, best.Plan);
        }

        return new Fit
        {
            Model = wish.Model,
            Size = size,
            Fits = best.MeetsWish,
            Obstacle = best.MeetsWish ? null : FitObstacle.Memory,
            Reason = best.MeetsWish ? best.Explanation : best.Explanation + WishAdvice.For(wish, gpu, best),
            Placement = best.LongestContext > 0 ? best.ToPlacement(size) : null,
            Memory = best.Plan,
            LongestContext = best.LongestContext,
        };
    }

    private static Fit Unfit(Wish wish, GpuSize size, FitObstacle obstacle, string reason, MemoryPlan? memory = null) => new()
    {
        Model = wish.Model,
        Size = size,
        Fits = false,
        Reason = reason,
        Obstacle = obstacle,
        Memory = memory,
        LongestContext = 0,
    };

    private static (FitObstacle Obstacle, string Reason)? WhyImpossible(Wish wish, GpuSize size, Gpu gpu)
    {
        var model = wish.Model;
        if (!model.Hardware.TryGetValue(gpu.Architecture, out var support))
        {
            return (FitObstacle.Format, $"{gpu.Name} ({gpu.Architecture}) does not run {model.Precision.ToString().ToUpperInvariant()} weights of this model");
        }

        if (support == Support.Unverified && wish.Size != size.Slug)
        {
            return (FitObstacle.Untested, $"nobody was seen running this model on {gpu.Name} ({gpu.Architecture}): name the size to try it");
        }

        if (!wish.Engine.Images.ContainsKey(gpu.Vendor) && wish.Engine.Package?.Vendor != gpu.Vendor)
        {
            return (FitObstacle.Engine, $"vLLM {wish.Engine.Version} is not in the catalog for {gpu.Vendor.ToString().ToUpperInvariant()} cards");
        }

        var utilization = wish.Options.GpuMemoryUtilization ?? wish.Engine.DefaultGpuMemoryUtilization;
        var free = gpu.VisibleGiB - TakenBeforeStartGiB;
        return gpu.VisibleGiB * utilization > free
            ? (FitObstacle.Utilization,
                Invariant($"vLLM would not start: a utilization of {utilization:0.###} asks for {gpu.VisibleGiB * utilization:F1} GiB and about {free:F1} of {gpu.VisibleGiB:F1} GiB are free"))
            : null;
    }

    /// <summary>Why the weights do not fit on the disk that they are fetched to; null if they do, or if the disk is not known.</summary>
    private static string? WhyNoDisk(ModelSpec model, GpuSize size)
    {
        var weightsGB = model.WeightBytes / 1e9;
        var scratch = size.ScratchDiskGB ?? 0;
        var room = scratch > 0 ? scratch : size.BootDiskGB - SystemDiskGB;
        return room < weightsGB ? Invariant($"the disk of {size.Slug} has room for {room:N0} GB and the weights are {weightsGB:N0} GB") : null;
    }

    /// <summary>
    /// Requests per engine step to try: vLLM's default for the card, or as many as a step has tokens, then fewer, but never fewer than
    /// wished.
    /// </summary>
    internal static IEnumerable<int> Sequences(Wish wish, Gpu gpu)
    {
        if (wish.Options.MaxNumSeqs is { } asked)
        {
            return [asked];
        }

        var tokens = wish.Options.MaxNumBatchedTokens ?? int.MaxValue;
        var usual = Math.Min(Math.Max(EngineDefaults.MaxNumSeqs(gpu), wish.Concurrency), tokens);
        var least = Math.Min(Math.Max(FewestSequences, wish.Concurrency), usual);
        return Enumerable.Range(0, 16).Select(halvings => usual >> halvings).TakeWhile(sequences => sequences >= least);
    }

    internal static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
