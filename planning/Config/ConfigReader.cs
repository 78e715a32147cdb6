using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;
using Infra.Planning.Reading;
using Microsoft.Extensions.Configuration;

namespace Infra.Planning.Config;

/// <summary>
/// Reads the stack config: checks every key against <see cref="StackConfig"/>, then binds the valid part. <see cref="ConfigRules"/>
/// checks the values.
/// </summary>
internal sealed class ConfigReader : StrictReader
{
    private const string Namespace = ConfigNames.Namespace;
    private const string HuggingFaceToken = ConfigNames.HuggingFaceToken;
    private const string SetToken = $"pulumi config set --secret {HuggingFaceToken}";
    private readonly List<UserError> _errors;
    private readonly IReadOnlySet<string>? _secretKeys;
    private readonly List<(string Endpoint, string Warning)> _deprecations = [];
    private readonly List<string> _encrypted = [];
    private bool _masked;

    // Pulumi.yaml declares the type of top-level lists down to their elements; of maps it knows no more than that.
    private bool _textOnly;

    private ConfigReader(List<UserError> errors, IReadOnlySet<string>? secretKeys)
    {
        _errors = errors;
        _secretKeys = secretKeys;
    }

    /// <summary>Binds the valid settings. Invalid ones keep their default and are in <paramref name="errors"/>.</summary>
    /// <param name="config">Qualified keys and their values as Pulumi passes them: text, or JSON for lists and maps.</param>
    /// <param name="secretKeys">Qualified keys that are stored encrypted: no message contains their values; null: unknown.</param>
    /// <param name="errors">Receives the errors.</param>
    public static StackConfig Read(
        IReadOnlyDictionary<string, string> config, IReadOnlySet<string>? secretKeys, List<UserError> errors)
    {
        var reader = new ConfigReader(errors, secretKeys);
        var sound = reader.Check(config);
        using var json = new MemoryStream(Encoding.UTF8.GetBytes(sound.ToJsonString()));
        var stackConfig = new ConfigurationBuilder().AddJsonStream(json).Build()
            .Get<StackConfig>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new();
        return stackConfig with { Deprecations = reader._deprecations, Encrypted = reader._encrypted };
    }

    private JsonObject Check(IReadOnlyDictionary<string, string> config)
    {
        var record = RecordShape.Of(typeof(StackConfig));
        var sound = new JsonObject();
        foreach (var (qualified, text) in config.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (!qualified.StartsWith($"{Namespace}:", StringComparison.Ordinal))
            {
                continue;
            }
            var key = qualified[(Namespace.Length + 1)..];
            _textOnly = record.Member(key)?.Shape is { Kind: ValueKind.List };
            _masked = (_secretKeys?.Contains(qualified) == true && !ConfigNames.HasEncrypted(text)) || key == HuggingFaceToken;
            if (key == HuggingFaceToken)
            {
                CheckToken(qualified, text);
            }
            else if (record.Member(key) is not { } member)
            {
                Unknown("", key, Element(text), record);
            }
            else if (text.Length == 0 && !member.Required)
            {
                continue; // the empty default in Pulumi.yaml: Pulumi requires one for optional settings
            }
            else if (Read(Element(text, member.Shape), member.Shape, key) is { } value)
            {
                sound[key] = value;
            }
        }
        _masked = false;
        CheckRequired(record, "", name => config.ContainsKey($"{Namespace}:{name}"));
        return sound;
    }

    private void CheckToken(string qualified, string text)
    {
        if (text.Length == 0 || text == ConfigNames.Encrypted)
        {
            return; // the same, or not readable here
        }
        if (Element(text, ValueShape.Text).ValueKind != JsonValueKind.String)
        {
            _errors.Add(new(HuggingFaceToken, null, "is a list or a map, and Pulumi takes only text here", SetToken));
            return;
        }
        if (_secretKeys is not null && !_secretKeys.Contains(qualified))
        {
            _errors.Add(
                new(HuggingFaceToken, null, "is stored in plain text; revoke this token and store a new one encrypted", SetToken));
        }
        if (text.Any(character => char.IsWhiteSpace(character) || char.IsControl(character)))
        {
            _errors.Add(new(HuggingFaceToken, null, "has white space in it", SetToken));
        }
    }

    // Pulumi passes text, and JSON for lists and maps.
    private static JsonElement Element(string text, ValueShape? shape = null)
    {
        try
        {
            // Where text is due, JSON is a list or map that the CLI refuses, too.
            var holdsMembers = shape?.Kind is ValueKind.List or ValueKind.Map or ValueKind.Record;
            if ((holdsMembers || text is ['[' or '{', ..])
                && JsonElement.Parse(text) is { ValueKind: not JsonValueKind.Null } parsed
                && (holdsMembers || parsed.ValueKind is JsonValueKind.Object or JsonValueKind.Array))
            {
                return parsed;
            }
        }
        catch (JsonException)
        {
            // Then it is text.
        }
        return JsonTree.Element(JsonValue.Create(text));
    }

