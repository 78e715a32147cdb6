using Infra.Planning.Catalog;

namespace Infra.Lab.Mirrors.Content;

/// <summary>All tensors of a model, with their real names and shapes.</summary>
internal static class ModelTensors
{
    /// <param name="model">The model.</param>
    /// <param name="format">Naming: Mistral's or transformers'.</param>
    /// <param name="expertShare">Share of the experts to list, 0 to 1: a large model has tens of thousands of expert tensors.</param>
    public static IReadOnlyList<Tensor> Of(ModelSpec model, WeightsFormat format, double expertShare)
    {
        var names = TensorNames.Of(format);
        var (architecture, tensors) = (model.Architecture, new List<Tensor>());
        var (width, linear) = (architecture.HiddenSize, new LinearLayers(tensors, names, model.Precision));
        tensors.Add(new(names.Embedding, "BF16", [architecture.VocabularySize, width]));
        for (var layer = 0; layer < architecture.Layers; layer++)
        {
            var prefix = names.Layer(layer);
            tensors.Add(new($"{prefix}.{names.AttentionNorm}.weight", "BF16", [width]));
            tensors.Add(new($"{prefix}.{names.FeedForwardNorm}.weight", "BF16", [width]));
            if (architecture.Mla is { } mla)
            {
                Latent(linear, tensors, $"{prefix}.{names.Attention}", names, architecture, mla);
            }
            else
            {
                Grouped(linear, $"{prefix}.{names.Attention}", names, architecture);
            }

            if (architecture.Moe is { } moe && layer >= moe.DenseLayers)
            {
                Experts(linear, tensors, prefix, names, width, moe, expertShare);
            }
            else
            {
                FeedForward(linear, $"{prefix}.{names.FeedForward}", names, width, architecture.FeedForwardSize);
            }
        }

        tensors.Add(new(names.Norm, "BF16", [width]));
        if (!architecture.TiedEmbeddings)
        {
            tensors.Add(new(names.Output, "BF16", [architecture.VocabularySize, width]));
        }

        if (architecture.Vision is { } vision)
        {
            Vision(tensors, names, vision, width);
        }

        return tensors;
    }

    private static void Grouped(LinearLayers linear, string at, TensorNames names, Architecture architecture)
    {
        var (width, head) = (architecture.HiddenSize, architecture.HeadDim ?? architecture.HiddenSize / architecture.AttentionHeads);
        var (queries, keys) = ((long)architecture.AttentionHeads * head,
            (long)(architecture.KeyValueHeads ?? architecture.AttentionHeads) * head);
        linear.Add($"{at}.{names.Query}", queries, width);
        linear.Add($"{at}.{names.Key}", keys, width);
        linear.Add($"{at}.{names.Value}", keys, width);
        linear.Add($"{at}.{names.AttentionOutput}", width, queries);
    }

    private static void Latent(
        LinearLayers linear, List<Tensor> tensors, string at, TensorNames names, Architecture architecture, LatentAttention mla)
    {
        var (width, heads) = (architecture.HiddenSize, (long)architecture.AttentionHeads);
        var queries = heads * (mla.NopeHeadDim + mla.RopeHeadDim);
        if (mla.QueryLoraRank == 0)
        {
            linear.Add($"{at}.{names.Query}", queries, width);
        }
        else
        {
            linear.Add($"{at}.{names.QueryDown}", mla.QueryLoraRank, width);
            tensors.Add(new($"{at}.{names.QueryNorm}.weight", "BF16", [mla.QueryLoraRank]));
            linear.Add($"{at}.{names.QueryUp}", queries, mla.QueryLoraRank);
        }

        linear.Add($"{at}.{names.KeyValueDown}", mla.KeyValueLoraRank + mla.RopeHeadDim, width);
        tensors.Add(new($"{at}.{names.KeyValueNorm}.weight", "BF16", [mla.KeyValueLoraRank]));
        linear.Add($"{at}.{names.KeyValueUp}", heads * (mla.NopeHeadDim + mla.ValueHeadDim), mla.KeyValueLoraRank);
        linear.Add($"{at}.{names.AttentionOutput}", width, heads * mla.ValueHeadDim);
    }

