using System.Globalization;
using System.Text.RegularExpressions;

namespace Infra.Cli.Project;

/// <summary>
/// A timestamp: what the CLI's YAML parser makes of a date without quotes (gopkg.in/yaml.v3, resolve.go, parseTimestamp).
/// </summary>
/// <param name="At">The moment, with its offset.</param>
/// <param name="Fraction">Digits of a second behind the point, without trailing zeros.</param>
internal sealed partial record YamlTime(DateTimeOffset At, string Fraction)
{
    private const int MostFractionDigits = 9;

    public static bool TryParse(string text, out YamlTime? time)
    {
        time = null;
        // Most texts are none, and the expression takes the runtime long to compile.
        if (text is not [_, _, _, _, '-', ..] || Shape().Match(text) is not { Success: true } match)
        {
            return false;
        }

        int Part(string name) =>
            match.Groups[name] is { Success: true } group ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : 0;
        var minutes = (Part("offsetHours") * 60) + Part("offsetMinutes");
        var offset = TimeSpan.FromMinutes(match.Groups["sign"].Value == "-" ? -minutes : minutes);
        if (Part("offsetMinutes") > 59 || Part("month") is 0 or > 12 || Part("year") == 0 || Part("day") == 0
            || Part("day") > DateTime.DaysInMonth(Part("year"), Part("month"))
            || Part("hour") > 23 || Part("minute") > 59 || Part("second") > 59 || offset.Duration() > TimeSpan.FromHours(14))
        {
            return false;
        }

        var local = new DateTime(Part("year"), Part("month"), Part("day"), Part("hour"), Part("minute"), Part("second"));
        if ((local - offset).Ticks < 0 || local.Ticks - offset.Ticks is < 0 or > 3_155_378_975_999_999_999)
        {
            return false;
        }

        var fraction = match.Groups["fraction"].Value;
        time = new(new DateTimeOffset(local, offset), fraction[..Math.Min(fraction.Length, MostFractionDigits)].TrimEnd('0'));
        return true;
    }

    /// <summary>Go's <c>time.Time.String()</c>, which is the text that the CLI passes on: <c>2026-11-29 00:00:00 +0000 UTC</c>.</summary>
    public override string ToString()
    {
        var offset = string.Create(CultureInfo.InvariantCulture,
            $"{(At.Offset < TimeSpan.Zero ? '-' : '+')}{At.Offset:hhmm}");
        return string.Create(CultureInfo.InvariantCulture,
            $"{At:yyyy-MM-dd HH:mm:ss}{(Fraction.Length > 0 ? "." : "")}{Fraction} {offset} "
                + $"{(At.Offset == TimeSpan.Zero ? "UTC" : offset)}");
    }

    // 2006-1-2T15:4:5.999999999Z07:00, the same with t, 2006-1-2 15:4:5.999999999, and 2006-1-2.
    [GeneratedRegex(@"^(?<year>[0-9]{4})-(?<month>[0-9]{1,2})-(?<day>[0-9]{1,2})"
        + @"(([Tt](?<hour>[0-9]{1,2}):(?<minute>[0-9]{1,2}):(?<second>[0-9]{1,2})([.,](?<fraction>[0-9]+))?"
        + @"(Z|(?<sign>[-+])(?<offsetHours>[0-9]{2}):(?<offsetMinutes>[0-9]{2})))"
        + @"|( (?<hour>[0-9]{1,2}):(?<minute>[0-9]{1,2}):(?<second>[0-9]{1,2})([.,](?<fraction>[0-9]+))?))?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Shape();
}
