using System.Globalization;
using System.Text.RegularExpressions;

namespace Infra.Cli.Project;

/// <summary>
/// A range of versions of the CLI, read as the CLI reads it (github.com/blang/semver 3.5.1, range.go and semver.go):
/// <c>&gt;=3.5.0 !3.7.7</c>, <c>&lt;3.4.0 || &gt;3.8.0</c>, <c>3.x</c>. It has peculiarities: a part of one character is dropped, and
/// blanks behind an operator count as none.
/// </summary>
internal sealed partial class VersionRange
{
    private const int PartsOfVersion = 3;

    private static readonly string[] s_operators = ["", "=", "==", "!", "!=", "<", "<=", ">", ">="];

    /// <summary>One of these must hold, and of it each bound.</summary>
    private readonly List<List<Bound>> _either;

    private VersionRange(List<List<Bound>> either) => _either = either;

    /// <param name="text">The range.</param>
    /// <returns>Null if the CLI refuses it.</returns>
    public static VersionRange? TryParse(string text)
    {
        List<List<Bound>> either = [[]];
        foreach (var part in Parts(text))
        {
            if (part == "||")
            {
                either.Add([]);
            }
            else if (Bounds(part) is { } bounds)
            {
                either[^1].AddRange(bounds);
            }
            else
            {
                return null;
            }
        }

        return either.TrueForAll(static all => all.Count > 0) ? new(either) : null;
    }

    /// <summary>Whether a release is in the range: that version, or one after it.</summary>
    public bool HasFrom(ReleaseNumber least) => _either.SelectMany(static all => all)
        .SelectMany(static bound => new[] { bound.Version, bound.Version with { Patch = bound.Version.Patch + 1 } })
        .Append(least)
        .Any(release => release.CompareTo(least) >= 0 && _either.Exists(all => all.TrueForAll(bound => bound.Allows(release))));

    /// <summary>Parts between blanks, except those behind an operator (splitAndTrim).</summary>
    private static IEnumerable<string> Parts(string text)
    {
        var start = 0;
        var before = '\0';
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != ' ')
            {
                before = text[at];
            }
            else if (before is not ('<' or '>' or '='))
            {
                if (start < at - 1)
                {
                    yield return text[start..at].Replace(" ", "", StringComparison.Ordinal);
                }

                start = at + 1;
            }
        }

        if (start < text.Length - 1)
        {
            yield return text[start..].Replace(" ", "", StringComparison.Ordinal);
        }
    }

    /// <summary>One bound, or the two that a wildcard may stand for; null if the part is none.</summary>
    private static List<Bound>? Bounds(string part)
    {
        var bounds = Expanded(part).Select(Single).ToList();
        return bounds.Contains(null) ? null : [.. bounds.OfType<Bound>()];
    }

    /// <summary>As expandWildcardVersion: <c>3.x</c> is all of 3, but <c>3.x.x</c> only 3.0.</summary>
    private static string[] Expanded(string part)
    {
        if (!part.Contains('x', StringComparison.Ordinal))
        {
            return [part];
        }

        var (sign, version) = Split(part);
        var flat = First(First(version, ".x.x", ".x"), ".x", ".0");
        flat = flat.Split('.').Length == PartsOfVersion - 1 ? $"{flat}.0" : flat;
        var next = version.Split('.') is [.., "x"] pieces ? Next(flat.Split('.'), pieces.Length - PartsOfVersion + 1) : "";
        return sign switch
        {
            ">" => [$">={next}"],
            "<=" => [$"<{next}"],
            "" or "=" or "==" => [$">={flat}", $"<{next}"],
            "!" or "!=" => [$"<{flat}", $">={next}"],
            "<" or ">=" => [$"{sign}{flat}"],
            _ => [flat],
        };
    }

    /// <param name="parts">Of a version.</param>
    /// <param name="counted">The part that counts up: 0 or 1; of others there is no next version.</param>
    private static string Next(string[] parts, int counted)
    {
        if (counted is not (0 or 1)
            || !long.TryParse(parts[counted], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return "";
        }

        parts[counted] = (number + 1).ToString(CultureInfo.InvariantCulture);
        return string.Join('.', parts);
    }

    private static string First(string text, string from, string to) =>
        text.IndexOf(from, StringComparison.Ordinal) is >= 0 and var at ? $"{text[..at]}{to}{text[(at + from.Length)..]}" : text;

    private static (string Sign, string Version) Split(string part) =>
        part.AsSpan().IndexOfAnyInRange('0', '9') is >= 0 and var digit ? (part[..digit].Trim(), part[digit..]) : (part, "");

    private static Bound? Single(string part)
    {
        var (sign, version) = Split(part);
        return s_operators.Contains(sign, StringComparer.Ordinal) && Release().Match(version) is { Success: true } release
            && Number(release) is { } numbers ? new(sign, numbers, release.Groups["pre"].Success) : null;
    }

    private static ReleaseNumber? Number(Match match)
    {
        var parts = new ulong[PartsOfVersion];
        string[] names = ["major", "minor", "patch"];
        for (var at = 0; at < parts.Length; at++)
        {
            if (!ulong.TryParse(match.Groups[names[at]].Value, NumberStyles.None, CultureInfo.InvariantCulture, out parts[at]))
            {
                return null;
            }
        }

        return new(parts[0], parts[1], parts[2]);
    }

    [GeneratedRegex(@"^(?<major>0|[1-9][0-9]*)\.(?<minor>0|[1-9][0-9]*)\.(?<patch>0|[1-9][0-9]*)"
        + @"(?<pre>-(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?"
        + @"(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Release();

    /// <param name="Sign">An operator.</param>
    /// <param name="Version">What is behind it.</param>
    /// <param name="IsPrerelease">Whether it is before the release of these numbers.</param>
    private sealed record Bound(string Sign, ReleaseNumber Version, bool IsPrerelease)
    {
        public bool Allows(ReleaseNumber release)
        {
            var order = release.CompareTo(Version) is var compared && compared == 0 && IsPrerelease ? 1 : compared;
            return Sign switch
            {
                "<" => order < 0,
                "<=" => order <= 0,
                ">" => order > 0,
                ">=" => order >= 0,
                "!" or "!=" => order != 0,
                _ => order == 0,
            };
        }
    }
}

/// <summary>Numbers of a release.</summary>
internal readonly record struct ReleaseNumber(ulong Major, ulong Minor, ulong Patch) : IComparable<ReleaseNumber>
{
    public int CompareTo(ReleaseNumber other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));
}
