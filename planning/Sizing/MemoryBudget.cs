using Infra.Planning.Catalog;

namespace Infra.Planning.Sizing;

/// <summary>
/// Predicts the result of vLLM's memory profiling without a GPU: <c>docs/sizing.md</c> has the formulas and their measured error.
/// </summary>
public static class MemoryBudget
{
    /// <summary>
    /// Margin in GiB when a placement request is checked against a plan: differences between two starts of the same configuration
    /// (fragmentation, driver, graph estimate).
    /// </summary>
    public const double SafetyMarginGiB = 0.25;

    /// <summary>Additional margin, as a share of weights and overhead: the error of the formulas grows with them.</summary>
    public const double SafetyMarginShare = 0.02;

    /// <summary>The memory plan of one GPU. Never throws: a plan that does not fit has a negative <see cref="MemoryPlan.KvGiB"/>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="gpu">The card.</param>
    /// <param name="tensorParallel">GPUs of one copy of the attention layers.</param>
    /// <param name="dataParallel">Copies of the attention layers. The experts of a mixture are then spread over all GPUs.</param>
    /// <param name="options">vLLM options; null values are the defaults of the card.</param>
    /// <param name="engine">The vLLM release.</param>
    public static MemoryPlan Plan(ModelSpec model, Gpu gpu, int tensorParallel, int dataParallel, EngineOptions options,
        EngineRelease engine)
    {
        var memory = EngineMemory.For(engine.Version);
        var architecture = model.Architecture;
        var resolved = EngineDefaults.Resolve(options, model, gpu, engine);
        var gpus = tensorParallel * dataParallel;

        var rotaryDim = architecture.Mla?.RopeHeadDim ?? architecture.HeadDim!.Value;
        var rotary = (double)architecture.MaxPositions * rotaryDim * memory.RotaryBytesPerElement;
        var expertGpus = architecture.Moe is null ? tensorParallel : gpus;
        var weights = Gib.Of(WeightShares.Of(model).PerGpu(architecture, tensorParallel, expertGpus, resolved.Vision) + rotary);
        var activation = Gib.Of(ActivationPeak.Bytes(architecture, memory, tensorParallel, resolved));
        var nonTorch = memory.NonTorchGiB + (tensorParallel > 1 || expertGpus > 1 ? memory.CommunicationGiB : 0);
        var captured = Math.Min(1.0, (double)resolved.MaxNumSeqs!.Value / EngineMemory.GraphSequences);
        var graphs = resolved.EnforceEager ? 0 : memory.CudaGraphGiB * captured;

        var budget = gpu.VisibleGiB * resolved.GpuMemoryUtilization!.Value;
        var kv = budget - weights - activation - nonTorch - graphs;
        var bytesPerToken = KvCache.BytesPerToken(architecture, tensorParallel, resolved.KvCache);
        return new MemoryPlan
        {
            VisibleGiB = gpu.VisibleGiB,
            BudgetGiB = budget,
            WeightsGiB = weights,
            ActivationGiB = activation,
            NonTorchGiB = nonTorch,
            CudaGraphGiB = graphs,
            KvGiB = kv,
            KvTokens = KvCache.Tokens(kv * Gib.Bytes, bytesPerToken),
            KvBytesPerToken = bytesPerToken,
            MarginGiB = SafetyMarginGiB + (SafetyMarginShare * (weights + activation + nonTorch + graphs)),
        };
    }
}
