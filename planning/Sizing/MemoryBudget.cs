using Infra.Planning.Catalog;

namespace Infra.Planning.Sizing;

/// <summary>
/// Predicts the result of vLLM's memory profiling without a GPU: <c>docs/sizing.md</c> has the formulas and their measured error.
/// </summary>
public static class MemoryBudget
{
    /// <summary>
    /// Margin in GiB when a placement request is checked against a plan: differences between two starts of the same configuration
    /// (fragmentation, driver, graph estimate). The error of the formulas comes in addition: <see cref="SizingClass"/>.
    /// </summary>
    public const double SafetyMarginGiB = 0.25;

    /// <summary>The memory plan of one GPU. Never throws: a plan that does not fit has a negative <see cref="MemoryPlan.KvGiB"/>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="gpu">The card.</param>
    /// <param name="tensorParallel">GPUs of one copy of the attention layers.</param>
    /// <param name="dataParallel">Copies of the attention layers. The experts of a mixture are then spread over all GPUs.</param>
    /// <param name="options">vLLM options; null values are the defaults of the card.</param>
    /// <param name="engine">The vLLM release.</param>
    /// <param name="fastInterconnect">Whether the cards are connected by more than PCIe (<see cref="GpuSize.FastInterconnect"/>).</param>
    public static MemoryPlan Plan(ModelSpec model, Gpu gpu, int tensorParallel, int dataParallel, EngineOptions options,
        EngineRelease engine, bool fastInterconnect = true)
    {
        var memory = EngineMemory.For(engine.Version);
        var architecture = model.Architecture;
        var resolved = EngineDefaults.Resolve(options, model, gpu, engine);
        var layout = new Layout(tensorParallel, dataParallel);
        var together = layout.Together(architecture);
        var shares = WeightShares.Of(model);
        var rotaryDim = architecture.Mla?.RopeHeadDim ?? architecture.HeadDim!.Value;
        var rotary = (double)architecture.MaxPositions * rotaryDim * memory.RotaryBytesPerElement;
        var rocm = gpu.Vendor == GpuVendor.Amd ? RocmMemory.Of(model.Precision, shares, together) : RocmMemory.None;
        var weights = Gib.Of(shares.PerGpu(architecture, tensorParallel, together, resolved.Vision) + rotary
            + WeightShares.AbsorbedLatent(architecture, tensorParallel)) + rocm.WeightsGiB;
        var activation = Gib.Of(ActivationPeak.Bytes(architecture, memory, tensorParallel, resolved)
            + ExpertMemory.Bytes(model, gpu, layout, resolved));
        var nonTorch = memory.NonTorchGiB + rocm.NonTorchGiB + LayoutMemory.CommunicationGiB(memory, together, fastInterconnect);
        var graphs = resolved.EnforceEager ? 0
            : LayoutMemory.GraphsGiB(memory, architecture, together, fastInterconnect, resolved.MaxNumSeqs!.Value);

        var budget = gpu.VisibleGiB * resolved.GpuMemoryUtilization!.Value;
        var kv = budget - weights - activation - nonTorch - graphs;
        var bytesPerToken = KvCache.BytesPerToken(architecture, tensorParallel, resolved.KvCache);
        var measured = SizingClass.Of(architecture, gpu.Vendor, layout, fastInterconnect);
        return new MemoryPlan
        {
            VisibleGiB = gpu.VisibleGiB,
            BudgetGiB = budget,
            WeightsGiB = weights,
            ActivationGiB = activation,
            NonTorchGiB = nonTorch,
            CudaGraphGiB = graphs,
            KvGiB = kv,
            KvTokens = KvCache.Tokens(kv * Gib.Bytes, bytesPerToken, KvCache.BlockTokens(architecture)),
            BlockTokens = KvCache.BlockTokens(architecture),
            KvBytesPerToken = bytesPerToken,
            MarginGiB = SafetyMarginGiB + (measured.MarginShare(memory) * (weights + activation + nonTorch + graphs)),
            MarginReason = measured.Describe(memory),
        };
    }
}
