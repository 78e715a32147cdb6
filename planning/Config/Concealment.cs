using System.Globalization;
using System.Text.Json;
using Infra.Planning.Errors;

namespace Infra.Planning.Config;

/// <summary>
/// Errors without values that are stored encrypted. A program learns from Pulumi which top-level keys have an encrypted part, but not
/// which part. So no value below such a key is shown, and a reason only if it contains no such value.
/// </summary>
/// <param name="config">Qualified keys and their values.</param>
/// <param name="secretKeys">Qualified keys with an encrypted part; null: unknown.</param>
internal sealed class Concealment(IReadOnlyDictionary<string, string> config, IReadOnlySet<string>? secretKeys)
{
    // A shorter value is in every sentence.
    private const int ShortestWord = 2;

    private readonly Dictionary<string, IReadOnlyList<string>> _words = new(StringComparer.Ordinal);

    public IEnumerable<UserError> Of(IEnumerable<UserError> errors) => errors.Select(Concealed);

    private UserError Concealed(UserError error)
    {
        var key = $"{ConfigNames.Namespace}:{error.Key.Split('.', '[')[0]}";
        if (secretKeys?.Contains(key) != true || !config.TryGetValue(key, out var text) || ConfigNames.HasEncrypted(text)
            || error.Value is null or ShownValue.Secret)
        {
            return error;
        }
        var words = Words(key, text);
        bool Repeats(string sentence) => words.Any(word => sentence.Contains(word, StringComparison.OrdinalIgnoreCase));
        // A suggestion tells what the value is like.
        var reveals = Repeats(error.Problem) || error.Problem.Contains("did you mean", StringComparison.Ordinal);
        var concealed = error with
        {
            Value = ShownValue.Secret,
            Problem = reveals ? "is invalid; a part of it is stored encrypted, so this message does not show the reason" : error.Problem,
        };
        // The fix could have a value near to the secret one.
        return concealed.With(ConfigExamples.Fix(error.Key));
    }

    private IReadOnlyList<string> Words(string key, string text)
    {
        if (!_words.TryGetValue(key, out var words))
        {
            _words[key] = words = [.. Scalars(Parsed(text)).Where(word => word.Length >= ShortestWord).Distinct(StringComparer.Ordinal)];
        }
        return words;
    }

    private static JsonElement Parsed(string text)
    {
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(text);
        }
    }

    private static IEnumerable<string> Scalars(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(member => Scalars(member.Value)),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Scalars),
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Number => [value.GetRawText(), value.GetDouble().ToString(CultureInfo.InvariantCulture)],
        _ => [],
    };
}
