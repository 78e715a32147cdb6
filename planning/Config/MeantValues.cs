using System.Text.RegularExpressions;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;

namespace Infra.Planning.Config;

/// <summary>Valid values near to invalid ones, for fixes; null if there is none. A word of a shell each.</summary>
internal static partial class MeantValues
{
    /// <summary>Regions with a GPU size in the built-in catalog, sorted.</summary>
    public static IReadOnlyList<string> Regions =>
        [.. ModelCatalog.Load().Sizes.Values.SelectMany(size => size.Regions).Distinct().Order(StringComparer.Ordinal)];

    /// <summary><c>tor1</c> for <c>TOR1</c>, <c>Toronto</c>; <c>nyc2</c> for <c>New York</c>.</summary>
    public static string? Region(string text)
    {
        var written = string.Concat(text.Where(char.IsLetterOrDigit)).ToLowerInvariant();
        var city = written.StartsWith("newyork", StringComparison.Ordinal) ? "nyc"
            : written.StartsWith("kansas", StringComparison.Ordinal) ? "mkc" : written;
        return Regions.FirstOrDefault(region => region == written)
            ?? Regions.FirstOrDefault(region => city.StartsWith(region[..3], StringComparison.Ordinal));
    }

    /// <summary><c>gpu-h100x1-80gb</c> for <c>GPU H100</c>, <c>H100:1</c>.</summary>
    public static string? Size(string text) =>
        NearMiss.Of(text.Trim().ToLowerInvariant().Replace(' ', '-').Replace('_', '-').Replace(':', 'x'), ModelCatalog.Load().Sizes.Keys)
            is [var near, ..]
            ? near
            : null;

    /// <summary>The content of the file, for the path of a public key.</summary>
    public static string? SshKeyFile(string text) => KeyFile().IsMatch(text) ? $"\"$(cat {text})\"" : null;

    /// <summary><c>my-model</c> for <c>my model</c>.</summary>
    public static string? ServedModelName(string text)
    {
        var name = NotInServedName().Replace(text, "-").TrimStart('.', '_', '-', ':', '/');
        name = name[..Math.Min(name.Length, 128)].TrimEnd('-');
        return ConfigPatterns.ServedModelName().IsMatch(name) && !ShownValue.IsSecret(text) ? name : null;
    }

    /// <summary><c>team-ai</c> for <c>team ai</c>.</summary>
    public static string? Tag(string text, IReadOnlyList<string> tags)
    {
        var tag = NotInTag().Replace(text.Trim(), "-");
        tag = tag.StartsWith(Names.TagPrefix, StringComparison.OrdinalIgnoreCase)
            ? $"{Names.TagPrefix.TrimEnd(':')}-{tag[Names.TagPrefix.Length..]}"
            : tag;
        tag = tag[..Math.Min(tag.Length, 255)];
        return ConfigPatterns.Tag().IsMatch(tag) && tag.Any(char.IsAsciiLetterOrDigit) && !ShownValue.IsSecret(text)
            && !tags.Contains(tag, StringComparer.OrdinalIgnoreCase)
            ? tag
            : null;
    }

    /// <summary>A name that no other client has.</summary>
    public static string Client(string text, IReadOnlyList<ClientConfig> clients) => Enumerable.Range(1, clients.Count + 1)
        .Select(index => Names.Nearest(ShownValue.IsSecret(text) ? "" : text, index))
        .First(free => clients.All(client => client.Name != free));

    /// <summary><c>https://app.example.com</c> for <c>http://App.example.com/</c>.</summary>
    public static string? Origin(string text)
    {
        var host = text.Trim().ToLowerInvariant();
        var scheme = host.IndexOf("://", StringComparison.Ordinal);
        host = (scheme < 0 ? host : host[(scheme + 3)..]).Split('/', '?', '#')[0];
        host = host.EndsWith(":443", StringComparison.Ordinal) || host.EndsWith(":80", StringComparison.Ordinal)
            ? host[..host.LastIndexOf(':')]
            : host;
        var isOwn = host.Split(':')[0] is "localhost" or "127.0.0.1";
        var origin = $"{(isOwn ? "http" : "https")}://{host}";
        return (host.Contains('.', StringComparison.Ordinal) || isOwn) && ConfigPatterns.Origin().IsMatch(origin) ? origin : null;
    }

    [GeneratedRegex("^[A-Za-z0-9_./~-]+\\.pub$", RegexOptions.CultureInvariant)]
    private static partial Regex KeyFile();

    [GeneratedRegex("[^A-Za-z0-9._:/-]+", RegexOptions.CultureInvariant)]
    private static partial Regex NotInServedName();

    [GeneratedRegex(@"[^a-zA-Z0-9:\-_]+", RegexOptions.CultureInvariant)]
    private static partial Regex NotInTag();
}
