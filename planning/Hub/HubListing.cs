using System.Text.Json;
using System.Text.RegularExpressions;
using Infra.Planning.Errors;

namespace Infra.Planning.Hub;

/// <summary>A file in the top folder of a repository.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Its size.</param>
public sealed record HubEntry(string Name, long Bytes);

/// <summary>What a hub reports about a repository at one commit, apart from the content of files.</summary>
/// <param name="Commit">The commit: 40 hex digits.</param>
/// <param name="Gated">Whether an accepted licence is required.</param>
/// <param name="Licence">The licence as the hub spells it; null: none is stated.</param>
public sealed partial record HubListing(string Commit, bool Gated, string? Licence)
{
    /// <summary>More bytes than any file has: a larger number is a mistake of the hub.</summary>
    private const long MostBytes = 1L << 50;

    /// <summary>The models that it was made from, as its card states (<c>base_model</c>): repository ids.</summary>
    public IReadOnlyList<string> BaseModels { get; init; } = [];

    /// <summary>The files of the top folder.</summary>
    public IReadOnlyList<HubEntry> Files { get; init; } = [];

    /// <summary>Reads the hub's answer about the repository (<c>/api/models/ID/revision/REVISION</c>).</summary>
    /// <exception cref="ConfigurationException">It has another form.</exception>
    public static HubListing Of(HubAddress address, ReadOnlyMemory<byte> utf8)
    {
        var answer = HubJson.Read(address, "description", utf8);
        if (answer.Text("sha") is not { } commit || !Commits().IsMatch(commit))
        {
            throw HubRefusal.Of(address, "has no commit (sha) in the hub's description of it", "check the address of the hub: --hub");
        }

        // A repository that was renamed answers under its old name, by a redirect.
        if (answer.Text("id") is { } now && Ids().IsMatch(now) && now != address.Id)
        {
            throw HubRefusal.Of(address, $"is now called {now} on the hub",
                $"{HubAddress.Option} {new HubAddress(now, address.Revision)}");
        }

        // false, or the way to get access: "auto", "manual".
        var gated = answer.Member("gated") is { ValueKind: JsonValueKind.String or JsonValueKind.True };
        var licence = answer.Object("cardData")?.Texts("license") is [var stated, ..] ? stated
            : answer.Texts("tags").FirstOrDefault(tag => tag.StartsWith(LicenceTag, StringComparison.Ordinal))?[LicenceTag.Length..];
        return new(commit, gated, licence is not null && Words().IsMatch(licence) ? licence : null) { BaseModels = [.. Bases(answer)] };
    }

    /// <summary>The card has ids; a tag also how the model was made from it: <c>base_model:quantized:OWNER/NAME</c>.</summary>
    private static IEnumerable<string> Bases(HubJson answer) => (answer.Object("cardData")?.Texts("base_model") ?? [])
        .Concat(answer.Texts("tags").Where(tag => tag.StartsWith(BaseTag, StringComparison.Ordinal)).Select(tag => tag.Split(':')[^1]))
        .Where(id => Ids().IsMatch(id)).Distinct(StringComparer.Ordinal);

    /// <summary>Reads a page of the hub's list of files (<c>/api/models/ID/tree/COMMIT</c>).</summary>
    /// <exception cref="ConfigurationException">It has another form.</exception>
    public static IReadOnlyList<HubEntry> Page(HubAddress address, ReadOnlyMemory<byte> utf8)
    {
        var page = HubJson.Parse(address, "list of files", utf8);
        if (page.ValueKind != JsonValueKind.Array)
        {
            throw HubRefusal.Of(address, "has a list of files that is not a JSON array", "check the address of the hub: --hub");
        }

        return [.. page.EnumerateArray().Select(row => Entry(address, row)).OfType<HubEntry>()];
    }

    /// <summary>Whether a file is there.</summary>
    public bool Has(string name) => Files.Any(file => file.Name == name);

    /// <summary>A row of the listing; null for folders and for files in them.</summary>
    private static HubEntry? Entry(HubAddress address, JsonElement row)
    {
        if (row.ValueKind != JsonValueKind.Object || !row.TryGetProperty("path", out var path)
            || path.ValueKind != JsonValueKind.String || path.GetString() is not { } name || !Names().IsMatch(name)
            || !row.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String || type.GetString() != "file")
        {
            return null;
        }

        // For a large file, "size" of older hubs is that of its pointer.
        var sized = row.TryGetProperty("lfs", out var large) && large.ValueKind == JsonValueKind.Object ? large : row;
        return sized.TryGetProperty("size", out var size) && size.ValueKind == JsonValueKind.Number && size.TryGetInt64(out var bytes)
            && bytes is >= 0 and < MostBytes
            ? new(name, bytes)
            : throw HubRefusal.Of(address, $"has a list of files without a usable size of {name}", "check the address of the hub: --hub");
    }

    private const string LicenceTag = "license:";
    private const string BaseTag = "base_model:";

    [GeneratedRegex("^[0-9a-f]{40}$", RegexOptions.CultureInvariant)]
    private static partial Regex Commits();

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}$", RegexOptions.CultureInvariant)]
    private static partial Regex Ids();

    // As nodes accept names (weights_listing.py).
    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$", RegexOptions.CultureInvariant)]
    private static partial Regex Names();

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9 ._-]{0,60}$", RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}