    private static void FeedForward(LinearLayers linear, string at, TensorNames names, long width, long inner)
    {
        linear.Add($"{at}.{names.Gate}", inner, width);
        linear.Add($"{at}.{names.Down}", width, inner);
        linear.Add($"{at}.{names.Up}", inner, width);
    }

    private static void Experts(
        LinearLayers linear, List<Tensor> tensors, string prefix, TensorNames names, long width, MixtureOfExperts moe, double share)
    {
        tensors.Add(new($"{prefix}.{names.Router}.weight", "BF16", [moe.Experts, width]));
        var listed = Math.Max(1, (int)(moe.Experts * share));
        for (var expert = 0; expert < listed; expert++)
        {
            FeedForward(linear, $"{prefix}.{names.Experts}.{expert}", names, width, moe.ExpertFeedForwardSize);
        }

        if (moe.SharedExperts > 0)
        {
            FeedForward(linear, $"{prefix}.{names.SharedExperts}", names, width, (long)moe.SharedExperts * moe.ExpertFeedForwardSize);
        }
    }

    // The catalog lacks the tower's feed-forward size: four times its width, as in Pixtral.
    private static void Vision(List<Tensor> tensors, TensorNames names, VisionTower vision, long width)
    {
        var (own, plain) = ((long)vision.HiddenSize, new LinearLayers(tensors, names, Precision.Bf16));
        tensors.Add(new($"{names.Vision}.patch_conv.weight", "BF16", [own, 3, vision.PatchSize, vision.PatchSize]));
        tensors.Add(new($"{names.Vision}.ln_pre.weight", "BF16", [own]));
        for (var layer = 0; layer < vision.Layers; layer++)
        {
            var at = $"{names.Vision}.transformer.layers.{layer}";
            tensors.Add(new($"{at}.attention_norm.weight", "BF16", [own]));
            tensors.Add(new($"{at}.ffn_norm.weight", "BF16", [own]));
            foreach (var part in (string[])[names.Query, names.Key, names.Value, names.AttentionOutput])
            {
                plain.Add($"{at}.attention.{part}", own, own);
            }

            FeedForward(plain, $"{at}.feed_forward", names, own, own * 4);
        }

        tensors.Add(new($"{names.ProjectorNorm}.weight", "BF16", [own]));
        plain.Add(names.PatchMerger, own, own * vision.SpatialMerge * vision.SpatialMerge);
        plain.Add(names.AdapterIn, width, own);
        plain.Add(names.AdapterOut, width, width);
    }

    /// <summary>Matrices in the model's precision, with their scales.</summary>
    private sealed class LinearLayers(List<Tensor> tensors, TensorNames names, Precision precision)
    {
        public void Add(string name, long rows, long columns)
        {
            switch (precision)
            {
                case Precision.Fp8:
                    tensors.Add(new($"{name}.weight", "F8_E4M3", [rows, columns]));
                    tensors.Add(new($"{name}.{names.WeightScale}", "BF16", []));
                    tensors.Add(new($"{name}.{names.ActivationScale}", "BF16", []));
                    break;
                case Precision.Nvfp4:
                    // Two numbers per byte, a scale per 16 numbers, and a global scale.
                    tensors.Add(new($"{name}.weight_packed", "U8", [rows, Math.Max(1, columns / 2)]));
                    tensors.Add(new($"{name}.weight_scale", "F8_E4M3", [rows, Math.Max(1, columns / 16)]));
                    tensors.Add(new($"{name}.weight_global_scale", "F32", []));
                    break;
                case Precision.Int4:
                    tensors.Add(new($"{name}.weight_packed", "U8", [rows, Math.Max(1, columns / 2)]));
                    tensors.Add(new($"{name}.weight_scale", "BF16", [rows, Math.Max(1, columns / 128)]));
                    break;
                default:
                    tensors.Add(new($"{name}.weight", "BF16", [rows, columns]));
                    break;
            }
        }
    }
}
