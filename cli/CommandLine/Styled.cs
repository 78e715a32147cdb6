using Spectre.Console;

namespace Infra.Cli.CommandLine;

/// <summary>
/// Text in styles. Spectre's markup would replace <c>:key:</c> in a text with an emoji, and its parser is 350 methods to compile at each
/// start.
/// </summary>
internal static class Styled
{
    public static readonly Style Plain = Style.Plain;
    public static readonly Style Bold = new(decoration: Decoration.Bold);
    public static readonly Style Grey = new(Color.Grey);
    public static readonly Style Green = new(Color.Green);
    public static readonly Style Yellow = new(Color.Yellow);
    public static readonly Style Red = new(Color.Red);

    /// <summary>Parts of one text, each in its style.</summary>
    public static Paragraph Text(params ReadOnlySpan<(string Text, Style Style)> parts)
    {
        var paragraph = new Paragraph();
        foreach (var (text, style) in parts)
        {
            paragraph.Append(text, style);
        }

        return paragraph;
    }

    public static void WriteStyled(this IAnsiConsole console, params ReadOnlySpan<(string Text, Style Style)> parts)
    {
        console.Write(Text(parts));
        console.WriteLine();
    }

    /// <summary>Columns of text, aligned left.</summary>
    public static Table WithColumns(this Table table, params ReadOnlySpan<string> headings)
    {
        foreach (var heading in headings)
        {
            table.AddColumn(new TableColumn(new Text(heading)));
        }

        return table;
    }

    /// <summary>Columns of numbers, aligned right.</summary>
    public static Table WithNumbers(this Table table, params ReadOnlySpan<string> headings)
    {
        foreach (var heading in headings)
        {
            table.AddColumn(new TableColumn(new Text(heading)).RightAligned());
        }

        return table;
    }
}
