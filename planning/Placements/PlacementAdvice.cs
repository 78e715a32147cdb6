using Infra.Planning.Catalog;
using Infra.Planning.Sizing;
using static Infra.Planning.Placements.NodeFit;

namespace Infra.Planning.Placements;

/// <summary>Settings that would make a placement request fit on a card that is slightly too small.</summary>
internal static class PlacementAdvice
{
    /// <summary>
    /// A utilization that a dedicated card supports: contexts and uncounted memory of vLLM fit into the rest. A card whose rest is smaller
    /// gets the highest with which vLLM starts.
    /// </summary>
    private const double HighUtilization = 0.95;

    /// <summary>The first change of settings that helps, as the end of a sentence; empty if none does.</summary>
    public static string For(PlacementRequest request, GpuSize size, Gpu gpu, LayoutTrial missed)
    {
        var options = missed.Options;
        var gpus = missed.Layout.Together(request.Model.Architecture);
        var utilization = Math.Min(HighUtilization, StartMemory.Highest(gpu, gpus, size.FastInterconnect, options.EnforceEager));
        var canGrow = options.GpuMemoryUtilization < utilization;
        var higher = options with { GpuMemoryUtilization = utilization };
        var with = Invariant($"with gpuMemoryUtilization: {utilization:0.###}");
        var changes = new List<(string Setting, EngineOptions Options, bool Applies)>
        {
            ("without images (vision: false)", options with { Vision = false }, options.Vision),
            (with, higher, canGrow),
            ($"without images (vision: false) and {with}", higher with { Vision = false }, options.Vision && canGrow),
        };
        var smallest = EngineStep.Candidates(request, gpu)[^1];
        foreach (var (setting, changed, applies) in changes)
        {
            // The fewest requests per step that placement would try.
            if (applies && new LayoutTrial(request with { Options = changed }, size, gpu, missed.Layout, smallest)
                is { MeetsRequest: true } trial)
            {
                return Invariant($"; {setting} it fits {trial.LongestContext:N0} tokens");
            }
        }

        return "";
    }
}
