using Infra.Planning.Catalog;

namespace Infra.Planning.Sizing;

/// <summary>
/// What vLLM demands of FP8 weights whose scales are for blocks of them (<see cref="ModelSpec.Fp8Block"/>): each GPU gets whole blocks.
/// Linear layers: utils/fp8_utils.py, validate_fp8_block_shape, in all releases known (pull request 52915, which pads them, is open).
/// Experts: fp8.py, Fp8MoEMethod.create_weights; since 0.29 oracle/fp8.py, refine_fp8_moe_block_shape (pull request 53896).
/// </summary>
internal static class BlockRules
{
    /// <summary>Smallest block to which the scales of experts are refined. It divides the checkpoint's block, so nothing is lost.</summary>
    private const int FinestBlock = 32;

    /// <summary>First release that refines the scales of experts.</summary>
    private static readonly Version Refines = new(0, 29, 0);

    /// <summary>First release that pads experts for the kernels of TensorRT-LLM, which only Blackwell has (pull request 55867).</summary>
    private static readonly Version Pads = new(0, 31, 0);

    /// <summary>
    /// The first rule that a layout breaks, as a sentence without the final period; null: none, or the scales have no blocks.
    /// </summary>
    public static string? WhyNot(ModelSpec model, Gpu gpu, EngineRelease engine, Layout layout)
    {
        if (model.Fp8Block is not { } block || model.Precision != Precision.Fp8)
        {
            return null;
        }

        var split = layout.TensorParallel;
        var linear = Linear(model.Architecture, split).FirstOrDefault(part => part.Width % block != 0);
        if (linear.Name is not null)
        {
            return Sentence(linear.Name, linear.Width, "no multiple of", block);
        }

        // Spread experts stay whole.
        if (model.Architecture.Moe is not { } moe || Experts(moe, layout) is not { } width || width % block == 0)
        {
            return null;
        }

        var version = EngineMemory.Number(engine.Version);
        if (version < Refines)
        {
            return Sentence("an expert", width, "no multiple of", block) + $" (vLLM refines blocks since {Refines})";
        }

        var refined = Divisor(Divisor(block, width), model.Architecture.HiddenSize);
        var padded = version >= Pads && gpu.Architecture == GpuArchitecture.Blackwell;
        return refined >= FinestBlock || padded ? null
            : Sentence("an expert", width, $"divisible only into blocks of {refined}, less than {FinestBlock}, out of", block);

        string Sentence(string name, int part, string relation, int blocks) =>
            $"the FP8 scales of this model are for blocks of {blocks}: with tensor parallel {split} {name} is {part} wide on each GPU, "
            + $"{relation} {blocks}";
    }

    /// <summary>The tensor parallel sizes up to a number of GPUs that break neither these rules nor those of the layout.</summary>
    public static IEnumerable<int> Possible(ModelSpec model, Gpu gpu, EngineRelease engine, int gpuCount, bool expertsWhole) =>
        LayoutRules.Possible(model.Architecture, gpuCount, expertsWhole)
            .Where(split => WhyNot(model, gpu, engine, new Layout(split, expertsWhole ? 2 : 1)) is null);

    private static int? Experts(MixtureOfExperts moe, Layout layout) =>
        layout.DataParallel > 1 ? null : moe.ExpertFeedForwardSize / layout.TensorParallel;

    /// <summary>Widths on one GPU of the matrices that are split, or merged with another.</summary>
    private static IEnumerable<(string Name, int Width)> Linear(Architecture architecture, int split)
    {
        var heads = architecture.AttentionHeads / split;
        if (architecture.Mla is { } mla)
        {
            yield return ("the queries' part", split == 1 ? 0 : heads * (mla.NopeHeadDim + mla.RopeHeadDim));
            yield return ("the latent's projection", split == 1 ? 0 : heads * (mla.NopeHeadDim + mla.ValueHeadDim));
            yield return ("the attention's output", split == 1 ? 0 : heads * mla.ValueHeadDim);
        }
        else
        {
            yield return ("the queries' part", heads * architecture.HeadDim!.Value);
            yield return ("the part of keys and values", KvCache.HeadsPerGpu(architecture, split) * architecture.HeadDim!.Value);
        }

        if (architecture.Moe is not { } moe || moe.DenseLayers > 0)
        {
            yield return ("a feed-forward block", architecture.FeedForwardSize / split);
        }

        if (architecture.Moe is { SharedExperts: > 0 } mixture)
        {
            yield return ("a shared expert", mixture.SharedExperts * mixture.ExpertFeedForwardSize / split);
        }
    }

    private static int Divisor(int one, int other) => other == 0 ? one : Divisor(other, one % other);
}
