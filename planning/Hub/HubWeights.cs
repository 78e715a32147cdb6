using System.Text.Json;
using System.Text.RegularExpressions;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;

namespace Infra.Planning.Hub;

/// <summary>The copy of the weights that a node would fetch and serve.</summary>
/// <param name="Formats">The copies that the repository has, the served one first.</param>
/// <param name="Index">Index of the served copy; null: one file, or a full set of numbered files.</param>
public sealed partial record HubWeights(IReadOnlyList<WeightsFormat> Formats, string? Index)
{
    private const string Params = "params.json";
    private const string Config = "config.json";

    /// <summary>Files to fetch and read, besides <see cref="Index"/>.</summary>
    public IReadOnlyList<string> Configs { get; private init; } = [];

    private static string Stem(WeightsFormat format) => format == WeightsFormat.Mistral ? "consolidated" : "model";

    /// <summary>Selects the copy: Mistral's format if it is complete, because vLLM's tool parser for it needs its tokenizer.</summary>
    /// <exception cref="ConfigurationException">The repository has no copy that can be served.</exception>
    public static HubWeights Of(HubAddress address, HubListing listing)
    {
        ArgumentNullException.ThrowIfNull(listing);
        var formats = Enum.GetValues<WeightsFormat>().Where(format => IsComplete(listing, format)).ToList();
        if (formats.Count == 0)
        {
            throw HubRefusal.Of(address, WhyNone(listing), FixOf(listing));
        }

        var index = $"{Stem(formats[0])}.safetensors.index.json";
        var configs = new[] { Params, Config, "hf_quant_config.json" }.Where(listing.Has);
        return new(formats, listing.Has(index) ? index : null) { Configs = [.. configs] };
    }

