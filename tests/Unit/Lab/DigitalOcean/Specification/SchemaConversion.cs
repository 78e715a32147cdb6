using System.Text.Json.Nodes;

namespace Infra.Tests.Unit.Lab.DigitalOcean.Specification;

/// <summary>
/// Schemas of OpenAPI 3.0 as JSON Schema 2020-12. With <see cref="Closed"/>, an object has no members but those that are named: the
/// specification leaves that open, and a member that it does not name is one that no client reads.
/// </summary>
/// <param name="schemas">The specification's <c>components/schemas</c>.</param>
internal sealed class SchemaConversion(JsonObject schemas)
{
    private static readonly string[] s_branches = ["allOf", "anyOf", "oneOf"];

    private const string RefPrefix = "#/components/schemas/";

    // What validates nothing, or is a format that JSON Schema does not know.
    private static readonly HashSet<string> s_dropped =
        ["example", "examples", "discriminator", "readOnly", "writeOnly", "deprecated", "description", "title", "default", "nullable"];

    private static readonly HashSet<string> s_formats = ["date-time", "uuid", "ipv4", "ipv6", "uri"];

    /// <summary>All named schemas, each open, so that another one can add members.</summary>
    public JsonObject Definitions() => new(schemas.Select(schema => KeyValuePair.Create(schema.Key, (JsonNode?)Open(schema.Value!))));

    /// <summary>A schema whose objects have no other members than those it names.</summary>
    public JsonObject Closed(JsonNode schema)
    {
        var converted = Open(schema);
        return NamesMembers(schema)
            ? new JsonObject { ["allOf"] = new JsonArray(converted), ["unevaluatedProperties"] = false }
            : converted;
    }

    private JsonObject Open(JsonNode schema)
    {
        var source = schema.AsObject();
        var result = new JsonObject();
        if ((string?)source["$ref"] is { } reference)
        {
            // What stands next to a reference has no meaning in OpenAPI 3.0.
            return new JsonObject { ["$ref"] = $"#/$defs/{reference[RefPrefix.Length..]}" };
        }
        foreach (var (key, value) in source.Where(member => !s_dropped.Contains(member.Key)))
        {
            switch (key)
            {
                case "properties":
                    result[key] = new JsonObject(value!.AsObject().Select(
                        property => KeyValuePair.Create(property.Key, (JsonNode?)Closed(property.Value!))));
                    break;
                case "items":
                case "additionalProperties" when value is JsonObject:
                    result[key] = Closed(value!);
                    break;
                case "not":
                    result[key] = Open(value!);
                    break;
                case "allOf" or "anyOf" or "oneOf":
                    // An example of the specification may fit both of two alternatives that differ only in their descriptions.
                    result[key == "oneOf" ? "anyOf" : key] = new JsonArray([.. value!.AsArray().Select(branch => (JsonNode)Open(branch!))]);
                    break;
                case "format" when !s_formats.Contains((string)value!):
                    break;
                default:
                    result[key] = value?.DeepClone();
                    break;
            }
        }
        return (bool?)source["nullable"] == true ? OrNull(result) : result;
    }

    private static JsonObject OrNull(JsonObject schema) =>
        new() { ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "null" }, schema) };

    private bool NamesMembers(JsonNode schema)
    {
        var source = schema.AsObject();
        if ((string?)source["$ref"] is { } reference)
        {
            return NamesMembers(schemas[reference[RefPrefix.Length..]]!);
        }
        if (source["additionalProperties"] is { } others && others.GetValueKind() != System.Text.Json.JsonValueKind.False)
        {
            return false;
        }
        return source.ContainsKey("properties") || s_branches
            .Any(key => source[key] is JsonArray branches && branches.Any(branch => NamesMembers(branch!)));
    }
}
