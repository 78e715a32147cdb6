using Infra.Planning.Catalog;

namespace Infra.Planning.Sizing;

/// <summary>How the GPUs of one node share a model.</summary>
/// <param name="TensorParallel">GPUs of one copy of the attention layers.</param>
/// <param name="DataParallel">Engines per node.</param>
internal sealed record Layout(int TensorParallel, int DataParallel)
{
    public int Gpus => TensorParallel * DataParallel;

    /// <summary>GPUs that compute one step together: those of one copy, or all where experts are spread over them.</summary>
    public int Together(Architecture architecture) => architecture.Moe is null ? TensorParallel : Gpus;

    /// <summary>
    /// Possible layouts on a node, best first. A dense model uses the fewest GPUs that hold it, and the other GPUs run copies: copies need
    /// no communication between GPUs. A mixture of experts is split over all GPUs, as in its model cards; the second choice is a copy of
    /// the attention with its own KV cache per GPU, and experts spread over all. Last come layouts that leave GPUs unused, because a number
    /// of GPUs may not divide the model, or communication may take more than a GPU adds.
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
            var most = Math.Max(1, gpuCount / data);
            return [.. Enumerable.Range(1, most).Reverse().Select(split => new Layout(split, data))
                .Where(layout => layout.TensorParallel == most || LayoutRules.WhyNot(model.Architecture, layout) is null)];
        }

        var all = moe
            ? Enumerable.Range(1, gpuCount).Reverse().SelectMany(used => OfExperts(used))
            : Enumerable.Range(1, gpuCount).Select(split => new Layout(split, gpuCount / split));
        return [.. all.Where(layout => LayoutRules.WhyNot(model.Architecture, layout) is null)];
    }

    /// <summary>Why this layout is impossible for the model with that many GPUs; null if it is possible.</summary>
    public string? WhyNot(Architecture architecture, int gpuCount)
    {
        if (Gpus > gpuCount)
        {
            return $"tensor parallel {TensorParallel} x data parallel {DataParallel} takes {Gpus} GPUs and the size has {gpuCount}";
        }

        return LayoutRules.WhyNot(architecture, this) is { } reason
            ? $"{reason}; possible on {gpuCount} GPUs: {string.Join(", ", LayoutRules.Possible(architecture, gpuCount, DataParallel > 1))}"
            : null;
    }

    private static IEnumerable<Layout> OfExperts(int gpus) =>
        gpus == 1 ? [new Layout(1, 1)] : [new Layout(gpus, 1), new Layout(1, gpus)];
}
