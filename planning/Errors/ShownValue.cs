namespace Infra.Planning.Errors;

/// <summary>Values in messages.</summary>
internal static class ShownValue
{
    public const string Secret = "[secret]";

    private const int LongestValue = 80;

    /// <summary>A value for a message: short, on one line, and masked if it is a secret or looks like one.</summary>
    public static string Mask(string text, bool secret = false)
    {
        if (secret)
        {
            return Secret;
        }
        switch (SecretWords.Kind(text))
        {
            case "a private key":
                return "[a private key]";
            case "a token":
                return "[a token]";
            case null when SecretWords.LooksRandom(text):
                return "[a token]";
        }
        var line = OneLine(SecretWords.Without(text));
        return line.Length <= LongestValue ? line : $"{line[..(LongestValue - 3)]}...";
    }

    /// <summary>The text with a dot for each control character.</summary>
    public static string OneLine(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(letter => char.IsControl(letter) ? '\u00b7' : letter)) : text;
}
