using System.Text.Json.Nodes;

namespace Infra.Tests.Unit.Lab.DigitalOcean.Specification;

/// <summary>A request of the examples of its members, for an operation that has no example as a whole.</summary>
internal static class ComposedRequest
{
    /// <returns>Null: the operation has no body.</returns>
    public static JsonNode? Of(ApiSpecification specification, ApiOperation operation)
    {
        return operation.BodySchema is { } schema ? Of(schema) : null;

        JsonNode? Of(JsonNode schema)
        {
            if ((string?)schema["$ref"] is { } reference)
            {
                return Of(specification.Schema(reference));
            }
            if (schema["example"] is { } example)
            {
                return example.DeepClone();
            }
            var result = new JsonObject();
            // The first of several alternatives.
            IEnumerable<JsonNode?> parts =
                [.. schema["allOf"]?.AsArray() ?? [], schema["anyOf"]?.AsArray()[0], schema["oneOf"]?.AsArray()[0]];
            foreach (var part in parts.OfType<JsonNode>().Select(Of).OfType<JsonObject>())
            {
                foreach (var (name, value) in part.ToList())
                {
                    result[name] = value?.DeepClone();
                }
            }
            foreach (var (name, property) in schema["properties"]?.AsObject() ?? [])
            {
                if ((bool?)property!["readOnly"] != true && Of(property) is { } value)
                {
                    result[name] = value;
                }
            }
            return result.Count > 0 || schema["properties"] is not null ? result
                : schema["enum"] is JsonArray { Count: > 0 } allowed ? allowed[0]?.DeepClone()
                : schema["items"] is { } items && Of(items) is { } item ? new JsonArray(item)
                : null;
        }
    }
}
