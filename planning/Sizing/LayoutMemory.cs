using Infra.Planning.Catalog;

namespace Infra.Planning.Sizing;

/// <summary>Memory that depends on how many GPUs share a model, and on what connects them.</summary>
internal static class LayoutMemory
{
    /// <summary>GPUs up to which communication takes the same.</summary>
    private const int Few = 4;

    /// <summary>
    /// NCCL of two GPUs on PCIe, without the symmetric memory of NVLink. Logs of 2 x RTX 4090 and 2 x L40S leave 0.0 to 0.2 GiB for it;
    /// this is what engines before 0.17 took on NVLink. In GiB.
    /// </summary>
    private const double PairOnPcieGiB = 0.41;

    /// <summary>The same of more GPUs: 4 x L4, Qwen3 30B-A3B FP8, all overhead 2.13 GiB (public study, 2026-09). In GiB.</summary>
    private const double MoreOnPcieGiB = 1.4;

    /// <summary>
    /// Graphs of latent attention, and of a mixture of experts on several GPUs with NVLink, with all capture sizes. DeepSeek R1 on 8 x
    /// H200: 1.55 charged by 0.20.0, 2.27 captured by 0.18.0; V3.2 1.62, Kimi K2.5 1.61, V2-Lite on one H100 1.39 (0.19.0). No log of the
    /// second runner is known, so it is charged the same. In GiB.
    /// </summary>
    private const double GraphsOfExpertsGiB = 1.6;

    /// <summary>Largest step that is captured, in tokens.</summary>
    private const int MostCaptured = 512;

    /// <summary>Graphs of a dense model on several GPUs, over those on one: Llama 3.3 70B on 4 x H200 0.90, in 0.20.0.</summary>
    private const double GraphsOfSeveralGpus = 0.9 / 0.7;

    /// <summary>Allocations for communication between GPUs, in GiB on each.</summary>
    /// <param name="engine">The engine's generation.</param>
    /// <param name="gpus">GPUs that work on one step together.</param>
    /// <param name="fastInterconnect">Whether more than PCIe connects them.</param>
    public static double CommunicationGiB(EngineMemory engine, int gpus, bool fastInterconnect) => (gpus, fastInterconnect) switch
    {
        (1, _) => 0,
        (2, false) => PairOnPcieGiB,
        (_, false) => MoreOnPcieGiB,
        ( > Few, true) => engine.CommunicationGiB + engine.CommunicationOfManyGiB,
        _ => engine.CommunicationGiB,
    };

    /// <summary>Graphs that the engine charges to the budget, in GiB on each GPU.</summary>
    public static double GraphsGiB(EngineMemory engine, Architecture architecture, int gpus, bool fastInterconnect, int sequences)
    {
        if (engine.CudaGraphGiB == 0)
        {
            return 0;
        }

        var all = architecture.Mla is not null || (architecture.Moe is not null && gpus > 1 && fastInterconnect)
            ? GraphsOfExpertsGiB
            : engine.CudaGraphGiB * (gpus > 1 ? GraphsOfSeveralGpus : 1);
        return all * CaptureSizes(sequences) / CaptureSizes(MostCaptured);
    }

    /// <summary>
    /// Sizes of a step that are captured: 1, 2, 4, every 8 below 256 and every 16 from there on, up to twice the requests and at most 512
    /// (vllm/config/vllm.py: cudagraph_capture_sizes). Mistral Small 4 with 4 requests: 0.14 GiB estimated for 4 of 51 sizes (2026-03-19).
    /// </summary>
    private static double CaptureSizes(int sequences)
    {
        var most = Math.Min(2L * sequences, MostCaptured);
        return Math.Min(Math.Floor(Math.Log2(most)) + 1, 3) + (Math.Min(most, 255) / 8) + (most < 256 ? 0 : ((most - 256) / 16) + 1);
    }
}
