using System.Globalization;
using System.Text;

namespace Infra.Cli.CommandLine;

/// <summary>
/// Untrusted text for a terminal, such as a model's answer or a server's log: it must not move the cursor, reorder letters or hide any.
/// Such characters become U+FFFD.
/// </summary>
internal static class Printable
{
    /// <summary>More combining marks than any language uses would cover the lines above and below.</summary>
    private const int MostMarks = 4;

    /// <summary>The text with line breaks and tabs, without any other invisible character.</summary>
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

    /// <summary>A single line of it, with a maximum length.</summary>
    public static string Line(string text, int most = 500)
    {
        var line = Text(text).ReplaceLineEndings(" ").Replace('\t', ' ');
        return line.Length <= most ? line : $"{line[..most]}...";
    }
}
