using System.Globalization;
using System.Text.RegularExpressions;

namespace Infra.Cli.Project;

/// <summary>
/// What a scalar means to the CLI's YAML parser (gopkg.in/yaml.v3, resolve.go): YAML 1.2, with the octal numbers and the underscores of
/// YAML 1.1, but without its <c>yes</c> and <c>no</c>.
/// </summary>
internal static partial class YamlScalar
{
    /// <summary>The tag of a scalar, and its value: null, bool, long, ulong, double, <see cref="YamlTime"/> or string.</summary>
    /// <param name="tag">Its own tag, in short form; empty: none.</param>
    /// <param name="text">A scalar without quotes, or with a tag.</param>
    /// <param name="line">For the message.</param>
    /// <exception cref="YamlFault">The tag and the text contradict each other.</exception>
    public static (string Tag, object? Value) Resolve(string tag, string text, long line)
    {
        if (tag is not ("" or "!!str" or "!!bool" or "!!int" or "!!float" or "!!null" or "!!timestamp"))
        {
            return (tag, text);
        }

        if (tag == "!!str")
        {
            return (tag, text);
        }

        var (found, value) = Meaning(tag, text);
        return tag.Length == 0 || tag == found ? (found, value)
            : tag == "!!float" && value is long whole ? (tag, (double)whole)
            : throw new YamlFault(line, $"has a value with the tag {tag} that is none");
    }

    private static (string Tag, object? Value) Meaning(string tag, string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => ("!!null", null),
        "true" or "True" or "TRUE" => ("!!bool", true),
        "false" or "False" or "FALSE" => ("!!bool", false),
        ".nan" or ".NaN" or ".NAN" => ("!!float", double.NaN),
        ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" => ("!!float", double.PositiveInfinity),
        "-.inf" or "-.Inf" or "-.INF" => ("!!float", double.NegativeInfinity),
        "<<" => ("!!merge", text),
        ['.', ..] => PointFloat().IsMatch(text) && Float(text.Replace("_", "", StringComparison.Ordinal)) is { } number
            ? ("!!float", number) : ("!!str", text),
        ['+' or '-' or (>= '0' and <= '9'), ..] => Number(tag, text),
        _ => ("!!str", text),
    };

    private static (string Tag, object? Value) Number(string tag, string text)
    {
        if (tag is "" or "!!timestamp" && YamlTime.TryParse(text, out var time))
        {
            return ("!!timestamp", time);
        }

        var plain = text.Replace("_", "", StringComparison.Ordinal);
        if (Whole(plain, 0) is { } whole)
        {
            return ("!!int", whole);
        }

        if (StyleFloat().IsMatch(plain) && Float(plain) is { } number)
        {
            return ("!!float", number);
        }

        // A sign behind the prefix, which the first attempt does not take.
        var late = plain.StartsWith("0b", StringComparison.Ordinal) ? Whole(plain[2..], 2)
            : plain.StartsWith("0o", StringComparison.Ordinal) ? Whole(plain[2..], 8)
            : null;
        return late is { } value ? ("!!int", value) : ("!!str", text);
    }

    /// <summary>Go's <c>strconv.ParseInt</c>, then <c>ParseUint</c>; with base 0 by its prefix, where a leading 0 is octal.</summary>
    private static object? Whole(string text, uint numberBase)
    {
        var negative = text is ['-', ..];
        var digits = text is ['-' or '+', ..] ? text.AsSpan(1) : text.AsSpan();
        if (digits.IsEmpty)
        {
            return null;
        }

        if (numberBase == 0)
        {
            (numberBase, var prefix) = digits switch
            {
                ['0', 'b' or 'B', _, ..] => (2u, 2),
                ['0', 'o' or 'O', _, ..] => (8u, 2),
                ['0', 'x' or 'X', _, ..] => (16u, 2),
                ['0', ..] => (8u, 1),
                _ => (10u, 0),
            };
            digits = digits[prefix..];
        }

        UInt128 sum = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiHexDigit(digit) || Convert.ToUInt32(digit.ToString(), 16) is var value && value >= numberBase)
            {
                return null;
            }

            sum = (sum * numberBase) + value;
            if (sum > ulong.MaxValue)
            {
                return null;
            }
        }

        return negative ? sum <= (UInt128)long.MaxValue + 1 ? (long)-(Int128)sum : null
            : sum <= long.MaxValue ? (long)sum
            : text is ['+', ..] ? null : (object)(ulong)sum;
    }

    // Go refuses what is too large; .NET makes it infinite.
    private static double? Float(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex StyleFloat();

    [GeneratedRegex(@"^\.[0-9]+(_[0-9]+)*([eE][-+]?[0-9]+(_[0-9]+)*)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex PointFloat();
}
