using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;
using Infra.Planning.Reading;

namespace Infra.Planning.Config;

/// <summary>
/// Fixes of values that cannot be read. They keep what is written, in the form that was meant; an example replaces it only if nothing of it
/// can be meant. Never for values that are stored encrypted: a command line would show them.
/// </summary>
internal static partial class ReadingFixes
{
    // A longer command is not for pasting.
    private const int MostSteps = 60;
    private const string FirstEndpoint = "chat";
    private const string Rate = "requestsPerMinute";

    /// <summary>Of a chat or a text processor; YAML takes them as part of the value.</summary>
    private static readonly char[] s_quotes = [.. "\"'`\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb"];

    /// <summary>Members of an endpoint in a list that are its name.</summary>
    private static readonly string[] s_names = ["name", "id", "key", "endpoint"];

    private static readonly string[] s_values = ["name", "id", "value", "default", "min", "type"];

    private static readonly HashSet<string> s_defaults =
        ["auto", "automatic", "default", "none", "null", "off", "false", "no", "unlimited", "max"];

    /// <summary>Other names of choices. None opens anything.</summary>
    private static readonly Dictionary<string, string> s_sameWords = new(StringComparer.Ordinal)
    {
        ["PIP"] = "venv",
        ["UV"] = "venv",
        ["WHEEL"] = "venv",
        ["WHEELS"] = "venv",
        ["VIRTUALENV"] = "venv",
        ["DOCKER"] = "container",
        ["PODMAN"] = "container",
        ["ONEBYONE"] = "rolling",
        ["RECREATE"] = "parallel",
        ["VPC"] = "internal",
        ["TUNNEL"] = "private",
        ["SSH"] = "private",
        ["RESERVED"] = "contract",
    };

    /// <summary>The fix of a value with this shape.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="value">What is written; null: nothing.</param>
    /// <param name="shape">What it should be.</param>
    public static ConfigFix Of(string path, JsonElement? value, ValueShape shape)
    {
        if (value is { ValueKind: JsonValueKind.String } text
            && (MeansDefault(text.GetString()!, shape) || IsEmptyOption(text, shape, path)))
        {
            return ConfigFix.Remove(path);
        }
        var written = value is { } there && Unwrapped(there, shape) is { ValueKind: not JsonValueKind.Null } one ? one : (JsonElement?)null;
        return shape.Kind switch
        {
            ValueKind.List => Replace(path, value, written is { } given ? Elements(path, given, shape.Element!) : []),
            ValueKind.Map => Replace(path, value, written is { } given ? Endpoints(path, given) : []),
            ValueKind.Record when shape.Shorthand is null => Replace(path, value, written is { } given ? Record(path, given, shape) : []),
            _ => written is { } given && MeantScalar(given, shape, path) is { } meant
                ? ConfigFix.Set(path, meant)
                : ConfigExamples.Fix(path),
        };

        // Pulumi does not add an element or member to an existing text value.
        ConfigFix Replace(string at, JsonElement? old, IReadOnlyList<ConfigStep> steps)
        {
            steps = steps.Count is > 0 and <= MostSteps ? steps : [ConfigFix.ExampleStep(Settable(at, shape))];
            return new([.. old is null ? Array.Empty<ConfigStep>() : [new RemoveStep(at)], .. steps]);
        }
    }

    /// <summary>Whether a word stands for the default of a number, which is what is without it: <c>auto</c>, <c>unlimited</c>.</summary>
    private static bool MeansDefault(string text, ValueShape shape) =>
        shape.Kind is ValueKind.Whole or ValueKind.Decimal
        && s_defaults.Contains(text.Trim().ToLowerInvariant());

    /// <summary>Whether it is a list or a map without anything in it, and needs nothing: <c>tags:</c>.</summary>
    private static bool IsEmptyOption(JsonElement text, ValueShape shape, string path) =>
        text.ValueEquals("") && path != "adminCidrs"
        && (shape.Kind == ValueKind.List || (shape.Kind == ValueKind.Record && shape.Type == typeof(EngineConfig)));

    /// <summary>Writes a value under another path; null if a command cannot show it.</summary>
    public static ConfigFix? Move(ConfigStep remove, string to, JsonElement value)
    {
        var steps = Leaves(to, value).ToList();
        return steps.Count <= MostSteps && !steps.Contains(null) ? new([remove, .. steps.Select(step => step!)]) : null;
    }

