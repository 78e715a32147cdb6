using System.Text.Json;
using System.Text.RegularExpressions;

namespace Infra.Planning.Observed;

/// <summary>
/// The messages in a log, whatever wrote it: lines with prefixes of a container runtime, of journald or of compose stay as they are,
/// because messages are found anywhere in a line; colors are removed; of a line of JSON its texts are taken.
/// </summary>
internal static partial class LogText
{
    /// <summary>Members of a JSON line that hold text of the program: docker, journald, collectors, structured loggers.</summary>
    private static readonly string[] Messages = ["log", "message", "MESSAGE", "msg", "textPayload", "body", "text", "line", "content"];

    public static IEnumerable<string> Lines(string log) =>
        log.Split('\n').SelectMany(line => Texts(line.TrimEnd('\r'))).Select(text => Colors().Replace(text, ""));

    private static IEnumerable<string> Texts(string line)
    {
        var start = line.IndexOf('{', StringComparison.Ordinal);
        if (start < 0 || line.TrimEnd() is not { Length: > 1 } whole || whole[^1] != '}')
        {
            return [line];
        }

        try
        {
            using var json = JsonDocument.Parse(whole[start..]);
            var texts = In(json.RootElement).ToList();
            return texts.Count > 0 ? texts.SelectMany(text => text.Split('\n')) : [line];
        }
        catch (JsonException)
        {
            // A dict of Python's, as vLLM prints its arguments.
            return [line];
        }
    }

    private static IEnumerable<string> In(JsonElement value) => value.ValueKind == JsonValueKind.Object
        ? value.EnumerateObject().SelectMany(member => member.Value.ValueKind switch
        {
            JsonValueKind.String when Messages.Contains(member.Name) => [member.Value.GetString()!],
            JsonValueKind.Object => In(member.Value),
            _ => [],
        })
        : [];

    [GeneratedRegex("\u001b\\[[0-9;]*[A-Za-z]", RegexOptions.CultureInvariant)]
    private static partial Regex Colors();
}
