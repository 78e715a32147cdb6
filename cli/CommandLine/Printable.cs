using System.Globalization;
using System.Text;

namespace Infra.Cli.CommandLine;

/// <summary>
/// Text of others, a model's answer or a server's log, on its way to a terminal: it may say anything, and must not move the cursor, change
/// the order of letters or hide some. What would is shown as U+FFFD.
/// </summary>
internal static class Printable
{
    /// <summary>More marks on one letter than any language writes cover the lines above and below.</summary>
    private const int MostMarks = 4;

    /// <summary>The text with its lines and tabs, and nothing else that is not seen.</summary>
    public static string Text(string text)
    {
        var clean = new StringBuilder(text.Length);
        var marks = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            marks = category is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark ? marks + 1 : 0;
            var shown = rune.Value is '\n' or '\t'
                || (marks <= MostMarks && category is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
                    or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
                    or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator));
            clean.Append((shown ? rune : Rune.ReplacementChar).ToString());
        }

        return clean.ToString();
    }

    /// <summary>One line of it, of at most so many letters.</summary>
    public static string Line(string text, int most = 500)
    {
        var line = Text(text).ReplaceLineEndings(" ").Replace('\t', ' ');
        return line.Length <= most ? line : $"{line[..most]}...";
    }
}