    /// <summary>Bytes of the served copy: the sizes of its files, which are what a node fetches.</summary>
    /// <param name="address">The repository.</param>
    /// <param name="listing">Its files.</param>
    /// <param name="index">Content of <see cref="Index"/>; null if there is none.</param>
    /// <param name="cautions">Gets what is odd.</param>
    /// <exception cref="ConfigurationException">Files are missing, or the index contradicts them.</exception>
    public long Bytes(HubAddress address, HubListing listing, ReadOnlyMemory<byte>? index, ICollection<string> cautions)
    {
        ArgumentNullException.ThrowIfNull(listing);
        ArgumentNullException.ThrowIfNull(cautions);
        var files = listing.Files.Where(file => IsWeights(file.Name, Formats[0])).ToDictionary(file => file.Name, file => file.Bytes);
        if (index is not { } content)
        {
            return files.Count == 1 ? files.Values.Single() : FullSet(address, files);
        }

        var json = HubJson.Read(address, Index!, content);
        if (json.Member("weight_map") is not { ValueKind: JsonValueKind.Object } map)
        {
            throw HubRefusal.Of(address, $"has a {Index} without weight_map: it names no files");
        }

        var named = map.EnumerateObject().Select(tensor => tensor.Value.ValueKind == JsonValueKind.String ? tensor.Value.GetString()! : "")
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var missing = named.Where(name => !files.ContainsKey(name)).Select(name => ShownValue.Mask(name)).ToList();
        if (missing.Count > 0 || named.Count == 0)
        {
            throw HubRefusal.Of(address,
                $"has a {Index} that names {(named.Count == 0 ? "no files" : $"files that are not there: {HubRefusal.Few(missing)}")}");
        }

        var bytes = named.Sum(name => files[name]);
        var stated = json.Object("metadata")?.Member("total_size");
        if (stated is { ValueKind: JsonValueKind.Number } total && total.TryGetInt64(out var claimed)
            && Math.Abs(claimed - bytes) > bytes * OddShare)
        {
            cautions.Add(FormattableString.Invariant(
                $"{Index} states {claimed:N0} bytes and the files have {bytes:N0}: the files count, because a node fetches them"));
        }

        var others = files.Keys.Except(named, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (others.Count > 0)
        {
            cautions.Add($"{Index} does not name {HubRefusal.Few(others)}: a node fetches these files too");
        }

        return bytes;
    }

    /// <summary>Difference between an index and the files that headers of files do not explain.</summary>
    private const double OddShare = 0.02;

    /// <summary>The bytes of files that number themselves: <c>model-00001-of-00004.safetensors</c>.</summary>
    private long FullSet(HubAddress address, Dictionary<string, long> files)
    {
        var numbers = files.Keys.Select(name => Numbered().Match(name)).ToList();
        var counts = numbers.Where(match => match.Success).Select(match => match.Groups["count"].Value).Distinct().ToList();
        var complete = numbers.TrueForAll(match => match.Success) && counts is [var count] && int.Parse(count, Culture) == files.Count;
        return complete ? files.Values.Sum()
            : throw HubRefusal.Of(address, $"has {files.Count} files of weights, and neither {Stem(Formats[0])}.safetensors.index.json "
                + $"nor numbers in their names tell which belong together: {HubRefusal.Few(files.Keys.Order(StringComparer.Ordinal))}");
    }

    private static System.Globalization.CultureInfo Culture => System.Globalization.CultureInfo.InvariantCulture;

    private static bool IsComplete(HubListing listing, WeightsFormat format) =>
        listing.Files.Any(file => IsWeights(file.Name, format)) && (format == WeightsFormat.Hf
            ? listing.Has(Config)
            : listing.Has(Params) && listing.Files.Any(file => Tokenizers().IsMatch(file.Name)));

    private static bool IsWeights(string name, WeightsFormat format) =>
        name.StartsWith(Stem(format), StringComparison.Ordinal) && name.EndsWith(".safetensors", StringComparison.Ordinal);

    private static string WhyNone(HubListing listing)
    {
        var names = listing.Files.Select(file => file.Name).ToList();
        if (names.Contains("adapter_config.json"))
        {
            return "is an adapter (LoRA), not a model: it has adapter_config.json and no weights of its own; LoRA is not supported";
        }

        if (names.Contains("model_index.json"))
        {
            return "is a pipeline of several models (model_index.json), such as image generation; supported are language models";
        }

        if (names.Exists(name => name.EndsWith(".safetensors", StringComparison.Ordinal)))
        {
            var complete = listing.Has(Params) || listing.Has(Config);
            return complete
                ? $"has weights that a node does not fetch: {HubRefusal.Few(names.Where(IsSafetensors))}; it fetches model*.safetensors "
                    + "with config.json, or consolidated*.safetensors with params.json and a tokenizer (tekken.json, tokenizer.model)"
                : $"has weights without config.json or params.json: {HubRefusal.Few(names.Where(IsSafetensors))}";
        }

        var kinds = new[] { (".gguf", "GGUF"), (".bin", "PyTorch's pickle format"), (".pth", "PyTorch's pickle format"), (".onnx", "ONNX") }
            .Where(kind => names.Exists(name => name.EndsWith(kind.Item1, StringComparison.Ordinal))).Select(kind => kind.Item2).Distinct()
            .ToList();
        return kinds.Count > 0
            ? $"has weights in {string.Join(" and ", kinds)} only; supported are safetensors: model*.safetensors with config.json, or "
                + "consolidated*.safetensors with params.json"
            : "has no weights in its top folder" + (names.Count > 0 ? $": it has {HubRefusal.Few(names)}" : ", which is empty");

        static bool IsSafetensors(string name) => name.EndsWith(".safetensors", StringComparison.Ordinal);
    }

    private static string? FixOf(HubListing listing) => listing.Has("adapter_config.json")
        ? "merge the adapter into its base model, upload the result, and name that repository"
        : listing.Files.Any(file => file.Name.EndsWith(".gguf", StringComparison.Ordinal))
            ? "name the repository that the GGUF files were made from"
            : null;

    [GeneratedRegex(@"-(?<number>[0-9]{5})-of-(?<count>[0-9]{5})\.safetensors$", RegexOptions.CultureInvariant)]
    private static partial Regex Numbered();

    [GeneratedRegex(@"^(tekken\.json|tokenizer\.model.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Tokenizers();
}
