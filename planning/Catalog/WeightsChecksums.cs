using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Infra.Planning.Catalog;

/// <summary>Checksums of weights that the catalog pins, and their format in node.env (<c>weights_listing.py</c> reads it).</summary>
public static partial class WeightsChecksums
{
    /// <summary>Limit of files per row; user data has no room for many more marks.</summary>
    internal const int Most = 400;

    /// <summary>Hex digits of the SHA-256 of a file's name, by which a node finds its mark.</summary>
    private const int NameDigits = 8;

    /// <summary>
    /// Hex digits of a file's SHA-256 in the mark: they only identify a file that differs; the digest over all lines is the check.
    /// </summary>
    private const int ContentDigits = 4;

    /// <summary>No checksums.</summary>
    public static IReadOnlyDictionary<string, string> None { get; } = new Dictionary<string, string>();

    /// <summary>The row's checksums, unless another commit is served.</summary>
    public static IReadOnlyDictionary<string, string> Of(ModelSpec model, string revision) =>
        model.Checksums is { } checksums && revision == model.Revision ? checksums : None;

    /// <summary>
    /// Value of <c>MODEL_CHECKSUMS</c>: the SHA-256 over the output of <c>sha256sum</c> for the files, sorted by name, and a mark for each
    /// file. The full list of a large model would not fit into user data.
    /// </summary>
    /// <param name="checksums">SHA-256 by name.</param>
    public static string Marks(IReadOnlyDictionary<string, string> checksums)
    {
        if (checksums.Count == 0)
        {
            return "";
        }

        var files = checksums.OrderBy(file => file.Key, StringComparer.Ordinal).ToList();
        var lines = string.Concat(files.Select(file => $"{file.Value}  {file.Key}\n"));
        return string.Join(' ', files.Select(file => Sha256(file.Key)[..NameDigits] + file.Value[..ContentDigits]).Prepend(Sha256(lines)));
    }

    /// <summary>Whether a node fetches a file of that name for a copy of the weights, as in <c>weights_listing.py</c>.</summary>
    public static bool IsFetched(string name, WeightsFormat format)
    {
        var (ours, other) = format == WeightsFormat.Mistral ? ("consolidated", "model") : ("model", "consolidated");
        var isWeights = name.StartsWith(ours, StringComparison.Ordinal) && name.EndsWith(".safetensors", StringComparison.Ordinal);
        return Regex.IsMatch(name, Patterns.WeightsFile, RegexOptions.CultureInvariant)
            && (isWeights || (Small().IsMatch(name) && !name.StartsWith($"{other}.safetensors", StringComparison.Ordinal)));
    }

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    [GeneratedRegex(@"\A(?:.*\.(?:json|jinja|model|model\.v[0-9]+)|SYSTEM_PROMPT\.txt)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Small();
}
