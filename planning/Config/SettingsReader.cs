using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Numerics;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;
using Microsoft.Extensions.Configuration;
using static Infra.Planning.Config.SettingTypes;

namespace Infra.Planning.Config;

/// <summary>
/// Reads the stack configuration: every key against the properties of <see cref="InferenceSettings"/>, at every level, so that all that is
/// unknown, missing or of the wrong type is said at once; then binds what is sound. What values mean is for <see cref="SettingsRules"/>.
/// </summary>
internal sealed class SettingsReader
{
    private const string Namespace = SettingsNames.Namespace;
    private const string HuggingFaceToken = SettingsNames.HuggingFaceToken;
    private const string SetToken = $"pulumi config set --secret {HuggingFaceToken}";
    private readonly List<ConfigurationMistake> _mistakes;
    private readonly IReadOnlySet<string>? _secretKeys;
    private bool _masked;

    private SettingsReader(List<ConfigurationMistake> mistakes, IReadOnlySet<string>? secretKeys)
    {
        _mistakes = mistakes;
        _secretKeys = secretKeys;
    }

    /// <summary>Binds what can be bound. What cannot is left at its default and is in <paramref name="mistakes"/>.</summary>
    /// <param name="config">Qualified keys and their values as Pulumi hands them over: text, or JSON for lists and maps.</param>
    /// <param name="secretKeys">Qualified keys that are stored encrypted, whose values are in no message; null: not known which.</param>
    /// <param name="mistakes">Takes what is wrong.</param>
    public static InferenceSettings Read(
        IReadOnlyDictionary<string, string> config, IReadOnlySet<string>? secretKeys, List<ConfigurationMistake> mistakes)
    {
        var sound = new SettingsReader(mistakes, secretKeys).Check(config);
        using var json = new MemoryStream(Encoding.UTF8.GetBytes(sound.ToJsonString()));
        return new ConfigurationBuilder().AddJsonStream(json).Build()
            .Get<InferenceSettings>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new();
    }

    private JsonObject Check(IReadOnlyDictionary<string, string> config)
    {
        var members = Members(typeof(InferenceSettings));
        var sound = new JsonObject();
        foreach (var (qualified, text) in config.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (!qualified.StartsWith($"{Namespace}:", StringComparison.Ordinal))
            {
                continue;
            }
            var key = qualified[(Namespace.Length + 1)..];
            _masked = _secretKeys?.Contains(qualified) == true || key == HuggingFaceToken;
            if (key == HuggingFaceToken)
            {
                CheckToken(qualified, text);
            }
            else if (!members.TryGetValue(key, out var member))
            {
                Unknown("", key, members, JsonValue.Create(text));
            }
            else if (text.Length == 0 && member.GetCustomAttribute<RequiredAttribute>() is null)
            {
                continue; // what Pulumi.yaml gives to a setting that has no default: Pulumi insists on one
            }
            else if (Value(Node(text, member.PropertyType), member.PropertyType, key) is { } value)
            {
                sound[key] = value;
            }
        }
        _masked = false;
        Required(members, "", name => config.ContainsKey($"{Namespace}:{name}"));
        return sound;
    }

    private void CheckToken(string qualified, string text)
    {
        if (text.Length == 0)
        {
            return; // the same
        }
        if (_secretKeys is not null && !_secretKeys.Contains(qualified))
        {
            _mistakes.Add(new(HuggingFaceToken, null, "is stored in plain text; revoke this token and store a new one encrypted", SetToken));
        }
        if (text.Any(character => char.IsWhiteSpace(character) || char.IsControl(character)))
        {
            _mistakes.Add(new(HuggingFaceToken, null, "has white space in it", SetToken));
        }
    }

