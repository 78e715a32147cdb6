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
    private const string Endpoint = "chat";

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
            value = Lifted(value, path);
        }
        var names = shape.Kind == ValueKind.Record ? OfRecord(value, RecordShape.Of(shape.Type)) : OfEndpoints(value);
        if (shape.Kind == ValueKind.Map && Nameless(value) is { Count: > 0 } nameless)
        {
            return Named(value, nameless, path, isSecret);
        }
        if (names.Count == 0)
        {
            return value;
        }
        var resolved = new JsonObject();
        foreach (var member in value.EnumerateObject())
        {
            if (names.TryGetValue(member.Name, out var meant))
            {
                Report(shape, path, member, meant, isSecret);
            }
            resolved[meant ?? member.Name] = JsonNode.Parse(member.Value.GetRawText());
        }
        return JsonTree.Element(resolved);
    }

    /// <summary>Reports a member under a wrong name.</summary>
    public void Report(ValueShape shape, string path, JsonProperty member, string meant, bool isSecret)
    {
        var (from, to) = (ConfigPath.Member(path, member.Name), ConfigPath.Member(path, meant));
        var isName = shape.Kind == ValueKind.Map;
        Add(from, isName ? null : Shown(member.Value, isSecret),
            isName
                ? $"has a name that is not {Names.NameRule}; it becomes a tag, a host name and a resource name"
                : $"is not a setting; did you mean {to}?",
            isSecret ? null : ReadingFixes.Move(new RemoveStep(from), to, member.Value), meant);
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
                .Select(index => Names.Nearest(member.Name, index))
                .First(free => !value.TryGetProperty(free, out _) && !names.ContainsValue(free));
        }
        return names;
    }

    /// <summary>Settings of an endpoint that are written without the endpoint's name.</summary>
    private static List<JsonProperty> Nameless(JsonElement endpoints)
    {
        var record = RecordShape.Of(typeof(EndpointConfig));
        return endpoints.TryGetProperty("model", out var model) && model.ValueKind == JsonValueKind.String
            ? [.. endpoints.EnumerateObject().Where(member => record.Member(member.Name) is not null
                && (member.Name == "engine" || member.Value.ValueKind != JsonValueKind.Object))]
            : [];
    }

    private JsonElement Named(JsonElement endpoints, List<JsonProperty> nameless, string path, bool isSecret)
    {
        // A name with nothing below it is theirs, but for the indentation.
        var names = endpoints.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.Null && Names.IsName(member.Name)
            && nameless.All(moved => moved.Name != member.Name)).ToList();
        var name = names is [var bare] ? bare.Name : Enumerable.Range(1, endpoints.GetPropertyCount() + 1)
            .Select(index => Names.Nearest(Endpoint, index))
            .First(free => !endpoints.TryGetProperty(free, out _));
        var (at, named) = (ConfigPath.Member(path, name), new JsonObject());
        var moves = new List<ConfigFix?>();
        var resolved = new JsonObject();
        foreach (var member in endpoints.EnumerateObject())
        {
            var isMoved = nameless.Any(moved => moved.Name == member.Name);
            (isMoved ? named : resolved)[member.Name] = JsonNode.Parse(member.Value.GetRawText());
            if (isMoved)
            {
                moves.Add(ReadingFixes.Move(
                    new RemoveStep(ConfigPath.Member(path, member.Name)), ConfigPath.Member(at, member.Name), member.Value));
            }
        }
        resolved[name] = named;
        Add(path, string.Join(", ", nameless.Select(member => member.Name)),
            $"are settings of an endpoint, and {path} has a name for each endpoint first: {at}.{nameless[0].Name}",
            isSecret || moves.Contains(null) ? null : moves.Aggregate((all, next) => all!.Then(next!)), $"{name} with these below it");
        return JsonTree.Element(resolved);
    }
}
