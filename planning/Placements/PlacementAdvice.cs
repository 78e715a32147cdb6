using Infra.Planning.Catalog;
using Infra.Planning.Sizing;
using static Infra.Planning.Placements.NodeFit;

namespace Infra.Planning.Placements;

/// <summary>Settings that would make a placement request fit on a card that is slightly too small.</summary>
internal static class PlacementAdvice
{
    /// <summary>A utilization that a dedicated card supports: contexts and uncounted memory of vLLM fit into the rest.</summary>
    private const double HighUtilization = 0.95;

    /// <summary>The first change of settings that helps, as the end of a sentence; empty if none does.</summary>
    public static string For(PlacementRequest request, GpuSize size, Gpu gpu, LayoutTrial missed)
    {
        var options = missed.Options;
        var withoutVision = options with { Vision = false };
        var higher = options with { GpuMemoryUtilization = HighUtilization };
        var changes = new List<(string Setting, EngineOptions Options, bool Applies)>
        {
            ("without images (vision: false)", withoutVision, options.Vision),
            ($"with gpuMemoryUtilization: {Invariant($"{HighUtilization}")}", higher, options.GpuMemoryUtilization < HighUtilization),
            ($"without images (vision: false) and with gpuMemoryUtilization: {Invariant($"{HighUtilization}")}",
                higher with { Vision = false }, options.Vision && options.GpuMemoryUtilization < HighUtilization),
        };
        var smallest = EngineStep.Candidates(request, gpu)[^1];
        foreach (var (setting, changed, applies) in changes)
        {
            // The fewest requests per step that placement would try.
            if (applies && StartMemory.WhyNot(gpu, missed.Layout.Together(request.Model.Architecture), size.FastInterconnect,
                    changed.GpuMemoryUtilization!.Value, changed.EnforceEager) is null
                && new LayoutTrial(request with { Options = changed }, size, gpu, missed.Layout, smallest) is { MeetsRequest: true } trial)
            {
                return Invariant($"; {setting} it fits {trial.LongestContext:N0} tokens");
            }
        }

        return "";
    }
}