    // Pulumi hands over text, and JSON for what is a list or a map.
    private static JsonNode? Node(string text, Type type)
    {
        if (Kind(type) is not (SettingKind.List or SettingKind.Map or SettingKind.Record))
        {
            return JsonValue.Create(text);
        }
        try
        {
            return JsonNode.Parse(text) ?? JsonValue.Create(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    /// <summary>A copy of the node that binds to the type, or null where nothing of it does.</summary>
    private JsonNode? Value(JsonNode? node, Type type, string path)
    {
        if (node is null)
        {
            Wrong(path, null, $"has no value; {Expected(type)}, or remove the key", type);
            return null;
        }
        try
        {
            return Kind(type) switch
            {
                SettingKind.List => List(node, type, path),
                SettingKind.Map => Map(node, type, path),
                SettingKind.Record when node is not JsonObject && Shorthand(type) is { } member =>
                    Scalar(node, typeof(string), path) is { } text ? new JsonObject { [member] = text } : null,
                SettingKind.Record => Record(node, type, path),
                _ => Scalar(node, type, path),
            };
        }
        catch (ArgumentException)
        {
            // System.Text.Json reads an object lazily: a key that is there twice shows when it is looked at.
            Wrong(path, null, "has the same key twice", type);
            return null;
        }
    }

    private JsonArray? List(JsonNode node, Type type, string path)
    {
        if (node is not JsonArray items)
        {
            Wrong(path, Shown(node), $"is not a list; {Expected(type)}", type);
            return null;
        }
        var element = type.GetGenericArguments()[0];
        // An element that is wrong leaves a gap, so that the others keep the index they are named by.
        return [.. items.Select((item, index) => Value(item, element, SettingPath.Element(path, index)) ?? Gap(element))];
    }

    private static JsonNode Gap(Type element) => Shorthand(element) is { } member ? new JsonObject { [member] = "" }
        : JsonValue.Create(element.IsEnum ? Enum.GetNames(element)[0] : "");

    private JsonObject? Map(JsonNode node, Type type, string path)
    {
        if (node is not JsonObject entries)
        {
            Wrong(path, Shown(node), $"is not a map; {Expected(type)}", type);
            return null;
        }
        var element = type.GetGenericArguments()[1];
        var sound = new JsonObject();
        foreach (var (name, entry) in entries)
        {
            var entryPath = SettingPath.Member(path, name);
            if (!Names.IsName(name))
            {
                var model = entry is JsonObject endpoint && endpoint["model"] is JsonValue given ? Shown(given) : SettingExamples.Of("model");
                var better = Enumerable.Range(1, entries.Count + 1).Select(index => Names.Nearest(name, index)).First(free => !entries.ContainsKey(free));
                _mistakes.Add(new(entryPath, null, $"has a name that is not {Names.NameRule}; it becomes a tag, a host name and a resource name",
                    $"pulumi config rm --path {SettingPath.Quoted(entryPath)} && pulumi config set --path '{path}.{better}.model' {SettingPath.ShellWord(model)}"));
                continue;
            }
            if (Value(entry, element, entryPath) is { } value)
            {
                sound[name] = value;
            }
        }
        return sound;
    }

    private JsonObject? Record(JsonNode node, Type type, string path)
    {
        var members = Members(type);
        if (node is not JsonObject entries)
        {
            Wrong(path, Shown(node), $"is not a map; {Expected(type)}", type);
            return null;
        }
        var sound = new JsonObject();
        foreach (var (name, entry) in entries)
        {
            if (!members.TryGetValue(name, out var member))
            {
                Unknown(path, name, members, entry);
            }
            else if (Value(entry, member.PropertyType, SettingPath.Member(path, name)) is { } value)
            {
                sound[name] = value;
            }
        }
        Required(members, path, entries.ContainsKey);
        if (Shorthand(type) is { } shorthand)
        {
            sound.TryAdd(shorthand, ""); // an object without a member would not be an element of its list
        }
        return sound;
    }

    private JsonValue? Scalar(JsonNode node, Type type, string path)
    {
        var kind = node.GetValueKind();
        var text = kind switch
        {
            JsonValueKind.String => node.GetValue<string>(),
            JsonValueKind.Number => node.ToJsonString(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => null,
        };
        var setting = Kind(type);
        if (text is null || (setting == SettingKind.Text && kind is JsonValueKind.True or JsonValueKind.False))
        {
            Wrong(path, Shown(node), $"is not {Noun(type)}; {Expected(type)}", type);
            return null;
        }
        if (text.Length == 0 || text != text.Trim() || text.Any(char.IsControl))
        {
            Wrong(path, Shown(text), text.Trim().Length == 0 ? "is empty" : "has white space around or inside it that does not belong there", type);
            return null;
        }
        if (!IsOfKind(text, type, setting))
        {
            Wrong(path, Shown(text), $"is not {Noun(type)}; {Expected(type)}", type);
            return null;
        }
        return JsonValue.Create(text);
    }

    private static bool IsOfKind(string text, Type type, SettingKind kind) => kind switch
    {
        SettingKind.WholeNumber => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        SettingKind.Number when Underlying(type) == typeof(decimal) =>
            decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _),
        SettingKind.Number => IsFinite<double>(text),
        SettingKind.Flag => text is "true" or "false",
        SettingKind.Choice => Choices(type).Contains(text, StringComparer.Ordinal),
        _ => true,
    };

    private static bool IsFinite<T>(string text) where T : IFloatingPoint<T> =>
        T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && T.IsFinite(value);

    private void Required(IReadOnlyDictionary<string, PropertyInfo> members, string path, Func<string, bool> has)
    {
        foreach (var (name, member) in members)
        {
            if (member.GetCustomAttribute<RequiredAttribute>() is not null && !has(name))
            {
                Wrong(SettingPath.Member(path, name), null, "is missing: it has no default", member.PropertyType);
            }
        }
    }

    private void Unknown(string path, string name, IReadOnlyDictionary<string, PropertyInfo> members, JsonNode? value)
    {
        var key = SettingPath.Member(path, name);
        var shown = Shown(value);
        var known = path.Length == 0 ? members.Keys.Append(HuggingFaceToken) : members.Keys;
        if (path.Length == 0 && known.Any(member => name.StartsWith($"{member}.", StringComparison.Ordinal) || name.StartsWith($"{member}[", StringComparison.Ordinal)))
        {
            _mistakes.Add(new(key, shown, "is a path, which Pulumi splits only when it is told to",
                $"pulumi config rm {SettingPath.Quoted(name)} && pulumi config set --path {SettingPath.Quoted(name)} {SettingPath.ShellWord(shown)}"));
            return;
        }
        var near = NearMiss.Of(name, known);
        var remove = $"pulumi config rm --path {SettingPath.Quoted(key)}";
        if (near.Count == 0)
        {
            _mistakes.Add(new(key, shown, $"is not a setting; choose from {string.Join(", ", known)}", remove));
            return;
        }
        var meant = SettingPath.Member(path, near[0]);
        var isToken = near[0] == HuggingFaceToken;
        _mistakes.Add(new(key, isToken ? Mask(shown, secret: true) : shown,
            $"is not a setting; did you mean {string.Join(" or ", near.Select(member => SettingPath.Member(path, member)))}?",
            $"{remove} && {(isToken ? SetToken : Renamed(meant, members[near[0]].PropertyType, value))}"));
    }

    // What was written, under the right name; an example where it cannot be a value of one.
    private string Renamed(string meant, Type type, JsonNode? value)
    {
        var settable = Settable(meant, type);
        var shown = Shown(value);
        var keeps = settable == meant && !_masked && value is JsonValue && shown == value.ToString() && shown.Length > 0 && shown[0] is not ('[' or '{' or '-');
        return $"pulumi config set --path {SettingPath.Quoted(settable)} {(keeps ? SettingPath.ShellWord(shown) : SettingExamples.At(settable))}";
    }

    private void Wrong(string path, string? shown, string problem, Type type)
    {
        var settable = Settable(path, type);
        // Pulumi does not put an element or a member into something that is text already.
        var remove = settable != path && shown is not null ? $"pulumi config rm --path {SettingPath.Quoted(path)} && " : "";
        _mistakes.Add(new(path, shown, problem, remove + SettingExamples.Fix(settable)));
    }

    /// <summary>The first thing that can be set of a setting: of a list its first element, of a record what it cannot be without.</summary>
    private static string Settable(string path, Type type) => Kind(type) switch
    {
        SettingKind.List => SettingPath.Element(path, 0),
        SettingKind.Map => SettingPath.Member(SettingPath.Member(path, "chat"), "model"),
        SettingKind.Record when Underlying(type) == typeof(EngineSettings) => SettingPath.Member(path, "install"),
        SettingKind.Record when Shorthand(type) is not null => path,
        SettingKind.Record => SettingPath.Member(path, "model"),
        _ => path,
    };

    private string Shown(JsonNode? node) =>
        Shown(node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : node?.ToJsonString() ?? "null");

    private string Shown(string text) => ShownValue.Mask(text, _masked);

    /// <summary>The same mistakes without a trace of values that are stored encrypted.</summary>
    internal static IEnumerable<ConfigurationMistake> Conceal(IEnumerable<ConfigurationMistake> mistakes, IReadOnlySet<string>? secretKeys) =>
        mistakes.Select(mistake => mistake.Value is not (null or "[secret]") && secretKeys?.Contains($"{Namespace}:{mistake.Key.Split('.', '[')[0]}") == true
            ? mistake with { Value = "[secret]", Problem = "is wrong; it is stored encrypted, so neither it nor what is wrong with it is shown" }
            : mistake);
}
