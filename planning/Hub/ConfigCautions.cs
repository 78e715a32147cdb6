namespace Infra.Planning.Hub;

/// <summary>Cautions that both kinds of configuration files can give.</summary>
internal static class ConfigCautions
{
    public static string Sliding(string file) =>
        $"{file} has layers with a sliding window: they count as full attention, so that the plan promises too little rather than too much";
}

/// <summary>Numbers that follow from others.</summary>
internal static class ConfigNumbers
{
    /// <summary>As transformers does if head_dim is absent.</summary>
    public static int HeadDim(int hiddenSize, int heads) => Math.Max(1, hiddenSize / Math.Max(1, heads));
}
