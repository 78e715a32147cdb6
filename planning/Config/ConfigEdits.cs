using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Infra.Planning.Errors;

namespace Infra.Planning.Config;

/// <summary>Applies the fixes of errors to a stack config, as the Pulumi CLI would to its file.</summary>
internal static class ConfigEdits
{
    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false };

    /// <summary>The changed config; null if the CLI could not make a change.</summary>
    /// <param name="config">Qualified keys and their values, as Pulumi passes them.</param>
    /// <param name="fixes">The fixes, in their order.</param>
    public static Dictionary<string, string>? Apply(IReadOnlyDictionary<string, string> config, IEnumerable<ConfigFix> fixes)
    {
        var root = new JsonObject(config.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)Node(entry.Value))));
        foreach (var step in fixes.SelectMany(fix => fix.Steps))
        {
            if (!Apply(root, step))
            {
                return null;
            }
        }
        return root.ToDictionary(entry => entry.Key, entry => Text(entry.Value));
    }

    private static bool Apply(JsonObject root, ConfigStep step)
    {
        IReadOnlyList<object> parts = step.IsKey ? [step.Path] : ConfigPath.Parse(step.Path);
        if (parts is not [string key, ..])
        {
            return false;
        }
        var qualified = key.Contains(':', StringComparison.Ordinal) ? key : $"{ConfigNames.Namespace}:{key}";
        parts = [qualified, .. parts.Skip(1)];
        if (step is RemoveStep)
        {
            Remove(root, parts);
            return true;
        }
        return Set(root, parts, step is SetStep set ? Scalar(set.Value, isPath: !step.IsKey) : JsonValue.Create(ConfigNames.Encrypted));
    }

    private static bool Set(JsonNode at, IReadOnlyList<object> parts, JsonNode value)
    {
        for (var i = 0; i < parts.Count; i++)
        {
            var next = i == parts.Count - 1 ? value : Child(at, parts[i]) ?? (parts[i + 1] is int ? new JsonArray() : new JsonObject());
            if (next.Parent is null && !Put(at, parts[i], next))
            {
                return false;
            }
            at = next;
        }
        return true;
    }

    private static bool Put(JsonNode at, object part, JsonNode value)
    {
        switch (at, part)
        {
            case (JsonObject members, string name):
                members[name] = value;
                return true;
            case (JsonArray items, int index) when index < items.Count:
                items[index] = value;
                return true;
            case (JsonArray items, int index) when index == items.Count:
                items.Add(value);
                return true;
            default:
                return false;
        }
    }

    private static void Remove(JsonNode root, IReadOnlyList<object> parts)
    {
        var at = (JsonNode?)root;
        foreach (var part in parts.Take(parts.Count - 1))
        {
            at = at is null ? null : Child(at, part);
        }
        switch (at, parts[^1])
        {
            case (JsonObject members, string name):
                members.Remove(name);
                break;
            case (JsonArray items, int index) when index < items.Count:
                items.RemoveAt(index);
                break;
        }
    }

    private static JsonNode? Child(JsonNode at, object part) => (at, part) switch
    {
        (JsonObject members, string name) => members[name],
        (JsonArray items, int index) when index < items.Count => items[index],
        _ => null,
    };

    // With --path, the CLI stores digits as a number and true as a boolean.
    private static JsonValue Scalar(string text, bool isPath) =>
        isPath && text is "true" or "false" ? JsonValue.Create(text == "true")
        : isPath && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number.ToString(CultureInfo.InvariantCulture) == text ? JsonValue.Create(number)
        : JsonValue.Create(text);

    private static JsonNode Node(string text)
    {
        try
        {
            return text.StartsWith('[') || text.StartsWith('{') ? JsonNode.Parse(text, documentOptions: s_strict)! : JsonValue.Create(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text)
        ? text
        : node?.ToJsonString() ?? "";
}
