using Infra.Planning.Catalog;

namespace Infra.Planning.Sizing;

/// <summary>How the GPUs of one node share a model.</summary>
/// <param name="TensorParallel">GPUs of one copy of the attention layers.</param>
/// <param name="DataParallel">Engines per node.</param>
internal sealed record Layout(int TensorParallel, int DataParallel)
{
    public int Gpus => TensorParallel * DataParallel;

    /// <summary>
    /// Possible layouts on a node, best first. A dense model uses the fewest GPUs that hold it, and the other GPUs run copies: copies need
    /// no communication between GPUs. A mixture of experts is split over all GPUs, as in its model cards; the second choice is a copy of
    /// the attention with its own KV cache per GPU, and experts spread over all.
    /// </summary>
    public static IReadOnlyList<Layout> Candidates(ModelSpec model, int gpuCount, EngineOptions options)
    {
        var moe = model.Architecture.Moe is not null;
        if (options.TensorParallel is { } tensor)
        {
            return [new Layout(tensor, options.DataParallel ?? (moe ? 1 : Math.Max(1, gpuCount / tensor)))];
        }

        if (options.DataParallel is { } data)
        {
            return [new Layout(Math.Max(1, gpuCount / data), data)];
        }

        var splits = Enumerable.Range(1, gpuCount).Where(split => gpuCount % split == 0 && Divides(model.Architecture, split)).ToList();
        return moe
            ? [.. splits.OrderDescending().Where(split => split == gpuCount || split == 1)
                .Select(split => new Layout(split, gpuCount / split))]
            : [.. splits.Select(split => new Layout(split, gpuCount / split))];
    }

    /// <summary>Why this layout is impossible for the model with that many GPUs; null if it is possible.</summary>
    public string? WhyNot(Architecture architecture, int gpuCount)
    {
        if (Gpus > gpuCount)
        {
            return $"tensor parallel {TensorParallel} x data parallel {DataParallel} takes {Gpus} GPUs and the size has {gpuCount}";
        }

        if (!DividesHeads(architecture, TensorParallel))
        {
            return $"tensor parallel {TensorParallel} does not divide the model's {architecture.AttentionHeads} attention heads evenly";
        }

        return UndividedWidth(architecture, TensorParallel, DataParallel > 1) is { } width
            ? $"tensor parallel {TensorParallel} does not divide a feed-forward width of {width} evenly"
            : null;
    }

    private static bool Divides(Architecture architecture, int split) =>
        DividesHeads(architecture, split) && UndividedWidth(architecture, split, expertsWhole: true) is null;

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

    private static bool DividesHeads(Architecture architecture, int split) =>
        architecture.AttentionHeads % split == 0
        && (architecture.KeyValueHeads is not { } heads || heads % split == 0 || split % heads == 0);
}
