using System.Globalization;
using System.Security;
using System.Text;
using System.Text.RegularExpressions;

namespace Infra.Tests.Golden;

/// <summary>
/// A terminal's output as a picture: SVG with the colors of a light or a dark terminal, as the reader's browser prefers. Knows the escape
/// sequences of colors and weights that Spectre.Console writes with 16 colors, and no others.
/// </summary>
internal static partial class AnsiPicture
{
    private const double CellWidth = 7.83;
    private const int LineHeight = 17;
    private const int Margin = 14;

    // One palette for each background, by the number of an ANSI color: 0 to 7, and 8 to 15 for the bright ones.
    private static readonly string[] s_light =
    [
        "#24292f", "#cf222e", "#116329", "#7d4e00", "#0550ae", "#8250df", "#1b7c83", "#57606a",
        "#57606a", "#a40e26", "#1a7f37", "#633c01", "#0969da", "#6639ba", "#3192aa", "#6e7781",
    ];

    private static readonly string[] s_dark =
    [
        "#8b949e", "#ff7b72", "#3fb950", "#d29922", "#58a6ff", "#bc8cff", "#39c5cf", "#c9d1d9",
        "#8b949e", "#ffa198", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#f0f6fc",
    ];

    /// <param name="title">Read by screen readers.</param>
    /// <param name="text">Lines with escape sequences.</param>
    /// <param name="columns">Longer lines continue on the next, as in a terminal of this width.</param>
    public static string Of(string title, string text, int columns)
    {
        var lines = text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').SelectMany(line => Rows(Runs(line), columns)).ToList();
        var (width, height) = ((int)(columns * CellWidth) + 2 * Margin, lines.Count * LineHeight + 2 * Margin);
        var svg = new StringBuilder();
        svg.Append("<svg role=\"img\" xmlns=\"http://www.w3.org/2000/svg\" xml:space=\"preserve\"");
        svg.Append(CultureInfo.InvariantCulture, $" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<title>{SecurityElement.Escape(title)}</title>\n<style>\n");
        svg.Append("text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; white-space: pre }\n");
        svg.Append(".b { font-weight: bold } .d { opacity: .7 } .i { font-style: italic } .u { text-decoration: underline }\n");
        var used = lines.SelectMany(line => line).Select(run => run.Color).OfType<int>().Distinct().Order().ToList();
        svg.Append(Palette("#ffffff", "#24292f", s_light, used));
        svg.Append("@media (prefers-color-scheme: dark) {\n").Append(Palette("#0d1117", "#e6edf3", s_dark, used)).Append("}\n</style>\n");
        svg.Append("<rect class=\"ground\" width=\"100%\" height=\"100%\" rx=\"6\"/>\n");
        foreach (var (row, line) in lines.Index())
        {
            foreach (var run in line.Where(run => run.Text.Trim().Length > 0))
            {
                svg.Append(Element(run, Margin + (row + 1) * LineHeight - 4));
            }
        }
        return svg.Append("</svg>\n").ToString();
    }

    // The text's length is fixed, so that columns stay in line in any font.
    private static string Element(Run run, int y)
    {
        var text = run.Text.TrimStart(' ');
        var start = run.Column + run.Text.Length - text.Length;
        text = text.TrimEnd(' ');
        return string.Create(CultureInfo.InvariantCulture,
            $"<text x=\"{Margin + start * CellWidth:0.##}\" y=\"{y}\" textLength=\"{text.Length * CellWidth:0.##}\" "
                + $"lengthAdjust=\"spacingAndGlyphs\"{(run.Class.Length > 0 ? $" class=\"{run.Class}\"" : "")}>"
                + $"{SecurityElement.Escape(text)}</text>\n");
    }

    private static string Palette(string ground, string text, string[] colors, IEnumerable<int> used) =>
        $".ground {{ fill: {ground} }} text {{ fill: {text} }}"
        + string.Concat(used.Select(color => $" .c{color.ToString(CultureInfo.InvariantCulture)} {{ fill: {colors[color]} }}")) + "\n";

    private static IEnumerable<IReadOnlyList<Run>> Rows(IReadOnlyList<Run> runs, int columns)
    {
        var length = runs.Sum(run => run.Text.Length);
        for (var from = 0; from == 0 || from < length; from += columns)
        {
            var (at, row) = (0, new List<Run>());
            foreach (var run in runs)
            {
                var (begin, end) = (Math.Max(at, from), Math.Min(at + run.Text.Length, from + columns));
                if (begin < end)
                {
                    row.Add(run with { Text = run.Text[(begin - at)..(end - at)], Column = begin - from });
                }
                at += run.Text.Length;
            }
            yield return row;
        }
    }

    private static List<Run> Runs(string line)
    {
        var runs = new List<Run>();
        var style = new Run("", 0, null, "");
        var from = 0;
        foreach (Match escape in Escape().Matches(line))
        {
            runs.Add(style with { Text = line[from..escape.Index] });
            from = escape.Index + escape.Length;
            var codes = escape.Groups["codes"].Value;
            style = escape.Groups["kind"].Value == "m" ? codes.Split(';').Aggregate(style, Styled)
                : throw new InvalidOperationException($"an escape sequence that is no style: {escape.Value[1..]}");
        }
        runs.Add(style with { Text = line[from..] });
        return runs;
    }

    private static Run Styled(Run style, string code) => (code.Length == 0 ? 0 : int.Parse(code, CultureInfo.InvariantCulture)) switch
    {
        0 => new("", 0, null, ""),
        1 => style with { Weight = $"{style.Weight} b" },
        2 => style with { Weight = $"{style.Weight} d" },
        3 => style with { Weight = $"{style.Weight} i" },
        4 => style with { Weight = $"{style.Weight} u" },
        >= 30 and <= 37 and var dark => style with { Color = dark - 30 },
        39 => style with { Color = null },
        >= 90 and <= 97 and var bright => style with { Color = bright - 90 + 8 },
        var other => throw new InvalidOperationException($"a style that the picture does not know: {other}"),
    };

    [GeneratedRegex("\u001b\\[(?<codes>[0-9;]*)(?<kind>[A-Za-z])")]
    private static partial Regex Escape();

    /// <summary>Text of one style.</summary>
    private sealed record Run(string Text, int Column, int? Color, string Weight)
    {
        public string Class => $"{(Color is { } color ? $"c{color.ToString(CultureInfo.InvariantCulture)}" : "")}{Weight}".Trim();
    }
}
