using System.Text.RegularExpressions;

namespace Infra.Planning.Errors;

/// <summary>Values in messages.</summary>
internal static partial class ShownValue
{
    /// <summary>Whether a value looks like a private key or a token, which no message and no command shows.</summary>
    public static bool IsSecret(string text) => text.Contains("PRIVATE KEY", StringComparison.Ordinal) || Token().IsMatch(text);

    /// <summary>A value for a message: short, on one line, and masked if it is a secret or looks like a private key or a token.</summary>
    public static string Mask(string text, bool secret = false)
    {
        if (secret)
        {
            return "[secret]";
        }
        if (text.Contains("PRIVATE KEY", StringComparison.Ordinal))
        {
            return "[a private key]";
        }
        if (Token().IsMatch(text))
        {
            return "[a token]";
        }
        var line = string.Concat(text.Select(character => char.IsControl(character) ? '\u00b7' : character));
        return line.Length <= 80 ? line : $"{line[..77]}...";
    }

    /// <summary>Matches API tokens of Hugging Face, DigitalOcean, GitHub and Pulumi by prefix.</summary>
    [GeneratedRegex(@"(?<![A-Za-z0-9])(hf_|do[opr]_v1_|gh[pousr]_|pul-)[A-Za-z0-9]{16,}", RegexOptions.CultureInvariant)]
    private static partial Regex Token();
}
