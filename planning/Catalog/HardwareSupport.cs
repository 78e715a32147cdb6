namespace Infra.Planning.Catalog;

/// <summary>Which architectures of cards run a format of weights, where a model does not say otherwise.</summary>
/// <remarks>
/// vLLM documentation and source readings of 2026 (v0.25 to v0.31): FP8 is computed by Ada, Hopper and Blackwell, kept as weights by Ampere (Marlin);
/// NVFP4 is computed by Blackwell, kept as weights by Hopper, Ada and Ampere; INT4 is kept as weights by all NVIDIA cards.
/// What nobody was seen running on AMD cards is left unverified.
/// </remarks>
public static class HardwareSupport
{
    /// <summary>Support by architecture of cards; one that is absent does not run the format.</summary>
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
