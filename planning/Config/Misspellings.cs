using System.Text.Json;
using System.Text.Json.Nodes;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;
using Infra.Planning.Reading;

namespace Infra.Planning.Config;

/// <summary>
/// Names that are almost right: each is one error, whose fix writes the same values under the right name. The reader continues with that
/// name, so that nothing is called missing that is only misspelt, and errors below it are found, too.
/// </summary>
/// <param name="errors">Receives the errors.</param>
internal sealed class Misspellings(List<UserError> errors)
{
    /// <summary>The setting that an unknown one was meant to be; null if none is near, or if it is set, too.</summary>
    /// <param name="name">The unknown name.</param>
    /// <param name="record">The record with the settings.</param>
    /// <param name="isSet">Whether a setting has a value already.</param>
    public static string? Meant(string name, RecordShape record, Func<string, bool> isSet) =>
        OtherNames.Near(name, record, record.Names) is [var near, ..] && near != ConfigNames.HuggingFaceToken && !isSet(near) ? near : null;

    /// <summary>The value with right names, at this level.</summary>
    /// <param name="value">A JSON object without duplicate members.</param>
    /// <param name="shape">A record, or the map of endpoints.</param>
    /// <param name="path">Its path.</param>
    /// <param name="isSecret">Whether it is stored encrypted: then no message has a value of it.</param>
    public JsonElement Resolve(JsonElement value, ValueShape shape, string path, bool isSecret)
    {
        if (shape.Type == typeof(EndpointConfig) && !isSecret)
        {
            value = Chosen(Lifted(value, path), path);
        }
        if (shape.Kind == ValueKind.Map && NamelessSettings.In(value) is { } nameless)
        {
            errors.Add(nameless.Error(path, isSecret));
            value = nameless.Resolved;
        }
        var names = shape.Kind == ValueKind.Record ? OfRecord(value, RecordShape.Of(shape.Type)) : OfEndpoints(value);
        if (names.Count == 0)
        {
            return value;
        }
        var resolved = new JsonObject();
        foreach (var member in value.EnumerateObject())
        {
            var current = member;
            if (names.TryGetValue(member.Name, out var meant))
            {
                current = shape.Kind == ValueKind.Map && !isSecret ? WithModel(member) : member;
                Report(shape, path, current, meant, isSecret);
            }
            resolved[meant ?? member.Name] = JsonNode.Parse(current.Value.GetRawText());
        }
        return JsonTree.Element(resolved);
    }

    /// <summary>Reports a member under a wrong name.</summary>
    /// <param name="shape">What the member is in.</param>
    /// <param name="path">Path of that.</param>
    /// <param name="member">The member.</param>
    /// <param name="meant">Its right name.</param>
    /// <param name="isSecret">Whether it is stored encrypted.</param>
    /// <param name="moved">Its value under the right name. Default: the same.</param>
    public void Report(ValueShape shape, string path, JsonProperty member, string meant, bool isSecret, JsonElement? moved = null)
    {
        var (from, to) = (ConfigPath.Member(path, member.Name), ConfigPath.Member(path, meant));
        var isName = shape.Kind == ValueKind.Map;
        Add(from, isName ? null : Shown(member.Value, isSecret),
            isName
                ? $"has a name that is not {Names.NameRule}; it becomes a tag, a host name and a resource name"
                : $"is not a setting; did you mean {to}?",
            isSecret ? null : ReadingFixes.Move(new RemoveStep(from), to, moved ?? member.Value), meant);
    }

