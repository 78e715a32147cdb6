using System.Globalization;
using Infra.Planning.Catalog;

namespace Infra.Lab.Mirrors.Content;

/// <summary>One copy of a model's weights, shrunk: real names and number of files, smaller shapes.</summary>
internal sealed class ShrunkWeights
{
    /// <summary>Largest share of the headers in a copy: above it, experts are omitted.</summary>
    private const double HeaderShare = 0.25;

    private readonly ModelSpec _model;
    private readonly long _size;

    /// <param name="model">The model.</param>
    /// <param name="format">Naming.</param>
    /// <param name="scale">Size of the copy, as a share of <see cref="ModelSpec.WeightBytes"/>.</param>
    public ShrunkWeights(ModelSpec model, WeightsFormat format, double scale)
    {
        (_model, _size) = (model, (long)(model.WeightBytes * scale));
        var stem = format == WeightsFormat.Mistral ? "consolidated" : "model";
        var shards = Shards(model, format);
        Metadata = new Dictionary<string, string>
        {
            ["format"] = "pt",
            ["lab_model"] = model.Id,
            ["lab_real_bytes"] = model.WeightBytes.ToString(CultureInfo.InvariantCulture),
        };
        var split = Split(Listed(format), shards);
        Files = [.. split.Select((tensors, index) => new WeightsFile(
            shards == 1 ? $"{stem}.safetensors" : $"{stem}-{index + 1:D5}-of-{shards:D5}.safetensors",
            Shrink(tensors, _size / shards), _size / shards))];
        IndexName = shards == 1 ? null : $"{stem}.safetensors.index.json";
    }

    public IReadOnlyList<WeightsFile> Files { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Name of the index file; null: there is one weights file.</summary>
    public string? IndexName { get; }

    // transformers splits at 5 GB. Mistral ships one file, for the largest models pieces of about 15 GB.
    private static int Shards(ModelSpec model, WeightsFormat format) => format == WeightsFormat.Hf
        ? (int)Math.Ceiling(model.WeightBytes / 5e9)
        : model.WeightBytes < 100e9 ? 1 : (int)Math.Ceiling(model.WeightBytes / 15e9);

    private IReadOnlyList<Tensor> Listed(WeightsFormat format)
    {
        var share = 1.0;
        while (true)
        {
            var tensors = ModelTensors.Of(_model, format, share);
            // Name, type, shape and offsets of a tensor take about 120 bytes.
            if (_model.Architecture.Moe is not { } moe || share * moe.Experts <= 1 || tensors.Count * 120L <= _size * HeaderShare)
            {
                return tensors;
            }

            share /= 2;
        }
    }

    // Consecutive tensors, with about the same real size per file.
    private static List<List<Tensor>> Split(IReadOnlyList<Tensor> tensors, int shards)
    {
        var total = tensors.Sum(tensor => tensor.Bytes);
        var files = Enumerable.Range(0, shards).Select(_ => new List<Tensor>()).ToList();
        long before = 0;
        foreach (var tensor in tensors)
        {
            files[(int)Math.Min(shards - 1, before * (decimal)shards / total)].Add(tensor);
            before += tensor.Bytes;
        }

        return files;
    }

    // The header's length depends on the digits of the shapes, and the shapes on the header's length: the second iteration is exact.
    private List<Tensor> Shrink(List<Tensor> tensors, long size)
    {
        var shrunk = Fit(tensors, size - Overhead(tensors));
        var room = size - Overhead(shrunk);
        shrunk = Fit(tensors, room);
        // The largest tensor gets the rounding difference, by rows.
        var left = room - shrunk.Sum(tensor => tensor.Bytes);
        if (shrunk.Count > 0 && shrunk.MaxBy(tensor => tensor.Bytes) is { Shape.Count: > 0 } largest && left >= largest.RowBytes)
        {
            var rows = largest.Shape[0] + (left / largest.RowBytes);
            shrunk[shrunk.IndexOf(largest)] = largest with { Shape = [rows, .. largest.Shape.Skip(1)] };
        }

        return shrunk;
    }

    // Offsets of other shapes may have one more digit, two offsets per tensor.
    private long Overhead(List<Tensor> tensors) =>
        Safetensors.Size(tensors, Metadata) - tensors.Sum(tensor => tensor.Bytes) + 64 + (2 * tensors.Count);

    private static List<Tensor> Fit(List<Tensor> tensors, long bytes)
    {
        var (low, high) = (0.0, 1.0);
        for (var i = 0; i < 32; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = tensors.Sum(tensor => tensor.Shrunk(middle).Bytes) <= bytes ? (middle, high) : (low, middle);
        }

        return [.. tensors.Select(tensor => tensor.Shrunk(low))];
    }
}

/// <param name="Name">File name.</param>
/// <param name="Tensors">Its tensors.</param>
/// <param name="Size">Target size in bytes.</param>
internal sealed record WeightsFile(string Name, IReadOnlyList<Tensor> Tensors, long Size);
