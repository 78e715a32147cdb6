using System.Text.RegularExpressions;

namespace Infra.Planning.Errors;

/// <summary>Quoting of text as a single shell word.</summary>
public static partial class ShellWord
{
    /// <summary>The text, unquoted if no shell interprets it, else in single quotes.</summary>
    public static string Of(string text) => Plain().IsMatch(text) ? text : Quoted(text);

    /// <summary>The text in single quotes.</summary>
    internal static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    [GeneratedRegex("^[A-Za-z0-9_./:@%+=,-]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();
}
