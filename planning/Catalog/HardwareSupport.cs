namespace Infra.Planning.Catalog;

/// <summary>Which GPU architectures run a weights format, unless the model specifies it.</summary>
/// <remarks>
/// vLLM documentation and source of 2026 (v0.25 to v0.31): Ada, Hopper and Blackwell compute FP8, Ampere stores it as weights (Marlin);
/// Blackwell computes NVFP4, Hopper, Ada and Ampere store it as weights; all NVIDIA cards store INT4 as weights. Formats without a known
/// run on AMD cards are unverified.
/// </remarks>
public static class HardwareSupport
{
    /// <summary>Support by GPU architecture; an absent architecture does not run the format.</summary>
    public static IReadOnlyDictionary<GpuArchitecture, Support> For(Precision precision) => precision switch
    {
        Precision.Bf16 => Map(Support.Native, Support.Native, Support.Native, Support.Native, Support.Native),
        Precision.Fp8 => Map(Support.WeightOnly, Support.Native, Support.Native, Support.Native, Support.Unverified),
        Precision.Nvfp4 => Map(Support.WeightOnly, Support.WeightOnly, Support.WeightOnly, Support.Native, null),
        Precision.Int4 => Map(Support.WeightOnly, Support.WeightOnly, Support.WeightOnly, Support.WeightOnly, Support.Unverified),
        _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "No hardware is known for this precision."),
    };

    private static Dictionary<GpuArchitecture, Support> Map(Support ampere, Support ada, Support hopper, Support blackwell, Support? cdna)
    {
        var map = new Dictionary<GpuArchitecture, Support>
        {
            [GpuArchitecture.Ampere] = ampere,
            [GpuArchitecture.Ada] = ada,
            [GpuArchitecture.Hopper] = hopper,
            [GpuArchitecture.Blackwell] = blackwell,
        };
        if (cdna is { } support)
        {
            map[GpuArchitecture.Cdna3] = support;
            map[GpuArchitecture.Cdna4] = support;
        }

        return map;
    }
}
