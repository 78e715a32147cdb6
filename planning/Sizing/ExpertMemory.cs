using Infra.Planning.Catalog;

namespace Infra.Planning.Sizing;

/// <summary>What a mixture of experts allocates in some formats and layouts, in addition to the workspace of its fused kernels.</summary>
internal static class ExpertMemory
{
    /// <summary>
    /// Bytes for each token of a step and each of its experts that FP8 experts take on Hopper, in addition: 1.05 GiB for 8,192 tokens of 8
    /// experts. Logs on H200: Qwen3 235B-A22B, FP8 against BF16 (0.11.2), 1.00; DeepSeek R1 (0.18.0 and 0.19.0), 1.05. Not on B200.
    /// </summary>
    private const double Fp8BytesPerRow = 1.05 * Gib.Bytes / (8192 * 8);

    /// <summary>
    /// Elements per channel of the tokens of all engines together, with copies of the attention and spread experts: each GPU collects the
    /// tokens of all others. Qwen3 Coder 480B FP8 on 8 cards with -dp=8 --enable-expert-parallel: overhead 9.6 GiB, of which 3.4 are these
    /// (vllm-project/recipes pull request 12, 2025-08-04). The only known logs of such a layout.
    /// </summary>
    private const double CollectedElements = 4.53;

    /// <summary>Bytes on one GPU; 0 for a dense model.</summary>
    public static double Bytes(ModelSpec model, Gpu gpu, Layout layout, EngineOptions options)
    {
        if (model.Architecture.Moe is not { } moe)
        {
            return 0;
        }

        const double bf16 = 2;
        double tokens = options.MaxNumBatchedTokens!.Value;
        var fp8 = model.Precision == Precision.Fp8 && gpu.Architecture == GpuArchitecture.Hopper
            ? tokens * moe.ActiveExperts * Fp8BytesPerRow
            : 0;
        var collected = layout.DataParallel > 1
            ? tokens * layout.DataParallel * model.Architecture.HiddenSize * bf16 * CollectedElements
            : 0;
        return fp8 + collected;
    }
}
