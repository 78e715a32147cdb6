using Infra.Planning.Catalog;
using Infra.Planning.Sizing;
using static Infra.Planning.Placements.NodeFit;

namespace Infra.Planning.Placements;

/// <summary>Warnings about a placement.</summary>
internal static class PlacementWarnings
{
    /// <summary>Share of the memory to keep outside of vLLM's budget, for contexts, NCCL and graphs.</summary>
    private const double HighestUtilization = 0.96;

    /// <summary>Width of a block of FP8 scales (<c>weight_block_size</c>), which only some checkpoints have.</summary>
    private const int Fp8Block = 128;

    public static IReadOnlyList<string> For(PlacementRequest request, GpuSize size, Gpu gpu, Layout layout)
    {
        var warnings = new List<string>();
        var support = request.Model.Hardware[gpu.Architecture];
        if (support == Support.Unverified)
        {
            warnings.Add($"no known run of this model on {gpu.Name}");
        }
        else if (support == Support.WeightOnly)
        {
            warnings.Add(
                $"{gpu.Name} stores the weights in {request.Model.Precision.ToString().ToUpperInvariant()} and computes in BF16: "
                    + "saves memory, not time");
        }

        if (size.Regions.Count == 0)
        {
            warnings.Add($"{size.Slug} has no dated sighting in any region: it may be unavailable");
        }

        if (layout.TensorParallel > 1 && !size.FastInterconnect)
        {
            warnings.Add($"tensor parallel {layout.TensorParallel} without NVLink: every token waits for PCIe");
        }

        if (request.Model is { Precision: Precision.Fp8, Fp8Block: null } && layout.DataParallel == 1
            && request.Model.Architecture.Moe is { ExpertFeedForwardSize: var width } && width / layout.TensorParallel % Fp8Block != 0)
        {
            warnings.Add($"if the FP8 scales of this model are in blocks of {Fp8Block}, vLLM may not start (fp8Block in its row "
                + $"makes the plan check it): its experts are {width} wide, {width / layout.TensorParallel} on each of "
                + $"{layout.TensorParallel} GPUs");
        }

        if (layout.Gpus < size.GpuCount)
        {
            warnings.Add($"{size.GpuCount - layout.Gpus} of {size.GpuCount} GPUs are unused");
        }

        if (request.Options.GpuMemoryUtilization > HighestUtilization)
        {
            warnings.Add(Invariant(
                $"a GPU memory utilization of {request.Options.GpuMemoryUtilization:0.####} leaves little memory for what ")
                + "vLLM does not count");
        }

        return warnings;
    }
}
