using Infra.Planning.Errors;

namespace Infra.Planning.Catalog;

/// <summary>Rules between the members of a row, and between rows.</summary>
internal static class CatalogRules
{
    private const string LoadFormat = "--load-format";

    // Fewer than 2 or more than 36 bits per parameter means another unit.
    private const double FewestBytesPerParameter = 0.25;
    private const double MostBytesPerParameter = 4.5;

    // Flags that placement, settings and the node decide. A row with one of them would be overridden, or open what is closed.
    private static readonly HashSet<string> Decided = new(StringComparer.Ordinal)
    {
        "--allowed-local-media-path", "--allowed-media-domains", "--api-key", "--data-parallel-size", "-dp", "--download-dir",
        "--enable-expert-parallel", "--enforce-eager", "--gpu-memory-utilization", "--host", "--kv-cache-dtype", "--language-model-only",
        "--limit-mm-per-prompt", "--max-model-len", "--max-num-batched-tokens", "--max-num-seqs", "--model", "--pipeline-parallel-size",
        "-pp", "--port", "--revision", "--root-path", "--runner", "--served-model-name", "--ssl-certfile", "--ssl-keyfile", "--task",
        "--tensor-parallel-size", "-tp", "--uds",
    };

    public static IEnumerable<RowError> Gpu(Gpu gpu)
    {
        var amd = gpu.Architecture is GpuArchitecture.Cdna3 or GpuArchitecture.Cdna4;
        if (amd != (gpu.Vendor == GpuVendor.Amd))
        {
            yield return new("architecture", CatalogWords.Of(gpu.Architecture), $"is not an architecture of {CatalogWords.Of(gpu.Vendor)}");
        }

        if (gpu.VisibleGiB > gpu.MemoryGB || gpu.VisibleGiB < gpu.MemoryGB / 2)
        {
            yield return new("visibleGiB", Text(gpu.VisibleGiB),
                $"must be between half of memoryGB and memoryGB, which is {Text(gpu.MemoryGB)}");
        }
    }

    public static IEnumerable<RowError> Size(
        GpuSize size, IReadOnlyDictionary<string, Gpu> gpus, IReadOnlyDictionary<string, BaseImage> images)
    {
        gpus.TryGetValue(size.Gpu, out var gpu);
        images.TryGetValue(size.Image, out var image);
        if (gpu is null)
        {
            yield return new("gpu", size.Gpu, $"is not the name of a card; {NearMiss.Sentence(size.Gpu, gpus.Keys)}");
        }

        if (image is null)
        {
            yield return new("image", size.Image, $"is not the slug of an image; {NearMiss.Sentence(size.Image, images.Keys)}");
        }

        if (gpu is not null && image is not null && gpu.Vendor != image.Vendor)
        {
            yield return new("image", size.Image,
                $"has the driver of {CatalogWords.Of(image.Vendor)}, but the card is from {CatalogWords.Of(gpu.Vendor)}");
        }

        if (size.UsdPerHour is null && size.Availability != Availability.Contract)
        {
            yield return new("usdPerHour", null,
                $"is missing; only a size with the availability contract may have none, and this is {CatalogWords.Of(size.Availability)}");
        }
    }

    public static IEnumerable<RowError> Model(ModelSpec model) =>
        [.. Architecture(model.Architecture), .. Weights(model), .. Checksums(model), .. Flags(model)];

    public static IEnumerable<RowError> Engine(EngineRelease engine, IEnumerable<string> families)
    {
        if (engine.Images.Count == 0 && engine.Package is null)
        {
            yield return new("images", null, "is empty and there is no package: one of them is required");
        }

        if (engine.Package is { } package && package.Requirements[0] != $"vllm=={engine.Version}")
        {
            yield return new("package.requirements[0]", package.Requirements[0], $"must be vllm=={engine.Version}");
        }

        var known = families.Append("*").Distinct().ToArray();
        foreach (var (index, breakage) in engine.Breakages.Index())
        {
            if (breakage.Families is null && breakage.Architectures is null && breakage.TextModels is null)
            {
                yield return new($"breakages[{index}].families", null, "is missing; name families, architectures or textModels");
            }

            if (breakage is { Effect: BreakageEffect.Refused, GpuArchitectures: not null })
            {
                yield return new($"breakages[{index}].gpuArchitectures", null,
                    "requires the effect caution; for unsupported GPU architectures use the model's hardware");
            }

            foreach (var family in (breakage.Families ?? []).Where(family => !known.Contains(family)))
            {
                yield return new($"breakages[{index}].families", family,
                    $"is not the family of a model; {NearMiss.Sentence(family, known)}");
            }
        }
    }

