using System.Globalization;
using Infra.Planning.Catalog;

namespace Infra.Planning.Sizing;

/// <summary>
/// Memory that is in use outside of vLLM's budget. vLLM does not start if its budget exceeds the free memory, which it reads after CUDA and
/// NCCL are there (gpu_worker.py: init_device, request_memory).
/// </summary>
internal static class StartMemory
{
    /// <summary>
    /// One GPU: driver and CUDA context. Observed: 0.41 (A100, 0.31.0), 0.51 (H100, 0.19.0: 78.68 of 79.19 free) and 0.61 (H100, 0.11.0); a
    /// 24 GB card failed with 0.48 outside of the budget (vLLM issue 57475). In GiB.
    /// </summary>
    private const double OneGpuGiB = 0.5;

    /// <summary>
    /// Two to four GPUs on NVLink, in addition: 77.66 of 79.19 GiB free (H100, 0.19.0, TP 2 and 4; llm-d-planner, 2026-04). In GiB.
    /// </summary>
    private const double FewGpusGiB = 1.03;

    /// <summary>More GPUs, in addition: 137.64 of 139.8 GiB free (H200, TP 8; public sizing study, 2026-09-16). In GiB.</summary>
    private const double ManyGpusGiB = 1.66;

    /// <summary>Several GPUs on PCIe, in addition: NCCL's buffers of 342 to 392 MB (aiconfigurator, 2026-08-21). In GiB.</summary>
    private const double PcieGiB = 0.4;

    /// <summary>
    /// Most that several GPUs take in addition, as a share of the card: that of the H100. No figure of a smaller card is known.
    /// </summary>
    private const double MostOfCard = FewGpusGiB / 79.19;

    /// <summary>
    /// Graphs on ROCm, which vLLM captures outside of the budget: 2.6 to 8.9 GiB on MI300X (0.11.2 to 0.18.0; database of
    /// vllm-memory-estimator, 2026-05-17). In GiB.
    /// </summary>
    private const double RocmGraphsGiB = 8.9;

    /// <summary>GPUs up to which <see cref="FewGpusGiB"/> counts.</summary>
    private const int Few = 4;

    /// <summary>Steps of a utilization that is proposed: rounded down to three digits.</summary>
    private const double Digits = 1000;

    /// <summary>Why vLLM would not start; null: its budget and what it takes outside fit.</summary>
    /// <param name="gpu">The card.</param>
    /// <param name="gpus">GPUs that work on one step together.</param>
    /// <param name="fastInterconnect">Whether more than PCIe connects them.</param>
    /// <param name="utilization">Share of the visible memory for the budget.</param>
    /// <param name="enforceEager">No graphs.</param>
    public static string? WhyNot(Gpu gpu, int gpus, bool fastInterconnect, double utilization, bool enforceEager)
    {
        var outside = OutsideGiB(gpu, gpus, fastInterconnect, enforceEager);
        var free = gpu.VisibleGiB - outside;
        if (gpu.VisibleGiB * utilization <= free)
        {
            return null;
        }

        var many = gpus > 1 ? $" with {gpus} GPUs" : "";
        var highest = Highest(gpu, gpus, fastInterconnect, enforceEager);
        return string.Create(CultureInfo.InvariantCulture,
            $"vLLM would not start: a utilization of {utilization:0.####} needs {gpu.VisibleGiB * utilization:F1} GiB, "
            + $"but about {free:F1} of {gpu.VisibleGiB:F1} GiB are free{many}; the highest possible is {highest:0.###}");
    }

    /// <summary>The highest utilization with which vLLM starts, rounded down to three digits; parameters: <see cref="WhyNot"/>.</summary>
    public static double Highest(Gpu gpu, int gpus, bool fastInterconnect, bool enforceEager) => Math.Floor(
        Math.Max(0, gpu.VisibleGiB - OutsideGiB(gpu, gpus, fastInterconnect, enforceEager)) / gpu.VisibleGiB * Digits) / Digits;

    private static double OutsideGiB(Gpu gpu, int gpus, bool fastInterconnect, bool enforceEager)
    {
        var together = (gpus, fastInterconnect) switch
        {
            (1, _) => 0,
            (_, false) => PcieGiB,
            ( > Few, true) => ManyGpusGiB,
            _ => FewGpusGiB,
        };
        var graphs = gpu.Vendor == GpuVendor.Amd && !enforceEager ? RocmGraphsGiB : 0;
        return OneGpuGiB + Math.Min(together, MostOfCard * gpu.VisibleGiB) + graphs;
    }
}
