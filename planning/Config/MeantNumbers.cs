using System.Globalization;
using System.Text.RegularExpressions;

namespace Infra.Planning.Config;

/// <summary>Whole numbers that were meant by text with separators, prefixes and units.</summary>
internal static partial class MeantNumbers
{
    private static readonly string[][] s_words =
    [
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight"],
        ["null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht"],
        ["zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit"],
    ];

    /// <summary>
    /// <c>32768</c> for <c>32k</c>, <c>32,768</c> or <c>32 768</c>; <c>90</c> for <c>1h30m</c> or <c>1:30</c> where minutes are due,
    /// <c>1024</c> for <c>1TB</c> where GiB are; <c>2</c> for <c>x2</c>. Null if the number is not certain: <c>2,5</c> is neither 25 nor 2.
    /// </summary>
    /// <param name="text">The text, trimmed.</param>
    /// <param name="path">Path of the setting, which ends in its unit.</param>
    public static string? Whole(string text, string path)
    {
        var lower = text.ToLowerInvariant();
        if (s_words.Select(words => Array.IndexOf(words, lower)).FirstOrDefault(index => index > 0) is > 0 and var word)
        {
            return word.ToString(CultureInfo.InvariantCulture);
        }
        if (IsMinutes(path) && HoursAndMinutes().Match(lower) is { Success: true } time)
        {
            return ((60 * int.Parse(time.Groups["hours"].Value, CultureInfo.InvariantCulture))
                + int.Parse(time.Groups["minutes"].Value, CultureInfo.InvariantCulture)).ToString(CultureInfo.InvariantCulture);
        }
        if (Number().Match(Ungrouped(text)) is not { Success: true } match || Digits(match.Groups["digits"].Value, path) is not { } number
            || Unit(match.Groups["unit"].Value.ToLowerInvariant(), path) is not { } factor)
        {
            return null;
        }
        var count = factor > 0 ? number * factor : Math.Ceiling(number / -factor);
        return count is <= int.MaxValue and >= int.MinValue && decimal.IsInteger(count)
            ? count.ToString("0", CultureInfo.InvariantCulture)
            : null;
    }

    /// <summary><c>16384</c> for <c>16 384</c>, <c>16'384</c>: without separators that are neither comma nor point.</summary>
    public static string Ungrouped(string text) => Separator().Replace(text, "");

    private static decimal? Digits(string digits, string path)
    {
        digits = digits.Replace("_", "", StringComparison.Ordinal);
        // A point is a decimal one, but tokens are never so few.
        var isGrouped = Grouped().IsMatch(digits) || (IsTokens(path) && GroupedByPoints().IsMatch(digits));
        return decimal.TryParse(isGrouped ? string.Concat(digits.Where(letter => letter is not (',' or '.'))) : digits,
            NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
    }

    private static bool IsTokens(string path) =>
        path.EndsWith("contextLength", StringComparison.Ordinal) || path.EndsWith("Tokens", StringComparison.Ordinal);

    /// <summary>Factor of a unit; negative: the divisor.</summary>
    private static decimal? Unit(string unit, string path) => unit switch
    {
        "h" or "hr" or "hour" or "hours" when IsMinutes(path) => 60,
        "s" or "sec" or "second" or "seconds" when IsMinutes(path) => -60,
        "/s" or "/sec" or "/second" when path.EndsWith("PerMinute", StringComparison.Ordinal) => 60,
        "t" or "tb" or "ti" or "tib" when path.EndsWith("GiB", StringComparison.Ordinal) => 1024,
        "k" or "ki" or "kb" or "kib" => IsTokens(path) ? 1024 : 1000,
        "m" when IsTokens(path) => 1024 * 1024,
        _ when unit.StartsWith('k') && IsTokens(path) => 1024,
        _ when unit.StartsWith('/') && !unit.StartsWith("/m", StringComparison.Ordinal) => null,
        _ => 1,
    };

    private static bool IsMinutes(string path) => path.EndsWith("Minutes", StringComparison.Ordinal);

    [GeneratedRegex(@"(?<=(^|[^0-9])[0-9]{1,3}([ \u00a0\u2009\u202f'\u2019][0-9]{3})*)[ \u00a0\u2009\u202f'\u2019](?=[0-9]{3}([^0-9]|$))",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Separator();

    [GeneratedRegex("^(?<hours>1?[0-9]|2[0-3]) ?(:|h|hours?( and)?) ?(?<minutes>[0-5]?[0-9]) ?(m|min|minutes?)?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex HoursAndMinutes();

    [GeneratedRegex("^([x\u00d7] ?)?(?<digits>-?[0-9][0-9_,.]*) *(?<unit>/?[A-Za-z\u00d7]*)( *[A-Za-z]+)?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Number();

    [GeneratedRegex(@"^-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Grouped();

    [GeneratedRegex(@"^-?[0-9]{1,3}(\.[0-9]{3})+$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex GroupedByPoints();
}