    private static IEnumerable<RowError> Architecture(Architecture architecture)
    {
        if (architecture.Mla is not null)
        {
            if (architecture.KeyValueHeads is not null || architecture.HeadDim is not null)
            {
                yield return new("architecture.mla", null,
                    "conflicts with keyValueHeads or headDim: attention is either latent or grouped-query");
            }
        }
        else if (architecture.KeyValueHeads is not { } heads)
        {
            yield return new("architecture.keyValueHeads", null, "is missing; a model with latent attention has 'mla' instead");
        }
        else if (architecture.AttentionHeads % heads != 0)
        {
            yield return new("architecture.keyValueHeads", $"{heads}",
                $"must divide attentionHeads, which is {architecture.AttentionHeads}");
        }

        if (architecture.Mla is null && architecture.HeadDim is null)
        {
            yield return new("architecture.headDim", null, "is missing, and hiddenSize is not a multiple of attentionHeads");
        }

        if (architecture.Moe is { } moe)
        {
            if (moe.ActiveExperts > moe.Experts)
            {
                yield return new("architecture.moe.activeExperts", $"{moe.ActiveExperts}",
                    $"must be at most experts, which is {moe.Experts}");
            }

            if (moe.DenseLayers > architecture.Layers)
            {
                yield return new("architecture.moe.denseLayers", $"{moe.DenseLayers}",
                    $"must be at most layers, which is {architecture.Layers}");
            }
        }
    }

    private static IEnumerable<RowError> Weights(ModelSpec model)
    {
        if (model.MaxContext > model.Architecture.MaxPositions)
        {
            yield return new("maxContext", $"{model.MaxContext}",
                $"must be at most architecture.maxPositions, which is {model.Architecture.MaxPositions}");
        }

        if (model.Architecture.Vision is { } vision && vision.Parameters >= model.Parameters)
        {
            yield return new("parameters", $"{model.Parameters}",
                $"must be more than architecture.vision.parameters, which is {vision.Parameters}: it counts them too");
        }

        var bytesPerParameter = (double)model.WeightBytes / model.Parameters;
        if (bytesPerParameter is < FewestBytesPerParameter or > MostBytesPerParameter)
        {
            yield return new("weightBytes", $"{model.WeightBytes}",
                $"is {Text(Math.Round(bytesPerParameter, 3))} bytes per parameter for {model.Parameters} parameters; it must "
                    + "be in bytes, 0.25 to 4.5 per parameter");
        }
        else if (BytesPerParameter(model.Precision) is var (fewest, most) && (bytesPerParameter < fewest || bytesPerParameter > most))
        {
            yield return new("precision", CatalogWords.Of(model.Precision),
                $"does not match weightBytes {model.WeightBytes}, {Text(Math.Round(bytesPerParameter, 2))} bytes per parameter: it has "
                    + $"{Text(fewest)} to {Text(most)}; set the precision of this repository, or its bytes");
        }

        if (model is { Fp8Block: { } block, Precision: not Precision.Fp8 })
        {
            yield return new("fp8Block", $"{block}", $"is only for the precision fp8, and this is {CatalogWords.Of(model.Precision)}");
        }

        if (model.Formats.Distinct().Count() != model.Formats.Count)
        {
            yield return new("formats", string.Join(", ", model.Formats.Select(format => CatalogWords.Of(format))),
                "has a duplicate format");
        }

        if (model.Hardware.Count == 0)
        {
            yield return new("hardware", "{}", "must name at least one architecture");
        }
    }

    /// <summary>Bytes per parameter in a precision: at least the format itself, at most what keeps half of it larger.</summary>
    private static (double Fewest, double Most) BytesPerParameter(Precision precision) => precision switch
    {
        Precision.Bf16 => (1.8, MostBytesPerParameter),
        Precision.Fp8 => (0.9, 1.9),
        _ => (FewestBytesPerParameter, 1.8),
    };

    private static IEnumerable<RowError> Checksums(ModelSpec model)
    {
        if (model.Checksums is not { } checksums)
        {
            yield break;
        }

        if (model.Revision is null)
        {
            yield return new("checksums", null, "requires revision: checksums belong to one commit");
        }

        if (checksums.Count is 0 or > WeightsChecksums.Most)
        {
            yield return new("checksums", null, $"must name between 1 and {WeightsChecksums.Most} files");
        }

        foreach (var name in checksums.Keys.Where(name => !WeightsChecksums.IsFetched(name, model.ServedFormat)))
        {
            yield return new($"checksums.{name}", null, "is not a file that a node fetches for the first format: "
                + "its safetensors, *.json, *.jinja, *.model and SYSTEM_PROMPT.txt of the top folder");
        }
    }

    private static IEnumerable<RowError> Flags(ModelSpec model)
    {
        foreach (var flag in model.Flags)
        {
            // vLLM accepts both spellings, and nested values as --flag.member.
            var name = flag.Split('=', '.')[0].Replace('_', '-');
            if (Decided.Contains(name))
            {
                yield return new("flags", flag, "is set by placement and settings; remove it");
            }
        }

        var words = string.Join(' ', model.Flags).Replace('=', ' ').Replace('_', '-');
        var asksMistral = words.Contains($"{LoadFormat} mistral", StringComparison.Ordinal);
        if (asksMistral != (model.ServedFormat == WeightsFormat.Mistral))
        {
            yield return asksMistral
                ? new("formats", CatalogWords.Of(model.ServedFormat), "must begin with mistral, because flags has --load-format mistral")
                : new("flags", words,
                    "must have --load-format mistral (and --config-format, --tokenizer-mode), because formats begins with mistral");
        }
    }

    private static string Text(double value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
