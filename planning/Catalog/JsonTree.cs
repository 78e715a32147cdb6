using System.Text.Json;
using System.Text.Json.Nodes;

namespace Infra.Planning.Catalog;

/// <summary>Conversions between immutable and mutable JSON.</summary>
internal static class JsonTree
{
    public static JsonElement Element(JsonNode? node) => JsonElement.Parse(node?.ToJsonString() ?? "null");

    /// <summary>Removes and returns a member; null if it is missing.</summary>
    public static JsonElement? Take(JsonObject row, string member)
    {
        if (!row.ContainsKey(member))
        {
            return null;
        }

        var value = Element(row[member]);
        row.Remove(member);
        return value;
    }

    /// <summary>Whether an object has a duplicate member.</summary>
    public static bool HasTwice(JsonElement value) =>
        value.EnumerateObject().Select(member => member.Name).Distinct(StringComparer.Ordinal).Count() < value.GetPropertyCount();

    /// <summary>Duplicate members of an object, at any depth; a mutable JSON object cannot have them.</summary>
    public static IEnumerable<string> Duplicates(JsonElement element, string path = "")
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            return element.EnumerateArray().Index().SelectMany(item => Duplicates(item.Item, $"{path}[{item.Index}]"));
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        return element.EnumerateObject().SelectMany(member =>
        {
            var at = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
            return seen.Add(member.Name) ? Duplicates(member.Value, at) : [at];
        });
    }
}
