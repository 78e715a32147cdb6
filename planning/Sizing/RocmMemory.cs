using Infra.Planning.Catalog;

namespace Infra.Planning.Sizing;

/// <summary>
/// What vLLM takes on an AMD card in addition to what it takes on an NVIDIA card. All figures are from starts on MI300X with releases from
/// 0.11.2 to 0.18.0 (public database of vllm-memory-estimator, 2026-05-17); no log of a later release is known.
/// </summary>
/// <param name="WeightsGiB">
/// Weights. On ROCm vLLM counts what the device lacks after loading, so memory that loading freed and torch kept is part of it.
/// </param>
/// <param name="NonTorchGiB">Allocations outside of torch.</param>
internal sealed record RocmMemory(double WeightsGiB, double NonTorchGiB)
{
    public static readonly RocmMemory None = new(0, 0);

    /// <summary>
    /// FP8 weights are converted to the card's own FP8 after loading, and padded: 2.89 GiB more for Ministral 3 14B; 0.4 to 1.6 for
    /// Llama 3.3 70B, Qwen3 235B and DeepSeek R1. The largest counts. In GiB.
    /// </summary>
    private const double Fp8WeightsGiB = 2.9;

    /// <summary>
    /// BF16 experts are reordered after loading. Qwen3 235B: 2.7 and 3.1 % of the weights on 4 and 8 GPUs; Qwen3 VL 30B: 3.4 %.
    /// </summary>
    private const double Bf16ExpertsShare = 0.031;

    /// <summary>Overhead against the same model and release on H200, 1 and 4 GPUs: 0.63 to 0.93, most at 0.75. In GiB.</summary>
    private const double BaseGiB = 0.75;

    /// <summary>The same with 8 GPUs, in addition: Qwen3 235B 1.75 and 1.9, DeepSeek R1 1.25 (0.18.0) to 3.6 (0.14.1). In GiB.</summary>
    private const double ManyGpusGiB = 1.75;

    /// <summary>GPUs above which <see cref="ManyGpusGiB"/> counts.</summary>
    private const int Few = 4;

    /// <summary>The additions for a model whose layers are on that many GPUs.</summary>
    public static RocmMemory Of(Precision precision, WeightShares shares, int gpus) => new(
        precision switch
        {
            Precision.Fp8 => Fp8WeightsGiB,
            Precision.Bf16 => Gib.Of(Bf16ExpertsShare * shares.Experts / gpus),
            _ => 0,
        },
        BaseGiB + (gpus > Few ? ManyGpusGiB : 0));
}
