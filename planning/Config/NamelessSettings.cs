using System.Text.Json;
using System.Text.Json.Nodes;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;
using Infra.Planning.Reading;

namespace Infra.Planning.Config;

/// <summary>
/// Settings of an endpoint that are next to the endpoints and not below one. They belong to the only endpoint, or to a new one if they
/// have a model; among several endpoints, the operator has to choose.
/// </summary>
internal sealed class NamelessSettings
{
    private const string First = "chat";
    private const string Model = "model";

    private readonly IReadOnlyList<JsonProperty> _settings;

    /// <summary>The endpoint that they belong to; null: one of several.</summary>
    private readonly string? _endpoint;

    /// <summary>Settings that the endpoint has itself.</summary>
    private readonly HashSet<string> _set;

    private NamelessSettings(JsonElement endpoints, IReadOnlyList<JsonProperty> settings)
    {
        _settings = settings;
        var others = endpoints.EnumerateObject().Where(member => settings.All(setting => setting.Name != member.Name)).ToList();
        var hasModel = settings.Any(setting => setting.Name == Model);
        var real = others.Where(other => other.Value.ValueKind == JsonValueKind.Object && Names.IsName(other.Name)
            && !(hasModel && other.Value.TryGetProperty(Model, out _))).ToList();
        // A name with nothing below it is theirs, but for the indentation.
        var bare = others.Where(other => other.Value.ValueKind == JsonValueKind.Null && Names.IsName(other.Name)).ToList();
        _endpoint = bare is [var empty] ? empty.Name
            : real is [var only] ? only.Name
            : real.Count > 0 && !hasModel ? null
            : Enumerable.Range(1, endpoints.GetPropertyCount() + 1).Select(index => Names.Nearest(First, index))
                .First(free => !endpoints.TryGetProperty(free, out _));
        var resolved = new JsonObject();
        foreach (var other in others)
        {
            resolved[other.Name] = JsonNode.Parse(other.Value.GetRawText());
        }
        _set = [];
        if (_endpoint is { } endpoint)
        {
            var named = resolved[endpoint] as JsonObject ?? [];
            _set = [.. named.Select(setting => setting.Key)];
            foreach (var setting in settings.Where(setting => !_set.Contains(setting.Name)))
            {
                named[setting.Name] = JsonNode.Parse(setting.Value.GetRawText());
            }
            if (named.Parent is null)
            {
                resolved[endpoint] = named;
            }
        }
        Resolved = JsonTree.Element(resolved);
    }

    /// <summary>The endpoints, with these settings where they belong.</summary>
    public JsonElement Resolved { get; }

    /// <summary>The settings without an endpoint; null: there are none.</summary>
    /// <param name="endpoints">The map of endpoints, a JSON object without duplicate members.</param>
    public static NamelessSettings? In(JsonElement endpoints)
    {
        var record = RecordShape.Of(typeof(EndpointConfig));
        var hasModel = endpoints.TryGetProperty(Model, out var model) && model.ValueKind == JsonValueKind.String;
        // The name of an endpoint may be that of a setting; then it has a map. Text could be its model.
        var settings = endpoints.EnumerateObject().Where(member => record.Member(member.Name) is not null
            && (hasModel && member.Name == "engine"
                || member.Value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null)
                && (hasModel || member.Value.ValueKind != JsonValueKind.String
                    || !member.Value.GetString()!.Contains('/', StringComparison.Ordinal)))).ToList();
        return settings.Count > 0 ? new(endpoints, settings) : null;
    }

    /// <param name="path">Path of the endpoints.</param>
    /// <param name="isSecret">Whether they are stored encrypted.</param>
    public UserError Error(string path, bool isSecret)
    {
        var shown = string.Join(", ", _settings.Select(setting => setting.Name));
        var verb = _settings.Count == 1 ? "is a setting" : "are settings";
        if (_endpoint is null)
        {
            return new(path, shown, $"{verb} of an endpoint, and next to several: each endpoint has its own",
                "write it below the endpoints that it is for, in the file of the stack");
        }
        var at = ConfigPath.Member(path, _endpoint);
        var moves = _settings.Select(setting => new RemoveStep(ConfigPath.Member(path, setting.Name)) is var remove
            && _set.Contains(setting.Name) ? new ConfigFix(remove)
            : ReadingFixes.Move(remove, ConfigPath.Member(at, setting.Name), setting.Value)).ToList();
        var problem = $"{verb} of an endpoint, and {path} has a name for each endpoint first: {at}.{_settings[0].Name}";
        return isSecret || moves.Contains(null)
            ? new(path, shown, problem, $"write {_endpoint} with these below it instead of it in the file of the stack")
            : new(path, shown, problem, moves.Aggregate((all, next) => all!.Then(next!))!);
    }
}