    protected override string At(string path, string member) => ConfigPath.Member(path, member);

    protected override JsonNode? Read(JsonElement value, ValueShape shape, string path)
    {
        if (value.ValueKind == JsonValueKind.String && value.ValueEquals(ConfigNames.Encrypted))
        {
            return Encrypted(shape, path);
        }
        var holdsMembers = value.ValueKind == JsonValueKind.Object && shape.Kind is ValueKind.Map or ValueKind.Record;
        var problem = value.ValueKind == JsonValueKind.Null ? $"has no value; {Expected(shape)}, or remove the key"
            : holdsMembers && JsonTree.HasTwice(value) ? "has a duplicate key"
            : null;
        if (problem is null)
        {
            var current = holdsMembers && shape.Type == typeof(EndpointConfig)
                ? DeprecatedNames.Resolve(value, path, _masked, _deprecations)
                : value;
            return base.Read(current, shape, path);
        }
        Wrong(path, null, problem, shape);
        return null;
    }

    // Pulumi passes each encrypted value as text: no list, no map.
    private JsonValue? Encrypted(ValueShape shape, string path)
    {
        if (shape.Kind is ValueKind.List or ValueKind.Map || (shape.Kind == ValueKind.Record && shape.Shorthand is null))
        {
            Wrong(path, null,
                $"is encrypted as a whole, which Pulumi passes as text; encrypt single values in it, and {Expected(shape)}", shape);
            return null;
        }
        _encrypted.Add(path);
        return StandIns.Required(path) is { } standIn ? JsonValue.Create(standIn) : null;
    }

    protected override void Wrong(string path, JsonElement? value, string problem, ValueShape shape)
    {
        var settable = Settable(path, shape);
        // Pulumi does not add an element or member to an existing text value.
        var remove = settable != path && value is not null ? $"pulumi config rm --path {ConfigPath.Quoted(path)} && " : "";
        _errors.Add(new(path, value is { } there ? Shown(there) : null, problem, remove + ConfigExamples.Fix(settable)));
    }

    protected override void Unknown(string path, string name, JsonElement value, RecordShape record)
    {
        var key = ConfigPath.Member(path, name);
        var isSecret = _masked || SecretWords.IsName(name);
        var shown = isSecret ? ShownValue.Secret : Shown(value);
        var known = path.Length == 0 ? [.. record.Names, HuggingFaceToken] : record.Names.ToArray();
        if (path.Length == 0 && known.Any(member =>
            name.StartsWith($"{member}.", StringComparison.Ordinal) || name.StartsWith($"{member}[", StringComparison.Ordinal)))
        {
            var quoted = ConfigPath.Quoted(name);
            _errors.Add(new(key, shown, "is a path, which Pulumi only splits with --path",
                isSecret ? $"pulumi config rm {quoted}"
                    : $"pulumi config rm {quoted} && pulumi config set --path {quoted} {ShellWord.Of(shown)}"));
            return;
        }
        var near = NearMiss.Of(name, known);
        var remove = $"pulumi config rm --path {ConfigPath.Quoted(key)}";
        if (near.Count == 0)
        {
            // Its value could be anything, also a secret, and does not help.
            _errors.Add(new(key, null, $"is not a setting; choose from {string.Join(", ", known)}", remove));
            return;
        }
        var isToken = near[0] == HuggingFaceToken;
        _errors.Add(new(key, isToken ? ShownValue.Mask(shown, secret: true) : shown,
            $"is not a setting; did you mean {string.Join(" or ", near.Select(member => ConfigPath.Member(path, member)))}?",
            $"{remove} && "
                + (isToken ? SetToken : Renamed(ConfigPath.Member(path, near[0]), record.Member(near[0])!.Shape, value, isSecret))));
    }

    protected override string NotOfKind(ValueShape shape) =>
        $"is not a {(shape.Kind == ValueKind.List ? "list" : "map")}; {Expected(shape)}";

