using System.Globalization;
using System.Text.Json.Nodes;

namespace Infra.Lab.Stacks;

/// <summary>
/// The system prompt of a model's repository as a message. vLLM's tokenizer for Mistral models does not add it, and reasoning models think
/// only with it.
/// </summary>
internal static class SystemPrompt
{
    /// <summary>Path on a node, if the model has one.</summary>
    public const string NodePath = "/srv/inference/models/current/SYSTEM_PROMPT.txt";

    /// <summary>Longest text to send, in characters: known prompts have a few thousand.</summary>
    public const int MostCharacters = 64 << 10;

    private const string BeginThinking = "[THINK]";
    private const string EndThinking = "[/THINK]";

    /// <summary>
    /// The message, or null for an empty text. As in the model cards: fills in <c>{name}</c>, <c>{today}</c> and <c>{yesterday}</c>, and
    /// makes the text between <c>[THINK]</c> and <c>[/THINK]</c>, which are tokens and not text, a separate part.
    /// </summary>
    /// <param name="text">The text of the file on a node.</param>
    /// <param name="model">Repository id.</param>
    /// <param name="today">Date of the request.</param>
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