    /// <summary>
    /// The endpoint without maps that are no settings but hold some, as <c>deploy</c> of a Compose file holds <c>replicas</c>: these are in
    /// the endpoint itself.
    /// </summary>
    private JsonElement Lifted(JsonElement endpoint, string path)
    {
        var record = RecordShape.Of(typeof(EndpointConfig));
        var lifted = new JsonObject();
        var set = endpoint.EnumerateObject().Select(member => member.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var member in endpoint.EnumerateObject())
        {
            var inner = record.Member(member.Name) is not null || member.Value.ValueKind != JsonValueKind.Object
                || JsonTree.HasTwice(member.Value) ? []
                : member.Value.EnumerateObject()
                    .Select(item => (Item: item, Name: OtherNames.Certain(item.Name, record)))
                    .Where(item => item.Name is { } setting && !set.Contains(setting)
                        && item.Item.Value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null))
                    .DistinctBy(item => item.Name)
                    .Where(item => set.Add(item.Name!))
                    .ToList();
            if (inner.Count == 0)
            {
                lifted[member.Name] = JsonNode.Parse(member.Value.GetRawText());
                continue;
            }
            var from = ConfigPath.Member(path, member.Name);
            var moves = inner.Select(item =>
                ReadingFixes.Move(new RemoveStep(from), ConfigPath.Member(path, item.Name!), item.Item.Value)).ToList();
            Add(from, null, $"is not a setting; of what it holds, {string.Join(", ", inner.Select(item => item.Name))} can be set in the "
                + "endpoint itself",
                moves.Contains(null) ? null : new ConfigFix([new RemoveStep(from), .. moves.SelectMany(move => move!.Steps.Skip(1))]),
                string.Join(", ", inner.Select(item => ConfigPath.Member(path, item.Name!))));
            foreach (var item in inner)
            {
                lifted[item.Name!] = JsonNode.Parse(item.Item.Value.GetRawText());
            }
        }
        return JsonTree.Element(lifted);
    }

    private static string Shown(JsonElement value, bool isSecret) =>
        ShownValue.Mask(SecretWords.Shown(value), isSecret);

    private void Add(string key, string? value, string problem, ConfigFix? fix, string meant) => errors.Add(fix is null
        ? new UserError(key, value, problem, $"write {meant} instead of it in the file of the stack")
        : new UserError(key, value, problem, fix));

    private static Dictionary<string, string> OfRecord(JsonElement value, RecordShape record)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject().Where(member => record.Member(member.Name) is null))
        {
            if (Meant(member.Name, record, near => value.TryGetProperty(near, out _) || names.ContainsValue(near)) is { } meant)
            {
                names[member.Name] = meant;
            }
        }
        return names;
    }

    private static Dictionary<string, string> OfEndpoints(JsonElement value)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject()
            .Where(member => !Names.IsName(member.Name) && SecretWords.Kind(member.Name) is null))
        {
            names[member.Name] = Enumerable.Range(1, value.GetPropertyCount() + 1)
                .Select(index => Names.Nearest(member.Name.Split('/')[^1], index))
                .First(free => !value.TryGetProperty(free, out _) && !names.ContainsValue(free));
        }
        return names;
    }

    /// <summary>An endpoint without a model whose name is one: the name is the model that was meant.</summary>
    private static JsonProperty WithModel(JsonProperty endpoint)
    {
        var settings = endpoint.Value.ValueKind switch
        {
            JsonValueKind.Null => [],
            JsonValueKind.Object when !endpoint.Value.TryGetProperty("model", out _) =>
                JsonNode.Parse(endpoint.Value.GetRawText())!.AsObject(),
            _ => null,
        };
        var model = ModelCatalog.Load().Models.Keys.FirstOrDefault(id =>
            string.Equals(id, endpoint.Name, StringComparison.OrdinalIgnoreCase)
            || string.Equals(id[(id.IndexOf('/', StringComparison.Ordinal) + 1)..], endpoint.Name, StringComparison.OrdinalIgnoreCase));
        if (settings is null || model is null)
        {
            return endpoint;
        }
        settings["model"] = model;
        return JsonTree.Element(new JsonObject { [endpoint.Name] = settings }).EnumerateObject().First();
    }

    /// <summary>The endpoint with switches as the choices that they are: <c>access: public</c> for <c>public: true</c>.</summary>
    private JsonElement Chosen(JsonElement endpoint, string path)
    {
        var record = RecordShape.Of(typeof(EndpointConfig));
        var chosen = new JsonObject();
        var set = endpoint.EnumerateObject().Select(member => member.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var member in endpoint.EnumerateObject())
        {
            var text = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString() : member.Value.GetRawText();
            if (record.Member(member.Name) is not null || text is not ("true" or "false")
                || OtherNames.Choice(member.Name, record) is not var (setting, word, inList))
            {
                chosen[member.Name] = JsonNode.Parse(member.Value.GetRawText());
                continue;
            }
            var (from, to) = (ConfigPath.Member(path, member.Name), ConfigPath.Member(path, setting));
            var isSet = text == "true" && set.Add(setting);
            errors.Add(new(from, text, isSet ? $"is not a setting; did you mean {word} as {to}?"
                : $"is not a setting; {word} is a choice of {to}{(text == "true" ? ", which is set, too" : "")}",
                isSet ? new ConfigFix(new RemoveStep(from), ConfigFix.SetTo(inList ? ConfigPath.Element(to, 0) : to, word))
                    : ConfigFix.Remove(from)));
            if (isSet)
            {
                chosen[setting] = inList ? new JsonArray(word) : word;
            }
        }
        return JsonTree.Element(chosen);
    }
}
