using System.Globalization;
using Infra.Planning.Errors;
using Infra.Planning.Hub;

namespace Infra.Cli.Hub;

/// <summary>
/// Asks a hub for what a proposal needs: the description of a repository, its list of files, and the small ones that describe it.
/// </summary>
internal static class HubReader
{
    /// <summary>Environment variable with the address of the hub, as the hub's own tools have it.</summary>
    public const string HubVariable = "HF_ENDPOINT";

    private const string HubOption = "--hub";

    // Largest files seen: a configuration of 0.1 MiB, an index of 9 MiB (DeepSeek R1), a page of the listing of 1 MiB.
    private const int ConfigBytes = 4 << 20;
    private const int IndexBytes = 64 << 20;
    private const int PageBytes = 8 << 20;
    private const int MostPages = 50;

    /// <summary>The address of the hub.</summary>
    /// <param name="typed">The option; null: the environment's, else the public hub.</param>
    /// <param name="environment">Value of <see cref="HubVariable"/>; null or empty: not set.</param>
    /// <exception cref="ConfigurationException">It is no address.</exception>
    public static Uri Hub(string? typed, string? environment)
    {
        var text = typed ?? (string.IsNullOrEmpty(environment) ? HubProposal.PublicHub : environment);
        return Uri.TryCreate(text, UriKind.Absolute, out var hub) && (hub.Scheme == Uri.UriSchemeHttps || hub.Scheme == Uri.UriSchemeHttp)
            && hub.UserInfo.Length == 0 && hub.Query.Length == 0 && hub.Fragment.Length == 0
            ? new Uri(hub.GetLeftPart(UriPartial.Path).TrimEnd('/'))
            : throw new ConfigurationException(new UserError(typed is null ? HubVariable : HubOption, text,
                "is not the address of a hub: http:// or https://, without user, query and fragment",
                typed is null ? $"unset {HubVariable}" : $"{HubOption} {HubProposal.PublicHub}"));
    }

    /// <summary>Reads a repository and proposes its row.</summary>
    /// <exception cref="ConfigurationException">It cannot be read, served or described: one message.</exception>
    public static async Task<HubProposal> ReadAsync(HubClient client, HubAddress address, Uri hub, TimeProvider clock)
    {
        var (description, _) = await client.GetAsync(
            $"/api/models/{address.Id}/revision/{Uri.EscapeDataString(address.Revision)}", PageBytes);
        var listing = HubListing.Of(address, description);
        listing = listing with { Files = await FilesAsync(client, address, listing.Commit) };
        var weights = HubWeights.Of(address, listing);
        var files = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (var name in weights.Configs.Append(weights.Index).OfType<string>())
        {
            (files[name], _) = await client.GetAsync(
                $"/{address.Id}/resolve/{listing.Commit}/{name}", name == weights.Index ? IndexBytes : ConfigBytes);
        }

        var today = clock.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return HubProposal.Of(address, listing, weights, files, hub.AbsoluteUri.TrimEnd('/'), today);
    }

    private static async Task<IReadOnlyList<HubEntry>> FilesAsync(HubClient client, HubAddress address, string commit)
    {
        var files = new List<HubEntry>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var page = $"/api/models/{address.Id}/tree/{commit}";
        while (page is not null)
        {
            if (!seen.Add(page) || seen.Count > MostPages)
            {
                throw new ConfigurationException(new UserError(HubAddress.Option, address.ToString(),
                    "has a list of files without an end", "check the address of the hub: --hub"));
            }

            var (content, next) = await client.GetAsync(page, PageBytes);
            files.AddRange(HubListing.Page(address, content));
            page = next?.AbsoluteUri;
        }

        return files;
    }
}
