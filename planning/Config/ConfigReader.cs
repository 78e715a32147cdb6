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
    private static readonly ConfigFix s_setToken = new(new SetSecretStep(HuggingFaceToken) { IsKey = true });
    private readonly List<UserError> _errors;
    private readonly IReadOnlySet<string>? _secretKeys;
    private readonly List<(string Endpoint, string Warning)> _deprecations = [];
    private readonly Misspellings _misspellings;
    private readonly List<string> _encrypted = [];
    private readonly HashSet<string> _meantKeys = new(StringComparer.Ordinal);
    private readonly IReadOnlyDictionary<string, string> _config;
    private bool _masked;

    // Pulumi.yaml declares the type of top-level lists down to their elements; of maps it knows no more than that.
    private bool _textOnly;

    private ConfigReader(IReadOnlyDictionary<string, string> config, List<UserError> errors, IReadOnlySet<string>? secretKeys)
    {
        _config = config;
        _errors = errors;
        _secretKeys = secretKeys;
        _misspellings = new(errors);
    }

    /// <summary>Binds the valid settings. Invalid ones keep their default and are in <paramref name="errors"/>.</summary>
    /// <param name="config">Qualified keys and their values as Pulumi passes them: text, or JSON for lists and maps.</param>
    /// <param name="secretKeys">Qualified keys that are stored encrypted: no message contains their values; null: unknown.</param>
    /// <param name="errors">Receives the errors.</param>
    public static StackConfig Read(
        IReadOnlyDictionary<string, string> config, IReadOnlySet<string>? secretKeys, List<UserError> errors)
    {
        var reader = new ConfigReader(config, errors, secretKeys);
        var sound = reader.Check();
        using var json = new MemoryStream(Encoding.UTF8.GetBytes(sound.ToJsonString()));
        var stackConfig = new ConfigurationBuilder().AddJsonStream(json).Build()
            .Get<StackConfig>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new();
        return stackConfig with { Deprecations = reader._deprecations, Encrypted = reader._encrypted };
    }

    // Pulumi passes the defaults of Pulumi.yaml, too.
    private bool IsSet(string name) => _meantKeys.Contains(name)
        || _config.GetValueOrDefault($"{Namespace}:{name}") is not (null or "" or "[]" or "{}" or "false");

    private JsonObject Check()
    {
        var record = RecordShape.Of(typeof(StackConfig));
        var sound = new JsonObject();
        var misplaced = new MisplacedSettings(_config);
        _meantKeys.UnionWith(misplaced.Meant);
        foreach (var (qualified, text) in _config.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (!qualified.StartsWith($"{Namespace}:", StringComparison.Ordinal))
            {
                var isSecret = _secretKeys?.Contains(qualified) == true;
                OtherNamespaces.CheckToken(qualified, text, isSecret || _secretKeys is null || text == ConfigNames.Encrypted, _errors);
                if (OtherNamespaces.Meant(qualified, _config.Keys) is { } elsewhere)
                {
                    var shape = record.Member(elsewhere)?.Shape;
                    Moved(new RemoveStep(qualified) { IsKey = true }, elsewhere, Element(text, shape), IsSet(elsewhere), isSecret);
                    _meantKeys.Add(elsewhere);
                }
                continue;
            }
            var key = qualified[(Namespace.Length + 1)..];
            _textOnly = record.Member(key)?.Shape is { Kind: ValueKind.List };
            _masked = (_secretKeys?.Contains(qualified) == true && !ConfigNames.HasEncrypted(text)) || key == HuggingFaceToken;
            if (key == HuggingFaceToken)
            {
                CheckToken(qualified, text);
            }
            else if (record.Member(key) is null && !IsPath(key, record) && !key.Contains(':', StringComparison.Ordinal)
                && NearestIsNotToken(key, record) && Misspellings.Meant(key, record, IsSet) is { } meant)
            {
                _meantKeys.Add(meant);
                var element = Element(text, record.Member(meant)!.Shape);
                _misspellings.Report(ValueShape.Of(typeof(StackConfig)), "", Property(key, element), meant, _masked);
                if (Read(element, record.Member(meant)!.Shape, meant) is { } value)
                {
                    sound[meant] = value;
                }
            }
            else if (key == Namespace && !_masked
                && Element(text, ValueShape.Of(typeof(StackConfig))) is { ValueKind: JsonValueKind.Object } nested)
            {
                _meantKeys.UnionWith(Nested(nested, IsSet));
            }
            else if (!_masked && misplaced.Of(key, text) is { } error)
            {
                _errors.Add(error);
            }
            else if (record.Member(key) is not { } member)
            {
                if (IsPath(key, record) && ConfigPath.Parse(key) is [string written, ..] && !_config.ContainsKey($"{Namespace}:{written}"))
                {
                    _meantKeys.Add(written); // its fix sets it
                }
                Unknown("", key, Element(text), record);
            }
            else if (_meantKeys.Contains(key) || (text.Length == 0 && !member.Required))
            {
                continue; // the empty default in Pulumi.yaml: Pulumi requires one for optional settings
            }
            else if (Read(Element(text, member.Shape), member.Shape, key) is { } value)
            {
                sound[key] = value;
            }
        }
        _masked = false;
        CheckRequired(record, "", name => _meantKeys.Contains(name) || _config.ContainsKey($"{Namespace}:{name}"));
        return sound;
    }

    /// <summary>A setting under another namespace. What its fix leaves wrong comes from trying the fix.</summary>
    private void Moved(RemoveStep remove, string to, JsonElement value, bool isSet, bool isSecret)
    {
        var problem = $"is in a namespace that nothing reads; did you mean {Namespace}:{to}{(isSet ? ", which is set, too" : "")}?";
        var shown = ShownValue.Mask(Text(value), isSecret);
        var fix = isSet ? new ConfigFix(remove)
            : isSecret ? new ConfigFix(remove, new SetSecretStep(to))
            : ReadingFixes.Move(remove, to, value);
        _errors.Add(fix is null
            ? new(remove.Path, shown, problem, $"write {Namespace}:{to} instead of it in the file of the stack")
            : new(remove.Path, shown, problem, fix));
    }

    /// <summary>Settings below the namespace as if it were a map; returns their names.</summary>
    private HashSet<string> Nested(JsonElement nested, Func<string, bool> isSet)
    {
        var moved = nested.EnumerateObject().Where(member => !isSet(member.Name)).DistinctBy(member => member.Name).ToList();
        var moves = moved.Select(member => ReadingFixes.Move(new RemoveStep(Namespace), member.Name, member.Value)).ToList();
        var problem = $"is a namespace and no setting: each key begins with it, as {Namespace}:region does";
        _errors.Add(moves.Contains(null)
            ? new(Namespace, null, problem, "write the settings below it as keys in the file of the stack")
            : new(Namespace, null, problem, new ConfigFix([new RemoveStep(Namespace), .. moves.SelectMany(move => move!.Steps.Skip(1))])));
        return [.. moved.Select(member => member.Name)];
    }

    private void CheckToken(string qualified, string text)
    {
        if (text.Length == 0 || text == ConfigNames.Encrypted)
        {
            return; // the same, or not readable here
        }
        if (Element(text, ValueShape.Text).ValueKind != JsonValueKind.String)
        {
            _errors.Add(new(HuggingFaceToken, null, "is a list or a map, and Pulumi takes only text here", s_setToken));
            return;
        }
        if (_secretKeys is not null && !_secretKeys.Contains(qualified))
        {
            _errors.Add(
                new(HuggingFaceToken, null, "is stored in plain text; revoke this token and store a new one encrypted", s_setToken));
        }
        if (text.Any(character => char.IsWhiteSpace(character) || char.IsControl(character)))
        {
            _errors.Add(new(HuggingFaceToken, null, "has white space in it", s_setToken));
        }
    }

    // Pulumi passes text, and JSON for lists and maps.
    internal static JsonElement Element(string text, ValueShape? shape = null)
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
        var problem = value.ValueKind == JsonValueKind.Null ? $"has no value; {Expected(shape)}, or remove it"
            : holdsMembers && JsonTree.HasTwice(value) ? "has a duplicate key"
            : null;
        if (problem is null)
        {
            var current = holdsMembers && shape.Type == typeof(EndpointConfig)
                ? DeprecatedNames.Resolve(value, path, _masked, _deprecations)
                : value;
            current = holdsMembers ? _misspellings.Resolve(current, shape, path, _masked) : current;
            return base.Read(current, shape, path);
        }
        if (value.ValueKind == JsonValueKind.Null)
        {
            Wrong(path, null, problem, shape);
        }
        else
        {
            _errors.Add(new(path, null, problem, "write each of its keys once in the file of the stack"));
        }
        return null;
    }

    // Pulumi passes each encrypted value as text: no list, no map.
    private JsonValue? Encrypted(ValueShape shape, string path)
    {
        if (shape.Kind is ValueKind.List or ValueKind.Map || (shape.Kind == ValueKind.Record && shape.Shorthand is null))
        {
            // Pulumi sets nothing below an encrypted value.
            _errors.Add(new(path, null,
                $"is encrypted as a whole, which Pulumi passes as text; encrypt single values in it, and {Expected(shape)}",
                ConfigFix.Remove(path).Then(ReadingFixes.Of(path, null, shape))));
            return null;
        }
        _encrypted.Add(path);
        return Substitutes.Required(path) is { } substitute ? JsonValue.Create(substitute) : null;
    }

    protected override void Wrong(string path, JsonElement? value, string problem, ValueShape shape) =>
        _errors.Add(new(path, value is { } there ? Shown(there) : null, problem,
            !_masked || value is null ? ReadingFixes.Of(path, value, shape)
                : shape.Kind is ValueKind.List or ValueKind.Map or ValueKind.Record
                    ? ConfigFix.Remove(path).Then(ReadingFixes.Of(path, null, shape))
                    : new ConfigFix(new SetSecretStep(path))));

    protected override void Unknown(string path, string name, JsonElement value, RecordShape record)
    {
        var key = ConfigPath.Member(path, name);
        var isSecret = _masked || SecretWords.IsName(name);
        var shown = isSecret ? ShownValue.Secret : Shown(value);
        var known = path.Length == 0 ? [.. record.Names, HuggingFaceToken] : record.Names.ToArray();
        var remove = new RemoveStep(key);
        if (path.Length == 0 && IsPath(name, record))
        {
            var removeKey = new RemoveStep(name) { IsKey = true };
            var isSettable = ConfigPath.Parse(name) is [string first, var next, ..] && !Text(value).Any(char.IsControl)
                && next is int == (record.Member(first)?.Shape.Kind == ValueKind.List);
            var settable = ConfigPath.Of(ConfigPath.Parse(name)); // the CLI refuses endpoints[chat]
            _errors.Add(new(key, shown, "is a path, which Pulumi only splits with --path", !isSettable ? new ConfigFix(removeKey)
                : new ConfigFix(removeKey, isSecret || ShownValue.IsSecret(Text(value)) ? new SetSecretStep(settable)
                    : ConfigFix.SetTo(settable, Text(value)))));
            return;
        }
        if (path.Length == 0 && (name.Length == 0 || name.Contains(':', StringComparison.Ordinal)))
        {
            // The CLI reads what is before the colon as a namespace, and refuses an empty key.
            _errors.Add(new(key, null, $"is not a setting; choose from {string.Join(", ", known)}",
                "remove it from the file of the stack"));
            return;
        }
        if (record.Type == typeof(EndpointConfig) && MisplacedSettings.InEndpoint(path, name, value, isSecret, IsSet) is { } elsewhere)
        {
            _errors.Add(elsewhere);
            return;
        }
        var near = OtherNames.Near(name, record, known);
        if (near is [HuggingFaceToken, ..])
        {
            _errors.Add(new(key, ShownValue.Mask("", secret: true), $"is not a setting; did you mean {HuggingFaceToken}?",
                IsSet(HuggingFaceToken)
                    ? new ConfigFix(remove)
                    : new ConfigFix(remove, new SetSecretStep(HuggingFaceToken) { IsKey = true })));
            return;
        }
        // The value of an unknown setting could be anything, also a secret, and does not help.
        _errors.Add(new(key, near.Count == 0 ? null : shown, near.Count == 0
            ? $"is not a setting; choose from {string.Join(", ", known)}"
            : $"is not a setting; did you mean {ConfigPath.Member(path, near[0])}, which is set, too?", new ConfigFix(remove)));
    }

    private static bool IsPath(string key, RecordShape record) => record.Names.Any(member =>
        key.StartsWith($"{member}.", StringComparison.Ordinal) || key.StartsWith($"{member}[", StringComparison.Ordinal));

    private static bool NearestIsNotToken(string key, RecordShape record) =>
        OtherNames.Near(key, record, [.. record.Names, HuggingFaceToken]) is not [HuggingFaceToken, ..];

    private static JsonProperty Property(string name, JsonElement value) =>
        JsonTree.Element(new JsonObject { [name] = JsonNode.Parse(value.GetRawText()) }).EnumerateObject().First();

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

    // Other wrong names were replaced by right ones before.
    protected override bool IsKey(JsonProperty entry, JsonElement map, ValueShape shape, string path)
    {
        if (SecretWords.Kind(entry.Name) is not { } secret)
        {
            return true;
        }
        _errors.Add(new(path, null, $"has a name with {secret} in it; the name becomes a tag and a host name", ConfigFix.Remove(path)));
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
        ValueKind.Record => $"its settings are {string.Join(", ", RecordShape.Of(shape.Type).Names)}",
        _ => "write text",
    };

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private string Shown(JsonElement value) => ShownValue.Mask(SecretWords.Shown(value), _masked);
}