    /// <summary>
    /// The word of a choice that was meant: in another case, with a hyphen, with a wrong letter, with more behind it, or under another
    /// name.
    /// </summary>
    public static string? MeantWord(string text, IReadOnlyList<string> words) =>
        words.FirstOrDefault(word => Letters(word) == Letters(text)) ?? (NearMiss.Of(text, words) is [var near, ..] ? near : null)
        ?? words.FirstOrDefault(word => Letters(text).StartsWith(Letters(word), StringComparison.Ordinal))
        ?? words.FirstOrDefault(word => s_sameWords.GetValueOrDefault(Letters(text)) == word);

    /// <summary>The part of a setting that a command can set: the first element of a list, the required member of a record.</summary>
    private static string Settable(string path, ValueShape shape) => shape.Kind switch
    {
        ValueKind.List => ConfigPath.Element(path, 0),
        ValueKind.Map => ConfigPath.Member(ConfigPath.Member(path, FirstEndpoint), "model"),
        ValueKind.Record when shape.Shorthand is not null => path,
        ValueKind.Record => ConfigPath.Member(path, shape.Type == typeof(EngineConfig) ? "install" : "model"),
        _ => path,
    };

    // [2] where 2 is meant.
    private static JsonElement Unwrapped(JsonElement value, ValueShape shape)
    {
        var one = value;
        while (shape.Kind is not (ValueKind.List or ValueKind.Map) && one.ValueKind == JsonValueKind.Array && one.GetArrayLength() == 1)
        {
            one = one[0];
        }
        return one;
    }