    // Numbers and flags may be text, as `pulumi config set` writes them.
    protected override string? Problem(JsonElement value, ValueShape shape)
    {
        var text = value.ValueKind is JsonValueKind.Array or JsonValueKind.Object
            || (shape.Kind == ValueKind.Text && value.ValueKind is JsonValueKind.True or JsonValueKind.False) ? null : Text(value);
        return text is null ? $"is not {Noun(shape.Kind)}; {Expected(shape)}"
            : _textOnly && value.ValueKind == JsonValueKind.Number ? "is a number, and Pulumi takes only text here: put it in quotes"
            : text.Trim().Length == 0 ? "is empty"
            : SshPublicKey.IsPrivate(text) ? SshPublicKey.PrivateKeyProblem
            : SecretWords.Kind(text) is { } secret ? $"has {secret} in plain text, and no setting takes one here: remove and revoke it"
            : text != text.Trim() || text.Any(char.IsControl) ? "has invalid white space"
            : IsOfKind(text, shape) ? null
            : $"is not {Noun(shape.Kind)}; {Expected(shape)}";
    }

    protected override string Missing(RecordMember member) => "is missing: it has no default";

    protected override bool IsKey(JsonProperty entry, JsonElement map, ValueShape shape, string path)
    {
        if (Names.IsName(entry.Name))
        {
            return true;
        }
        if (SecretWords.Kind(entry.Name) is { } secret)
        {
            _errors.Add(new(path, null, $"has a name with {secret} in it; the name becomes a tag and a host name",
                $"pulumi config rm --path {ConfigPath.Quoted(path)}"));
            return false;
        }
        var endpoint = entry.Value;
        var model = endpoint.ValueKind == JsonValueKind.Object && endpoint.TryGetProperty("model", out var given) && IsScalar(given)
            ? Shown(given)
            : ConfigExamples.Of("model");
        var better = Enumerable.Range(1, map.GetPropertyCount() + 1)
            .Select(index => Names.Nearest(entry.Name, index))
            .First(free => !map.TryGetProperty(free, out _));
        _errors.Add(new(path, null, $"has a name that is not {Names.NameRule}; it becomes a tag, a host name and a resource name",
            $"pulumi config rm --path {ConfigPath.Quoted(path)} && "
            + $"pulumi config set --path 'endpoints.{better}.model' {ShellWord.Of(model)}"));
        return false;
    }

    private static bool IsOfKind(string text, ValueShape shape) => shape.Kind switch
    {
        ValueKind.Whole => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        ValueKind.Decimal when shape.Type == typeof(decimal) =>
            decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _),
        ValueKind.Decimal =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number),
        ValueKind.Flag => text is "true" or "false",
        ValueKind.Word => shape.Words!.Contains(text, StringComparer.Ordinal),
        _ => true,
    };

    private static string Noun(ValueKind kind) => kind switch
    {
        ValueKind.Whole => "a whole number",
        ValueKind.Decimal => "a number",
        ValueKind.Flag => "true or false",
        ValueKind.Word => "one of the choices",
        _ => "text",
    };

    private static string Expected(ValueShape shape) => shape.Kind switch
    {
        ValueKind.Whole => "write digits, such as 2",
        ValueKind.Decimal => "write digits, such as 0.9",
        ValueKind.Flag => "write true or false",
        ValueKind.Word => $"choose one of {string.Join(", ", shape.Words!)}",
        ValueKind.List => "set its elements by index, from [0]",
        ValueKind.Map => "set each entry by its name",
        ValueKind.Record => $"it has {string.Join(", ", RecordShape.Of(shape.Type).Names)}",
        _ => "write text",
    };

    // The written value under the correct name, or an example if the value is not valid there.
    private string Renamed(string meant, ValueShape shape, JsonElement value, bool isSecret)
    {
        var settable = Settable(meant, shape);
        var shown = Shown(value);
        var isWhole = !isSecret && IsScalar(value) && shown == Text(value);
        var keeps = isWhole && settable == meant && shown.Length > 0 && shown[0] is not ('[' or '{' or '-');
        return $"pulumi config set --path {ConfigPath.Quoted(settable)} "
            + (keeps ? ShellWord.Of(shown) : ConfigExamples.At(settable));
    }

    /// <summary>The part of a setting that a command can set: the first element of a list, the required member of a record.</summary>
    private static string Settable(string path, ValueShape shape) => shape.Kind switch
    {
        ValueKind.List => ConfigPath.Element(path, 0),
        ValueKind.Map => ConfigPath.Member(ConfigPath.Member(path, "chat"), "model"),
        ValueKind.Record when shape.Shorthand is not null => path,
        ValueKind.Record => ConfigPath.Member(path, shape.Type == typeof(EngineConfig) ? "install" : "model"),
        _ => path,
    };

    private static bool IsScalar(JsonElement value) =>
        value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null);

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private string Shown(JsonElement value) => ShownValue.Mask(SecretWords.Shown(value), _masked);
}
