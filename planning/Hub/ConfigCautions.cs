namespace Infra.Planning.Hub;

/// <summary>Cautions that both kinds of configuration files can give.</summary>
internal static class ConfigCautions
{
    /// <summary>The caution about layers with a sliding window.</summary>
    /// <param name="file">The file that has them.</param>
    /// <param name="full">Layers with full attention.</param>
    /// <param name="sliding">Layers with a window.</param>
    public static string Sliding(string file, int full, int sliding)
    {
        var text = $"{file} has layers with a sliding window: they count as full attention, so that the plan promises too little rather "
            + "than too much";
        var padding = Padding(full, sliding);
        return padding == 0 ? text : FormattableString.Invariant($"{text}. But vLLM pads {full} layers with full attention and {sliding} ")
            + FormattableString.Invariant($"with a window to groups of equal size: requests shorter than the window take up to ")
            + FormattableString.Invariant($"{Math.Ceiling(100.0 * padding / (full + sliding))} % more than planned");
    }

    /// <summary>
    /// Layers that vLLM adds so that all groups of layers have the same number (kv_cache_utils.py:
    /// _get_kv_cache_groups_uniform_page_size): groups of the smaller kind, unless the larger is less than half as much again.
    /// </summary>
    private static int Padding(int full, int sliding)
    {
        var (least, most) = (Math.Min(full, sliding), Math.Max(full, sliding));
        if (least == 0)
        {
            return 0;
        }

        var group = 2 * most < 3 * least ? most : least;
        return new[] { full, sliding }.Sum(layers => ((layers + group - 1) / group * group) - layers);
    }
}

/// <summary>Numbers that follow from others.</summary>
internal static class ConfigNumbers
{
    /// <summary>As transformers does if head_dim is absent.</summary>
    public static int HeadDim(int hiddenSize, int heads) => Math.Max(1, hiddenSize / Math.Max(1, heads));
}