    // The member of a map that is the value: {name: X}, {value: 2}, {min: 1, max: 4}; of an element of tags, both.
    private static JsonElement OnlyScalar(JsonElement map, string path)
    {
        var scalars = map.EnumerateObject()
            .Where(member => member.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number).ToList();
        var named = s_values.Select(name => scalars.Find(member => string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase)))
            .Where(member => member.Value.ValueKind != JsonValueKind.Undefined).ToList();
        return scalars is [var only] && IsTags(path) ? JsonTree.Element(JsonValue.Create(Tag(only)))
            : named is [var value, ..] ? value.Value
            : scalars is [var one] ? one.Value
            : map;
    }

    private static bool IsTags(string path) => ConfigPath.Parse(path).OfType<string>().LastOrDefault() is "tags" or "clientTags";

    private static string Tag(JsonProperty member) =>
        $"{member.Name}:{(member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString() : member.Value.GetRawText())}";

    private static string? MeantScalar(JsonElement value, ValueShape shape, string path)
    {
        if (value.ValueKind == JsonValueKind.Object && !JsonTree.HasTwice(value))
        {
            value = OnlyScalar(value, path);
        }
        if (value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
        {
            return null;
        }
        var text = (value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText()).Trim()
            .TrimEnd(',', ';') // of JSON, and of programs
            .Trim(s_quotes).Trim();
        var meant = shape.Kind switch
        {
            ValueKind.Whole => MeantNumbers.Whole(text, path),
            ValueKind.Decimal => MeantDecimal(text, path),
            ValueKind.Flag => text.ToLowerInvariant() switch
            {
                "true" or "yes" or "on" or "1" or "y" or "enabled" or "enable" or "always"
                    or "ja" or "oui" or "si" or "wahr" => "true",
                "false" or "no" or "off" or "0" or "n" or "disabled" or "disable" or "none" or "never"
                    or "nein" or "non" or "falsch" => "false",
                _ => null,
            },
            ValueKind.Word => MeantWord(text, shape.Words!),
            _ => value.ValueKind == JsonValueKind.String && text.Length > 0 ? text : null,
        };
        return meant is null || meant.Any(char.IsControl) || ShownValue.IsSecret(meant) || path.Length == 0 ? null : meant;
    }

    /// <summary><c>1.5</c> for <c>1,50 USD</c>; a price of a month or a day is one of an hour.</summary>
    public static string? MeantDecimal(string text, string path)
    {
        text = MeantNumbers.Ungrouped(text);
        // 1.000,50
        var match = Amount().Match(text.LastIndexOf(',') > text.IndexOf('.', StringComparison.Ordinal)
            ? text.Replace(".", "", StringComparison.Ordinal) : text);
        if (!match.Success || !decimal.TryParse(match.Groups["number"].Value.Replace(',', '.'), NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }
        var hours = path.EndsWith("maxHourlyUsd", StringComparison.Ordinal) ? HoursOf(match.Groups["unit"].Value.ToLowerInvariant()) : 1;
        return (match.Groups["percent"].Success ? number / 100
            : hours == 1 ? number : Math.Max(0.01m, Math.Floor(number / hours * 100) / 100)).ToString(CultureInfo.InvariantCulture);
    }

    private static int HoursOf(string unit) =>
        unit.Contains("mo", StringComparison.Ordinal) || unit.Contains("mois", StringComparison.Ordinal) ? 31 * 24
        : unit.Contains("da", StringComparison.Ordinal) || unit.Contains("tag", StringComparison.Ordinal)
            || unit.Contains("jour", StringComparison.Ordinal) || unit.EndsWith("/d", StringComparison.Ordinal) ? 24
        : unit.Contains("ye", StringComparison.Ordinal) || unit.Contains("jahr", StringComparison.Ordinal) ? 365 * 24
        : 1;

    private static List<ConfigStep> Elements(string path, JsonElement value, ValueShape element)
    {
        if (value.ValueKind == JsonValueKind.Object && element.Shorthand is { } shorthand
            && value.EnumerateObject().Any(member => member.Value.ValueKind == JsonValueKind.Object || Limit(member.Value) is not null))
        {
            return [.. value.EnumerateObject().Where(member => !member.Name.Any(char.IsControl) && !ShownValue.IsSecret(member.Name))
                .SelectMany((member, index) => Limits(ConfigPath.Element(path, index), member.Value)
                    .Prepend(ConfigFix.SetTo(ConfigPath.Member(ConfigPath.Element(path, index), shorthand), member.Name)))
                .OfType<ConfigStep>()];
        }
        // A map is a list of its names if the elements have one, else of its values.
        var texts = value.ValueKind switch
        {
            JsonValueKind.Object when element.Shorthand is not null => value.EnumerateObject().Select(member => member.Name),
            JsonValueKind.Object => value.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.String)
                .Select(member => IsTags(path) ? Tag(member) : member.Value.GetString()!),
            JsonValueKind.String when path.EndsWith("adminSshKeys", StringComparison.Ordinal) => [value.GetString()!.Trim()],
            JsonValueKind.String => value.GetString()!.Split([',', ' ', ';', '\n'], StringSplitOptions.RemoveEmptyEntries)
                .Select(text => text.Trim('[', ']', '"', '\'')),
            _ => [],
        };
        return [.. texts
            .Where(text => text.Length > 0 && !text.Any(char.IsControl) && !ShownValue.IsSecret(text))
            .Select(text => element.Kind == ValueKind.Word ? MeantWord(text, element.Words!) : text)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Select((text, index) => ConfigFix.SetTo(ConfigPath.Element(path, index), text))];
    }

    private static IEnumerable<ConfigStep?> Limits(string client, JsonElement value) =>
        value.ValueKind == JsonValueKind.Object ? Leaves(client, value)
        : Limit(value) is { } limit ? [ConfigFix.SetTo(ConfigPath.Member(client, Rate), limit)]
        : [];

    /// <summary>The requests per minute of a client that are written as the value of its name: <c>alice: 60</c>.</summary>
    private static string? Limit(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => MeantNumbers.Whole(value.GetRawText(), Rate),
        JsonValueKind.String => MeantNumbers.Whole(value.GetString()!.Trim(), Rate),
        _ => null,
    };

    private static List<ConfigStep> Record(string path, JsonElement value, ValueShape shape)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            // A '-' before each key makes a list of maps.
            return [.. value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object)
                .SelectMany(item => item.EnumerateObject()).DistinctBy(member => member.Name)
                .SelectMany(member => Leaves(ConfigPath.Member(path, member.Name), member.Value)).OfType<ConfigStep>()];
        }
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()!
            : value.ValueKind == JsonValueKind.Number ? value.GetRawText() : "";
        if (text.Length == 0)
        {
            return [];
        }
        if (shape.Type == typeof(EngineConfig))
        {
            return MeantValues.EngineVersion(text) is { } version ? [ConfigFix.SetTo(ConfigPath.Member(path, "version"), version)]
                : MeantWord(text, ValueShape.WordsOf(typeof(EngineInstall))) is { } install
                    ? [ConfigFix.SetTo(ConfigPath.Member(path, "install"), install)]
                    : [];
        }
        return [Model(path, text)];
    }

    private static List<ConfigStep> Endpoints(string path, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String when value.GetString() is { Length: > 0 } text => [Model(ConfigPath.Member(path, FirstEndpoint), text)],
        JsonValueKind.Array => [.. value.EnumerateArray().Select(Listed)
            .Select((item, index) => (item.Name, item.Value, Index: index))
            .GroupBy(item => item.Name is { } name ? Names.Nearest(name) : FirstEndpoint)
            .SelectMany(same => same.Select((item, index) => (item.Value, item.Index, Name: Names.Nearest(same.Key, index + 1))))
            .OrderBy(item => item.Index)
            .SelectMany(item => Listed(ConfigPath.Member(path, item.Name), item.Value))],
        _ => [],
    };

    /// <summary>An endpoint of a list, and its name: <c>{name: chat, model: X}</c>, <c>{chat: {model: X}}</c>; null: it has none.</summary>
    private static (string? Name, JsonElement Value) Listed(JsonElement item)
    {
        var members = item.ValueKind == JsonValueKind.Object && !JsonTree.HasTwice(item) ? item.EnumerateObject().ToList() : [];
        return members is [{ Value.ValueKind: JsonValueKind.Object } only] ? (only.Name, only.Value)
            : (s_names.Select(name => members.Find(member => member.Name == name).Value)
                .FirstOrDefault(value => value.ValueKind == JsonValueKind.String) is { ValueKind: JsonValueKind.String } given
                ? given.GetString() : null, item);
    }

    private static IEnumerable<ConfigStep> Listed(string endpoint, JsonElement item) => item.ValueKind switch
    {
        JsonValueKind.String => [Model(endpoint, item.GetString()!)],
        JsonValueKind.Object => item.EnumerateObject().Where(entry => !s_names.Contains(entry.Name, StringComparer.Ordinal))
            .SelectMany(entry => Leaves(ConfigPath.Member(endpoint, entry.Name), entry.Value)).OfType<ConfigStep>(),
        _ => [],
    };

    private static SetStep Model(string endpoint, string text)
    {
        var path = ConfigPath.Member(endpoint, "model");
        // Another repository may be in a catalog of the operator's. A part of many names, such as mistral, could be the most expensive of
        // them.
        var meant = text.Contains('/', StringComparison.Ordinal) ? text
            : NearMiss.Of(text, ModelCatalog.Load().Models.Keys) is [var near, ..] && near.Split('/')[^1].Length <= 2 * text.Length ? near
            : null;
        return meant is null || meant.Any(letter => char.IsControl(letter) || letter == ' ') || ShownValue.IsSecret(meant)
            ? ConfigFix.ExampleStep(path)
            : ConfigFix.SetTo(path, meant);
    }

    /// <summary>Steps that write a value; one of them is null if a command cannot show it.</summary>
    private static IEnumerable<ConfigStep?> Leaves(string path, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(member => Leaves(ConfigPath.Member(path, member.Name), member.Value)),
        JsonValueKind.Array => value.EnumerateArray().Where(item => item.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined))
            .SelectMany((item, index) => Leaves(ConfigPath.Element(path, index), item)),
        JsonValueKind.Null => [],
        _ => [Leaf(path, value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText())],
    };

    private static ConfigStep? Leaf(string path, string text) =>
        text == ConfigNames.Encrypted ? new SetSecretStep(path)
        : text.Any(char.IsControl) || path.Any(char.IsControl) ? null
        : ShownValue.IsSecret(text) ? new SetSecretStep(path)
        : ConfigFix.SetTo(path, text);

    private static string Letters(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToUpperInvariant();

    [GeneratedRegex("^([$\u20ac]|usd|eur)? *(?<number>[0-9]+([.,][0-9]+)?) *((?<percent>%)|(?<unit>[A-Za-z/$\u20ac ]*))$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase)]
    private static partial Regex Amount();
}
