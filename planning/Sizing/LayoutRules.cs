using Infra.Planning.Catalog;

namespace Infra.Planning.Sizing;

/// <summary>What vLLM demands of a tensor parallel size.</summary>
internal static class LayoutRules
{
    /// <summary>Rows that the embedding is padded to (vocab_parallel_embedding.py: DEFAULT_VOCAB_PADDING_SIZE).</summary>
    private const int VocabularyPadding = 64;

    /// <summary>The first rule that a layout breaks, as a sentence without the final period; null: none.</summary>
    public static string? WhyNot(Architecture architecture, Layout layout)
    {
        var split = layout.TensorParallel;
        if (architecture.AttentionHeads % split != 0)
        {
            // config/model.py: verify_with_parallel_config.
            return $"tensor parallel {split} does not divide the model's {architecture.AttentionHeads} attention heads evenly";
        }

        if (architecture.KeyValueHeads is { } heads && heads % split != 0 && split % heads != 0)
        {
            // The model classes assert it: heads are split, or each is copied the same number of times.
            return $"tensor parallel {split} neither divides nor is a multiple of the model's {heads} key and value heads";
        }

        var padded = (architecture.VocabularySize + VocabularyPadding - 1) / VocabularyPadding * VocabularyPadding;
        if (padded % split != 0)
        {
            // distributed/utils.py: divide.
            return FormattableString.Invariant(
                $"tensor parallel {split} does not divide the vocabulary of {padded} rows evenly");
        }

        return UndividedWidth(architecture, split, expertsWhole: layout.DataParallel > 1) is { } width
            ? $"tensor parallel {split} does not divide a feed-forward width of {width} evenly"
            : null;
    }

    /// <summary>The tensor parallel sizes up to a number of GPUs that break no rule.</summary>
    public static IEnumerable<int> Possible(Architecture architecture, int gpuCount, bool expertsWhole) =>
        Enumerable.Range(1, gpuCount).Where(split => WhyNot(architecture, new Layout(split, expertsWhole ? 2 : 1)) is null);

    /// <summary>
    /// A width that vLLM cannot split evenly; null: none. With data parallelism, experts are distributed whole.
    /// </summary>
    private static int? UndividedWidth(Architecture architecture, int split, bool expertsWhole)
    {
        var widths = new List<int>();
        if (architecture.Moe is not { } moe || moe.DenseLayers > 0)
        {
            widths.Add(architecture.FeedForwardSize);
        }

        if (architecture.Moe is { } mixture)
        {
            widths.Add(mixture.SharedExperts * mixture.ExpertFeedForwardSize);
            widths.Add(expertsWhole ? 0 : mixture.ExpertFeedForwardSize);
        }

        var undivided = widths.Find(width => width % split != 0);
        return undivided == 0 ? null : undivided;
    }
}
