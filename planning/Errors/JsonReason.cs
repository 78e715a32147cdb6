using System.Text.Json;

namespace Infra.Planning.Errors;

/// <summary>Why text is not JSON, without the text: the parser's own message repeats a word that JSON does not have, to the end.</summary>
public static class JsonReason
{
    private const int Longest = 200;

    /// <summary>The reason, as the rest of a sentence after "is not JSON:".</summary>
    public static string Of(JsonException problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        var reason = ShownValue.OneLine(problem.Message.Split(" LineNumber:")[0].TrimEnd(' ', '|'));
        return reason.Contains("invalid JSON literal", StringComparison.Ordinal) ? "a word is not in quotes, and is not true, false or null"
            : reason.Length <= Longest ? reason : $"{reason[..Longest]}...";
    }
}
