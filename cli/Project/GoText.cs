using System.Globalization;

namespace Infra.Cli.Project;

/// <summary>Values as Go prints them: the text that the CLI passes to the program.</summary>
internal static class GoText
{
    // encoding/json, encode.go: floatEncoder.
    private const double LeastWithoutExponent = 1e-6;
    private const double MostWithoutExponent = 1e21;

    /// <summary>A scalar as <c>fmt</c> prints it with <c>%v</c>.</summary>
    public static string Of(object scalar) => scalar switch
    {
        bool flag => flag ? "true" : "false",
        double number => Shortest(number, exponentBelow: 1e-4, exponentFrom: 1e6),
        string text => Written(text),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => scalar.ToString()!,
    };

    /// <summary>
    /// The CLI writes the file again and reads that. A text of several lines is then a block (emitterc.go, write_literal_scalar), which
    /// loses a line break at its begin.
    /// </summary>
    private static string Written(string text)
    {
        var isInQuotes = text.EndsWith(' ') || text.Contains(" \n", StringComparison.Ordinal);
        if (isInQuotes || !text.Contains('\n', StringComparison.Ordinal))
        {
            return text;
        }
        return text[0] switch
        {
            '\n' => text[1..],
            '\t' => throw new YamlFault(
                0, "has a text of several lines that begins with a tab, which Pulumi does not read; remove the tab"),
            _ => text,
        };
    }

    /// <summary>A number as <c>encoding/json</c> writes it; null for what JSON has no word for: infinite, and not a number.</summary>
    public static string? Json(double number)
    {
        if (!double.IsFinite(number))
        {
            return null;
        }

        var text = Shortest(number, LeastWithoutExponent, MostWithoutExponent);
        // e-09 is e-9, but e+09 does not occur.
        return text.Contains("e-0", StringComparison.Ordinal) ? text.Replace("e-0", "e-", StringComparison.Ordinal) : text;
    }

    /// <summary>
    /// The fewest digits that are the same number. Minus zero is zero: the CLI writes and reads it once more, as an integer.
    /// </summary>
    private static string Shortest(double number, double exponentBelow, double exponentFrom)
    {
        if (number == 0)
        {
            return "0";
        }

        if (!double.IsFinite(number))
        {
            return double.IsNaN(number) ? "NaN" : number > 0 ? "+Inf" : "-Inf";
        }

        var parts = number.ToString("R", CultureInfo.InvariantCulture).TrimStart('-').Split('E');
        var written = parts[0].Replace(".", "", StringComparison.Ordinal);
        var digits = written.TrimStart('0');
        var exponent = (parts is [_, var tens] ? int.Parse(tens, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0)
            + parts[0].Split('.')[0].Length - 1 - (written.Length - digits.Length);
        digits = digits.TrimEnd('0');
        var sign = number < 0 ? "-" : "";
        var size = Math.Abs(number);
        if (size < exponentBelow || size >= exponentFrom)
        {
            var point = digits.Length > 1 ? $"{digits[0]}.{digits[1..]}" : digits;
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{point}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }

        return sign + (exponent < 0 ? $"0.{new string('0', -exponent - 1)}{digits}"
            : digits.Length <= exponent + 1 ? digits.PadRight(exponent + 1, '0')
            : $"{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}");
    }
}
