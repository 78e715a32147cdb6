using Infra.Planning.Catalog;

namespace Infra.Planning.Hub;

/// <summary>How the weights of a repository are stored.</summary>
/// <param name="Precision">The format.</param>
/// <param name="Block">Width of the blocks that share an FP8 scale; null: a scale per tensor or channel, or no scales.</param>
internal sealed record HubQuantization(Precision Precision, int? Block = null);

/// <summary>What a configuration file says about a model.</summary>
/// <param name="File">Name of the file.</param>
/// <param name="Architecture">Its numbers.</param>
/// <param name="Quantization">How the weights are stored; null: not stated in this file.</param>
/// <param name="Cautions">What the catalog cannot describe, with its effect.</param>
internal sealed record HubModel(
    string File, Architecture Architecture, HubQuantization? Quantization, IReadOnlyList<string> Cautions)
{
    /// <summary>
    /// Whether queries are scaled by their position (<c>llama_4_scaling</c>), which is what tells Ministral 3 from older models of the same
    /// numbers in <c>params.json</c>.
    /// </summary>
    public bool ScalesQueries { get; init; }

    /// <summary>The numbers that two files of the same model have to agree on.</summary>
    public IEnumerable<(string Name, object? Value)> Numbers() => Numbers(Architecture);

    /// <summary>The numbers of an architecture that define the model, apart from how long its contexts may be.</summary>
    public static IEnumerable<(string Name, object? Value)> Numbers(Architecture architecture)
    {
        yield return ("layers", architecture.Layers);
        yield return ("hiddenSize", architecture.HiddenSize);
        yield return ("attentionHeads", architecture.AttentionHeads);
        yield return ("keyValueHeads", architecture.KeyValueHeads);
        yield return ("headDim", architecture.HeadDim);
        yield return ("mla", architecture.Mla);
        yield return ("feedForwardSize", architecture.Moe is { DenseLayers: 0 } ? null : architecture.FeedForwardSize);
        yield return ("moe", architecture.Moe);
        yield return ("vocabularySize", architecture.VocabularySize);
        yield return ("tiedEmbeddings", architecture.TiedEmbeddings);
        yield return ("vision", architecture.Vision is { } vision ? (vision.Layers, vision.HiddenSize, vision.PatchSize) : null);
    }
}
