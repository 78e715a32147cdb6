using System.Text.Json.Nodes;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;

namespace Infra.Planning.Hub;

/// <summary>
/// A catalog file for a repository, as proposed from what the repository itself says. Pure: the content of files in, the row out.
/// </summary>
/// <param name="Model">The row, with all defaults.</param>
/// <param name="Catalog">The built-in catalog with the row.</param>
/// <param name="File">The catalog file (docs/catalog.md), as JSON.</param>
/// <param name="Found">What the row rests on, in sentences.</param>
/// <param name="Cautions">What to know before relying on it, in sentences.</param>
public sealed record HubProposal(
    ModelSpec Model, ModelCatalog Catalog, string File, IReadOnlyList<string> Found, IReadOnlyList<string> Cautions)
{
    /// <summary>The public hub, which needs no <c>weightsUrl</c>.</summary>
    public const string PublicHub = "https://huggingface.co";

    // Bytes of the files over the bytes that architecture and format need. 4-bit formats differ in what they leave in BF16, FP8 of a small
    // model leaves a large embedding: beyond these, the files are another model's, or the configuration lies.
    private const double FewestBytes = 0.6;
    private const double MostBytes = 1.6;

    /// <summary>Difference that is worth a caution.</summary>
    private const double UnusualShare = 0.1;

    /// <summary>The proposal for a repository.</summary>
    /// <param name="address">The repository.</param>
    /// <param name="listing">What the hub reports about it.</param>
    /// <param name="weights">The copy to serve.</param>
    /// <param name="files">Content of the files that <paramref name="weights"/> names.</param>
    /// <param name="hub">Address of the hub, without a slash at the end.</param>
    /// <param name="today">The date of the reading, as <c>2026-11-30</c>.</param>
    /// <exception cref="ConfigurationException">The repository cannot be served or described: one message.</exception>
    public static HubProposal Of(HubAddress address, HubListing listing, HubWeights weights,
        IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files, string hub, string today)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(listing);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(files);
        var mistral = weights.Formats[0] == WeightsFormat.Mistral;
        var served = mistral ? MistralParams.Read(address, files["params.json"]) : TransformersConfig.Read(address, files["config.json"]);
        var other = Other(address, weights, files, mistral);
        Compare(address, served, other);
        var cautions = new List<string>(served.Cautions);
        served = HubBase.WithTextModel(served, other, cautions);
        var quantization = Stored(address, served, other, files);
        var bytes = weights.Bytes(address, listing, weights.Index is { } index ? files[index] : (ReadOnlyMemory<byte>?)null, cautions);
        Compare(address, served.Architecture, quantization.Precision, bytes, cautions);

        var row = HubRow.Of(address, listing, weights, served.Architecture, quantization, bytes, hub, today);
        var whole = Add(address, row).Models[address.Id];
        var read = string.Join(", ", weights.Configs.Append(weights.Index).OfType<string>());
        var found = Facts(served, quantization, bytes, listing, weights, read);
        if (HubBase.Of(whole, listing) is var (parent, reason))
        {
            row = HubBase.Row(row, whole, parent, text => Add(address, text).Models[address.Id]);
            found = [.. found, $"based on {parent.Id}, which has the same architecture {reason}: what it does not set is that row's"];
        }
        else if (HubBase.Different(whole, listing) is { } different)
        {
            cautions.Add(different);
        }

        var text = HubRow.File(row);
        var catalog = Add(address, row);
        cautions.AddRange(Conditions(address, listing, weights, hub));
        return new(catalog.Models[address.Id], catalog, text, found, cautions);
    }

    /// <summary>The same model by the file of the other copy; null if there is none: without weights the file serves nothing.</summary>
    private static HubModel? Other(
        HubAddress address, HubWeights weights, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files, bool mistral)
    {
        if (weights.Formats.Count < 2)
        {
            return null;
        }

        return mistral ? TransformersConfig.Read(address, files["config.json"]) : MistralParams.Read(address, files["params.json"]);
    }

    private static void Compare(HubAddress address, HubModel served, HubModel? other)
    {
        var differences = (other?.Numbers() ?? []).Zip(served.Numbers())
            .Where(pair => !Equals(pair.First.Value, pair.Second.Value))
            .Select(pair => $"{pair.First.Name} is {Shown(pair.Second.Value)} by {served.File} "
                + $"and {Shown(pair.First.Value)} by {other!.File}")
            .ToList();
        if (differences.Count > 0)
        {
            throw HubRefusal.Of(address, $"has two configurations that contradict each other: {string.Join("; ", differences)}",
                "ask the owner of the repository which is right, and write the row yourself: docs/catalog.md");
        }

        static string Shown(object? value) => value is null ? "absent" : FormattableString.Invariant($"{value}");
    }

    private static HubQuantization Stored(
        HubAddress address, HubModel served, HubModel? other, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files)
    {
        var modelOpt = files.TryGetValue("hf_quant_config.json", out var content) && served.Quantization is null
            ? Quantizations.OfModelOpt(address, content) : null;
        var quantization = served.Quantization ?? modelOpt ?? new(Precision.Bf16);
        if (other?.Quantization is { } second && second.Precision != quantization.Precision)
        {
            throw HubRefusal.Of(address, $"has two configurations that contradict each other: the weights are "
                + $"{CatalogWords.Of(quantization.Precision)} by {served.File} and {CatalogWords.Of(second.Precision)} by {other.File}",
                "ask the owner of the repository which is right, and write the row yourself: docs/catalog.md");
        }

        // Mistral's format does not state the blocks of its scales.
        return quantization with { Block = quantization.Block ?? other?.Quantization?.Block };
    }

    /// <summary>Whether the bytes can be those of the architecture in this format.</summary>
    private static void Compare(HubAddress address, Architecture architecture, Precision precision, long bytes, List<string> cautions)
    {
        var computed = WeightFormula.Bytes(architecture, precision);
        var share = bytes / (double)Math.Max(1, computed);
        var difference = FormattableString.Invariant($"the files have {bytes / 1e9:N1} GB, and the architecture in ")
            + FormattableString.Invariant($"{CatalogWords.Of(precision).ToUpperInvariant()} needs {computed / 1e9:N1} GB");
        if (share is < FewestBytes or > MostBytes)
        {
            throw HubRefusal.Of(address, $"contradicts itself: {difference}; the configuration is not that of the weights, "
                + "or the weights are in a format that the configuration does not name");
        }

        if (Math.Abs(share - 1) > UnusualShare)
        {
            cautions.Add($"{difference}: the files count; how they are split over several GPUs is an estimate");
        }
    }

    /// <summary>The rules of the catalog hold for the row as for one that a person wrote.</summary>
    private static ModelCatalog Add(HubAddress address, JsonObject row)
    {
        try
        {
            return ModelCatalog.Load().Add(System.Text.Encoding.UTF8.GetBytes(HubRow.File(row)), "the proposed row");
        }
        catch (ConfigurationException errors)
        {
            throw HubRefusal.Of(address, $"has numbers that no catalog row may have: "
                + HubRefusal.Few(errors.Errors.Select(error => $"{error.Key} {error.Value} {error.Problem}"), most: 3));
        }
    }

    private static IReadOnlyList<string> Facts(HubModel served, HubQuantization quantization, long bytes, HubListing listing,
        HubWeights weights, string read)
    {
        var architecture = served.Architecture;
        var attention = architecture.Mla is { } mla
            ? $"latent attention (latent of {mla.KeyValueLoraRank}, rotary part of {mla.RopeHeadDim}), {architecture.AttentionHeads} heads"
            : $"{architecture.AttentionHeads} heads, {architecture.KeyValueHeads} for keys and values, of {architecture.HeadDim}";
        var blocks = architecture.Moe is { } moe
            ? $"{moe.Experts} experts of {moe.ExpertFeedForwardSize}, {moe.ActiveExperts} active, {moe.SharedExperts} shared, "
                + $"{moe.DenseLayers} dense layers"
            : $"feed-forward blocks of {architecture.FeedForwardSize}";
        var scales = quantization.Block is { } block ? $" with scales in blocks of {block}" : "";
        return
        [
            $"read at commit {listing.Commit}: {read}",
            $"architecture: {architecture.Layers} layers of {architecture.HiddenSize}, {attention}, {blocks}"
                + (architecture.Vision is { } vision ? $", a vision tower of {vision.Layers} layers" : ""),
            FormattableString.Invariant($"weights: {bytes:N0} bytes in ") + CatalogWords.Of(quantization.Precision) + scales
                + $", served from the {(weights.Formats[0] == WeightsFormat.Mistral ? "consolidated" : "model")}*.safetensors",
        ];
    }

    private static IEnumerable<string> Conditions(HubAddress address, HubListing listing, HubWeights weights, string hub)
    {
        if (ModelCatalog.Load().Models.ContainsKey(address.Id))
        {
            yield return $"{address.Id} is in the built-in catalog, whose row is checked: the proposed one replaces it";
        }

        if (listing.Gated)
        {
            yield return $"the repository requires an accepted licence: nodes need the secret {Config.ConfigNames.HuggingFaceToken}";
        }

        if (weights.Formats[0] == WeightsFormat.Hf && HubRow.UseOf(address.Id) != ModelUse.Base
            && HubRow.TaskOf(listing) == ModelTask.Generate)
        {
            yield return "no file names vLLM's parsers for tools and reasoning: if the model's card does, add them to flags";
        }

        if (hub != PublicHub && !hub.StartsWith("https://", StringComparison.Ordinal))
        {
            yield return "nodes fetch from an https address only: the row has no weightsUrl";
        }
    }
}
