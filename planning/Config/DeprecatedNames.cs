using System.Text.Json;
using System.Text.Json.Nodes;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;

namespace Infra.Planning.Config;

/// <summary>
/// Old names of an endpoint's settings and values. They work for one release, with a warning that contains the command for the new name.
/// </summary>
internal static class DeprecatedNames
{
    private static readonly Dictionary<string, string> s_settings = new(StringComparer.Ordinal) { ["kvCache"] = "kvCacheDtype" };

    private static readonly Dictionary<(string Setting, string Value), string> s_values = new()
    {
        [("rollout", "allAtOnce")] = "parallel",
        [("rollout", "oneByOne")] = "rolling",
    };

    /// <summary>The endpoint with current names only.</summary>
    /// <param name="endpoint">A JSON object without duplicate members.</param>
    /// <param name="path">Path of the endpoint in the configuration.</param>
    /// <param name="isSecret">Whether the endpoint is stored encrypted: then no value is in a warning.</param>
    /// <param name="warnings">Takes one warning for each old name.</param>
    public static JsonElement Resolve(JsonElement endpoint, string path, bool isSecret, List<(string Endpoint, string Warning)> warnings)
    {
        if (!endpoint.EnumerateObject()
            .Any(member => s_settings.ContainsKey(member.Name) || CurrentValue(member.Name, member.Value) is not null))
        {
            return endpoint;
        }
        var resolved = new JsonObject();
        foreach (var member in endpoint.EnumerateObject())
        {
            var at = ConfigPath.Member(path, member.Name);
            if (s_settings.TryGetValue(member.Name, out var name))
            {
                var isSet = endpoint.TryGetProperty(name, out _);
                if (!isSet)
                {
                    resolved[name] = JsonNode.Parse(member.Value.GetRawText());
                }
                warnings.Add((path, Renamed(member, at, isSet ? null : ConfigPath.Member(path, name), name, isSecret)));
            }
            else if (CurrentValue(member.Name, member.Value) is { } value)
            {
                resolved[member.Name] = value;
                warnings.Add((path, isSecret
                    ? $"{member.Name} has a deprecated value: use parallel or rolling"
                    : $"{member.Name}: {member.Value.GetString()} is deprecated: use {value} (pulumi config set --path "
                        + $"{ConfigPath.Quoted(at)} {value})"));
            }
            else
            {
                resolved[member.Name] = JsonNode.Parse(member.Value.GetRawText());
            }
        }
        return JsonTree.Element(resolved);
    }

    private static string? CurrentValue(string setting, JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? s_values.GetValueOrDefault((setting, value.GetString()!)) : null;

    private static string Renamed(JsonProperty old, string at, string? settable, string name, bool isSecret)
    {
        var remove = $"pulumi config rm --path {ConfigPath.Quoted(at)}";
        return settable is null ? $"{old.Name} is deprecated and ignored, because {name} is set: {remove}"
            : isSecret || old.Value.ValueKind != JsonValueKind.String ? $"{old.Name} is deprecated: use {name}"
            : $"{old.Name} is deprecated: use {name} ({remove} && pulumi config set --path {ConfigPath.Quoted(settable)} "
                + $"{ShellWord.Of(ShownValue.Mask(old.Value.GetString()!))})";
    }
}
