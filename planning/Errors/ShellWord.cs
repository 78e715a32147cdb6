using System.Text.RegularExpressions;

namespace Infra.Planning.Errors;

/// <summary>Text as one word of a shell command.</summary>
public static partial class ShellWord
{
    /// <summary>As it is if no shell reads anything into it, else in single quotes.</summary>
    public static string Of(string text) => Plain().IsMatch(text) ? text : Quoted(text);

    /// <summary>In single quotes.</summary>
    internal static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    [GeneratedRegex("^[A-Za-z0-9_./:@%+=,-]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();
}
