using System.Text.Json;
using System.Text.Json.Nodes;

namespace Infra.Tests.Unit.Config;

/// <summary>Configurations as Pulumi hands them over, made from the smallest one that is right.</summary>
internal static class Configs
{
    public const string Model = "mistralai/Ministral-3-3B-Instruct-2512";

    /// <summary>
    /// The smallest right one, with edits: a path as <c>endpoints.chat.model</c> or <c>adminCidrs</c>, and its value as JSON; null removes
    /// it.
    /// </summary>
    public static Dictionary<string, string> With(params (string Path, string? Json)[] edits)
    {
        var config = new JsonObject
        {
            ["region"] = "tor1",
            ["adminCidrs"] = new JsonArray("203.0.113.7/32"),
            ["endpoints"] = new JsonObject { ["chat"] = new JsonObject { ["model"] = Model } },
        };
        foreach (var (path, json) in edits)
        {
            var names = path.Split('.');
            var at = config;
            foreach (var name in names[..^1])
            {
                at[name] ??= new JsonObject();
                at = at[name]!.AsObject();
            }
            if (json is null)
            {
                at.Remove(names[^1]);
            }
            else
            {
                at[names[^1]] = JsonNode.Parse(json);
            }
        }
        return config.ToDictionary(entry => $"inference:{entry.Key}", entry => Text(entry.Value));
    }

    // Pulumi hands over scalars as text and the rest as JSON.
    private static string Text(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : node?.ToJsonString() ?? "null";
}
