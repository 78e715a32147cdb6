using System.Globalization;
using System.Text.RegularExpressions;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider.Manners;

/// <summary>Messages of the provider, from the templates of <see cref="ProviderManners"/>.</summary>
internal static partial class ProviderWords
{
    private const string MissingWords = "The resource you were accessing could not be found.";

    /// <summary>A message about a resource.</summary>
    /// <param name="text">The template: <c>{0}</c> is the reason, <c>{id}</c> and <c>{name}</c> are the resource's,
    /// <c>{404:path}</c> is the API's response.</param>
    /// <param name="resource">The resource.</param>
    /// <param name="reason">The reason.</param>
    public static string Of(string text, CloudResource resource, string reason) => NotFound().Replace(text, match =>
        ProviderException.Answer("DELETE", $"{match.Groups[1].Value}/{resource.Id}", 404, MissingWords))
        .Replace("{0}", reason, StringComparison.Ordinal)
        .Replace("{id}", resource.Id, StringComparison.Ordinal)
        .Replace("{name}", resource.CloudName, StringComparison.Ordinal);

    /// <summary>A wait that came to no end.</summary>
    /// <param name="target">The state that it waited for.</param>
    /// <param name="last">The state that it saw last; null: none.</param>
    /// <param name="limit">How long it waited.</param>
    public static string Timeout(string target, string? last, TimeSpan limit) =>
        $"timeout while waiting for state to become '{target}' ({(last is null ? "" : $"last state: '{last}', ")}timeout: {Go(limit)})";

    /// <summary>A duration in Go's format: <c>1m0s</c>.</summary>
    private static string Go(TimeSpan time) => string.Create(CultureInfo.InvariantCulture,
        $"{(time.TotalHours >= 1 ? $"{(int)time.TotalHours}h" : "")}{(time.TotalMinutes >= 1 ? $"{time.Minutes}m" : "")}{time.Seconds}s");

    [GeneratedRegex(@"\{404:([^}]+)\}")]
    private static partial Regex NotFound();
}
