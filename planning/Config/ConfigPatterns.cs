using System.Text.RegularExpressions;

namespace Infra.Planning.Config;

/// <summary>Patterns of settings.</summary>
internal static partial class ConfigPatterns
{
    // \z, because $ also matches before a final line feed.
    [GeneratedRegex(@"^[a-z]{3}[0-9]\z", RegexOptions.CultureInvariant)]
    public static partial Regex Region();

    [GeneratedRegex(@"^[0-9a-f]{40}\z", RegexOptions.CultureInvariant)]
    public static partial Regex Commit();

    [GeneratedRegex(@"^[0-9]+\.[0-9]+\.[0-9]+\z", RegexOptions.CultureInvariant)]
    public static partial Regex Version();

    [GeneratedRegex(@"^[a-z0-9][a-z0-9.-]{0,127}\z", RegexOptions.CultureInvariant)]
    public static partial Regex Slug();

    /// <summary>One word of vLLM's command line, of an HTTP request, and of a log line.</summary>
    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}\z", RegexOptions.CultureInvariant)]
    public static partial Regex ServedModelName();

    /// <summary>
    /// What DigitalOcean accepts as a tag (terraform-provider-digitalocean, <c>digitalocean/tag/tags.go</c>, 2026-08-06).
    /// </summary>
    [GeneratedRegex(@"^[a-zA-Z0-9:\-_]{1,255}\z", RegexOptions.CultureInvariant)]
    public static partial Regex Tag();

    /// <summary>
    /// The origin of a page as a browser sends it (RFC 6454): scheme, host and a non-default port, in lower case. Without TLS only from the
    /// browser's own machine.
    /// </summary>
    [GeneratedRegex(
        @"^(https://(?!.{254})([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(?!:443\z)|http://(localhost|127\.0\.0\.1)(?!:80\z))(:[1-9][0-9]{0,4})?\z",
        RegexOptions.CultureInvariant)]
    public static partial Regex Origin();

    /// <summary>A host name of two labels or more, in lower case, the last one not a number.</summary>
    [GeneratedRegex(@"^(?=.{4,253}\z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])\z",
        RegexOptions.CultureInvariant)]
    public static partial Regex Domain();
}
