using Infra.Planning.Catalog;

namespace Infra.Planning.Sizing;

/// <summary>An upper bound for the speed: a token needs all its weights to be read.</summary>
internal static class Throughput
{
    /// <summary>
    /// Upper bound for tokens per second of a single stream with a short context: memory bandwidth divided by the bytes of weights that one
    /// token reads on each GPU. The embedding counts one row, the vision tower nothing, and of the experts only the selected ones. Null if
    /// the bandwidth is unknown.
    /// </summary>
    public static double? SingleStreamBound(ModelSpec model, Gpu gpu, Layout layout)
    {
        if (gpu.BandwidthGBps is not { } bandwidth)
        {
            return null;
        }

        var architecture = model.Architecture;
        var shares = WeightShares.Of(model);
        const double bf16 = 2;
        var lookedUp = architecture.TiedEmbeddings ? 0 : bf16 * architecture.VocabularySize * architecture.HiddenSize;
        var chosen = architecture.Moe is { } moe ? (double)moe.ActiveExperts / moe.Experts : 1;
        var read = (shares with { Split = shares.Split - Math.Min(lookedUp, shares.Split), Experts = shares.Experts * chosen })
            .PerGpu(architecture, layout.TensorParallel, layout.Gpus, vision: false);
        return bandwidth * 1e9 / read;
    }
}
