using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Infra.Tests.Unit.Config;

/// <summary>
/// A shell with the commands <c>pulumi config set</c> and <c>rm</c>, as pulumi/pulumi v3.260 has them (map.go and object.go in
/// sdk/go/common/resource/config; pkg/cmd/pulumi/config/config.go): it changes a config as a pasted fix would.
/// </summary>
internal sealed partial class PulumiConfigCommands
{
    private const string Namespace = "inference:";
    private readonly JsonObject _config;

    /// <param name="config">Qualified keys and their values, as Pulumi passes them.</param>
    public PulumiConfigCommands(IReadOnlyDictionary<string, string> config) => _config = new(config.Select(entry =>
        KeyValuePair.Create(entry.Key, Node(entry.Value))));

    private static JsonNode? Node(string text)
    {
        try
        {
            return text is ['[' or '{', ..] ? JsonNode.Parse(text) : JsonValue.Create(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    public Dictionary<string, string> Config => _config.ToDictionary(entry => entry.Key, entry =>
        entry.Value is JsonValue value && value.TryGetValue<string>(out var text) ? text : entry.Value?.ToJsonString() ?? "");

    /// <summary>Every value with its path.</summary>
    public IEnumerable<(string Path, string Value)> Leaves => Leaf("", _config);

    /// <summary>Keys that were set encrypted.</summary>
    public HashSet<string> Secrets { get; } = [];

    public void Run(string line)
    {
        foreach (var command in Words(line).Aggregate(new List<List<string>> { new() }, (all, word) =>
        {
            if (word == "&&")
            {
                all.Add([]);
            }
            else
            {
                all[^1].Add(word);
            }
            return all;
        }))
        {
            RunOne(command);
        }
    }

    private void RunOne(List<string> words)
    {
        Assert.True(words is ["pulumi", "config", "set" or "rm", ..], $"another command: {string.Join(' ', words)}");
        var (isPath, isSecret, isPlain, isOption) = (false, false, false, true);
        var arguments = new List<string>();
        foreach (var word in words.Skip(3))
        {
            switch (word)
            {
                case "--" when isOption:
                    isOption = false;
                    break;
                case "--plaintext" when isOption:
                    isPlain = true;
                    break;
                case "--path" when isOption:
                    isPath = true;
                    break;
                case "--secret" when isOption:
                    isSecret = true;
                    break;
                default:
                    Assert.False(isOption && word.StartsWith('-'), $"an unknown option: {word}");
                    arguments.Add(word);
                    break;
            }
        }
        var path = Path(arguments[0], isPath);
        if (words[2] == "rm")
        {
            Assert.Single(arguments);
            Remove(path);
            return;
        }
        Assert.True(isSecret ? arguments.Count == 1 : arguments.Count == 2, $"not a value: {string.Join(' ', words)}");
        // config.go, looksLikeSecret: six characters cannot have the 40 bits from which it refuses a value.
        Assert.True(isSecret || isPlain || arguments[1].Length <= 6 || !SecretKey().IsMatch(arguments[0]),
            $"refused as a secret: {string.Join(' ', words)}");
        if (isSecret)
        {
            Secrets.Add((string)path[0]);
        }
        Set(path, isSecret ? JsonValue.Create("typed-at-the-prompt") : isPath ? Coerced(arguments[1]) : JsonValue.Create(arguments[1]));
    }

    private static List<object> Path(string text, bool isPath)
    {
        var parts = isPath ? Split(text) : [text];
        var key = Assert.IsType<string>(parts[0]);
        parts[0] = key.Contains(':', StringComparison.Ordinal) ? key : Namespace + key;
        return parts;
    }

    // sdk/go/common/resource/property_path.go
    private static List<object> Split(string text)
    {
        var parts = new List<object>();
        var at = 0;
        while (at < text.Length)
        {
            var part = Segment().Match(text, at);
            Assert.True(part.Success && part.Index == at, $"not a path: {text}");
            parts.Add(part.Groups["index"].Success ? int.Parse(part.Groups["index"].Value, CultureInfo.InvariantCulture)
                : part.Groups["quoted"].Success ? part.Groups["quoted"].Value.Replace("\\\"", "\"", StringComparison.Ordinal)
                    .Replace("\\\\", "\\", StringComparison.Ordinal)
                : part.Groups["name"].Value);
            at += part.Length;
        }
        return parts;
    }

    private void Remove(List<object> path)
    {
        JsonNode? at = _config;
        foreach (var part in path[..^1])
        {
            at = Child(at, part);
        }
        switch (at, path[^1])
        {
            case (JsonArray items, int index) when index < items.Count:
                items.RemoveAt(index);
                break;
            case (JsonObject members, string name):
                members.Remove(name);
                break;
        }
    }

    private void Set(List<object> path, JsonNode value)
    {
        JsonNode at = _config;
        for (var i = 0; i < path.Count; i++)
        {
            var isLast = i == path.Count - 1;
            var next = isLast ? value : Child(at, path[i]);
            // A text at the first level is overwritten, one below is an error.
            if (!isLast && (next is null || (i == 0 && next is JsonValue)))
            {
                next = path[i + 1] is int ? new JsonArray() : new JsonObject();
            }
            Put(at, path[i], next!);
            at = next!;
        }
    }

    private static void Put(JsonNode at, object part, JsonNode value)
    {
        if (value.Parent is not null)
        {
            return;
        }
        switch (at, part)
        {
            case (JsonObject members, string name):
                members[name] = value;
                break;
            case (JsonArray items, int index) when index < items.Count:
                items[index] = value;
                break;
            case (JsonArray items, int index) when index == items.Count:
                items.Add(value);
                break;
            default:
                Assert.Fail($"'{part}' of {at.ToJsonString()}: not a map, not an array, or out of range");
                break;
        }
    }

    private static JsonNode? Child(JsonNode? at, object part) => (at, part) switch
    {
        (JsonObject members, string name) => members[name],
        (JsonArray items, int index) when index < items.Count => items[index],
        _ => null,
    };

    private static JsonValue Coerced(string text) =>
        text is "true" or "false" ? JsonValue.Create(text == "true")
        : text is not ['0', _, ..] && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? JsonValue.Create(number)
        : JsonValue.Create(text);

    private static IEnumerable<(string Path, string Value)> Leaf(string path, JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => Leaf(path.Length == 0 ? member.Key : $"{path}.{member.Key}", member.Value)),
        JsonArray items => items.SelectMany((item, index) => Leaf($"{path}[{index}]", item)),
        null => [],
        _ => [(path, node is JsonValue value && value.TryGetValue<string>(out var text) ? text : node.ToJsonString())],
    };

    /// <summary>Words of a line of a POSIX shell.</summary>
    private static List<string> Words(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (isWord, at) = (false, 0);
        while (at < line.Length)
        {
            switch (line[at])
            {
                case '\'':
                    var end = line.IndexOf('\'', at + 1);
                    word.Append(line, at + 1, end - at - 1);
                    (isWord, at) = (true, end + 1);
                    break;
                case '"':
                    end = line.IndexOf('"', at + 1);
                    word.Append(Substituted(line[(at + 1)..end]));
                    (isWord, at) = (true, end + 1);
                    break;
                case '\\':
                    word.Append(line[at + 1]);
                    (isWord, at) = (true, at + 2);
                    break;
                case ' ':
                    Flush();
                    at++;
                    break;
                default:
                    Assert.False("<>|;*?[]#~()$`!".Contains(line[at], StringComparison.Ordinal), $"the shell reads '{line[at]}': {line}");
                    word.Append(line[at++]);
                    isWord = true;
                    break;
            }
        }
        Flush();
        return words;

        void Flush()
        {
            if (isWord)
            {
                words.Add(word.ToString());
            }
            word.Clear();
            isWord = false;
        }
    }

    private static string Substituted(string text) => text switch
    {
        "$(curl -4s https://checkip.amazonaws.com)/32" => "93.184.216.34/32",
        _ when text.StartsWith("$(cat ", StringComparison.Ordinal) => $"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{new string('B', 43)} me",
        _ when text.StartsWith("$(git ls-remote ", StringComparison.Ordinal) => new string('b', 40),
        _ => text,
    };

    [GeneratedRegex("passwd|pass|password|pwd|secret|token", RegexOptions.IgnoreCase)]
    private static partial Regex SecretKey();

    [GeneratedRegex(@"\[(?<index>[0-9]+)\]|\[""(?<quoted>(?:\\.|[^""\\])*)""\]|\.?(?<name>[^.\[\]""]+)",
        RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Segment();
}
