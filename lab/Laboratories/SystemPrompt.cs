using System.Globalization;
using System.Text.Json.Nodes;

namespace Infra.Lab.Laboratories;

/// <summary>
/// The system prompt that a model's repository holds, as the message to send. vLLM's tokenizer for Mistral's models does not add it, and
/// reasoning models think only with it.
/// </summary>
internal static class SystemPrompt
{
    /// <summary>Where a node keeps it, where the model has one.</summary>
    public const string NodePath = "/srv/inference/models/current/SYSTEM_PROMPT.txt";

    /// <summary>Longest text that is sent, in characters: the known ones have a few thousand.</summary>
    public const int MostCharacters = 64 << 10;

    private const string BeginThinking = "[THINK]";
    private const string EndThinking = "[/THINK]";

    /// <summary>
    /// The message, or null where the text is empty. As the model cards have it: <c>{name}</c>, <c>{today}</c> and <c>{yesterday}</c> are
    /// filled in, and what stands between <c>[THINK]</c> and <c>[/THINK]</c>, which are tokens and no text, becomes a part of its own.
    /// </summary>
    /// <param name="text">The file's text, as a node gave it.</param>
    /// <param name="model">Repository id.</param>
    /// <param name="today">Date of the question.</param>
    public static JsonObject? Message(string text, string model, DateOnly today)
    {
        var clean = string.Concat(text.Where(letter => !char.IsControl(letter) || letter is '\n' or '\t')).Trim();
        if (clean.Length == 0)
        {
            return null;
        }

        var filled = clean[..Math.Min(clean.Length, MostCharacters)]
            .Replace("{name}", model[(model.LastIndexOf('/') + 1)..], StringComparison.Ordinal)
            .Replace("{today}", Date(today), StringComparison.Ordinal)
            .Replace("{yesterday}", Date(today.AddDays(-1)), StringComparison.Ordinal);
        return new JsonObject { ["role"] = "system", ["content"] = Content(filled) };
    }

    private static JsonNode Content(string text)
    {
        var begin = text.IndexOf(BeginThinking, StringComparison.Ordinal);
        var end = begin < 0 ? -1 : text.IndexOf(EndThinking, begin, StringComparison.Ordinal);
        return end < 0 ? JsonValue.Create(text)! : new JsonArray(
            new JsonObject { ["type"] = "text", ["text"] = text[..begin] },
            new JsonObject { ["type"] = "thinking", ["thinking"] = text[(begin + BeginThinking.Length)..end], ["closed"] = true },
            new JsonObject { ["type"] = "text", ["text"] = text[(end + EndThinking.Length)..] });
    }

    private static string Date(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
