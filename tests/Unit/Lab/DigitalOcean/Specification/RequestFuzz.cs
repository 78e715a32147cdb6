using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Infra.Tests.Unit.Lab.DigitalOcean.Specification;

/// <summary>
/// Random requests from the specification's schemas: right ones, nearly right ones, and some that are no requests at all.
/// </summary>
internal sealed partial class RequestFuzz(ApiSpecification specification, IReadOnlyList<ApiOperation> operations, Random random)
{
    private const int KnownValues = 200;

    // Values that requests were seen to need, and those that parsers stumble over.
    private static readonly string[] s_words =
    [
        "nyc2", "tor1", "gpu-h200x1-141gb", "s-1vcpu-1gb", "gpu-h100x1-base", "ubuntu-24-04-x64", "web", "a", "A-b.c", "example.com",
        "ext4", "", " ", "ä", "\0", "../..", "%2e%2e", "'; --", "null", "0", "-1", "1e400", "198.51.100.7", "::1", "0.0.0.0/0",
        "10.10.0.0/20", "80", "8000-8010",
        "all", "tcp", "\uD83D\uDE00", new('x', 300),
    ];

    private readonly List<string> _known = [];

    /// <summary>A request; a null body is none.</summary>
    public (string Method, string Path, string? Body) Next()
    {
        var operation = operations[random.Next(operations.Count)];
        var path = Variable().Replace(operation.Path, _ => Uri.EscapeDataString(NotEmpty(Text())));
        var query = operation.Parameters.Where(parameter => (string?)parameter["in"] == "query" && random.Next(3) == 0)
            .Select(parameter => $"{parameter["name"]}={Uri.EscapeDataString(random.Next(2) == 0 ? Text() : random.Next(300).ToString(
                CultureInfo.InvariantCulture))}").ToList();
        var body = operation.BodySchema is not { } schema ? null : random.Next(25) switch
        {
            0 => "{",
            1 => "[]",
            2 => "null",
            3 => "\"text\"",
            4 => "",
            _ => Value(schema, 0)?.ToJsonString() ?? "{}",
        };
        return (operation.Method, query.Count > 0 ? $"{path}?{string.Join('&', query)}" : path, body);
    }

    /// <summary>Takes ids and names from an answer, for later requests.</summary>
    public void Learn(JsonNode? answer)
    {
        switch (answer)
        {
            case JsonObject members:
                foreach (var (name, value) in members)
                {
                    if (value is JsonValue && name is "id" or "uuid" or "name" or "slug" or "urn" or "fingerprint"
                        && _known.Count < KnownValues)
                    {
                        _known.Add(value!.ToString());
                    }
                    Learn(value);
                }
                break;
            case JsonArray items:
                items.ToList().ForEach(Learn);
                break;
            default:
                break;
        }
        if (_known.Count == KnownValues)
        {
            _known.RemoveRange(0, KnownValues / 2);
        }
    }

    private string Text() =>
        _known.Count > 0 && random.Next(4) > 0 ? _known[random.Next(_known.Count)] : s_words[random.Next(s_words.Length)];

    private JsonNode? Value(JsonNode schema, int depth)
    {
        if ((string?)schema["$ref"] is { } reference)
        {
            return Value(specification.Schema(reference), depth);
        }
        if (random.Next(15) == 0 || depth > 6)
        {
            return Wrong();
        }
        var alternatives = (schema["anyOf"] ?? schema["oneOf"])?.AsArray();
        if (alternatives is { Count: > 0 })
        {
            return Value(alternatives[random.Next(alternatives.Count)]!, depth + 1);
        }
        if (schema["allOf"] is JsonArray parts)
        {
            var whole = new JsonObject();
            JsonNode? other = null;
            foreach (var part in parts.Append(schema["properties"] is null
                ? null
                : new JsonObject { ["properties"] = schema["properties"]!.DeepClone() })
                .OfType<JsonNode>().Select(part => Value(part, depth + 1)))
            {
                other = part;
                foreach (var (name, value) in part as JsonObject ?? [])
                {
                    whole[name] = value?.DeepClone();
                }
            }
            return whole.Count > 0 ? whole : other;
        }
        if (schema["properties"] is JsonObject properties)
        {
            return new JsonObject(properties.Where(_ => random.Next(8) > 0)
                .Select(property => KeyValuePair.Create(property.Key, Value(property.Value!, depth + 1))));
        }
        // Half of the values are the specification's own: what is random alone gets no further than the first check.
        return schema["example"] is { } example && random.Next(2) == 0 ? example.DeepClone()
            : schema["enum"] is JsonArray { Count: > 0 } values
            ? values[random.Next(values.Count)]?.DeepClone()
            : (string?)schema["type"] switch
            {
                "array" => new JsonArray(
                    [.. Enumerable.Range(0, random.Next(4)).Select(_ => schema["items"] is { } item ? Value(item, depth + 1) : Text())]),
                "integer" => Number(),
                "number" => random.NextDouble() * 100,
                "boolean" => random.Next(2) == 0,
                "object" => new JsonObject(),
                _ => Text(),
            };
    }

    private JsonNode? Wrong() => random.Next(7) switch
    {
        0 => null,
        1 => Text(),
        2 => Number(),
        3 => new JsonArray((JsonNode?)null),
        4 => new JsonObject { ["x"] = 1 },
        5 => true,
        _ => 1.5,
    };

    private JsonNode Number() => random.Next(6) switch
    {
        0 => -1,
        1 => 0,
        2 => long.MaxValue,
        3 when _known.Find(text => long.TryParse(text, CultureInfo.InvariantCulture, out _)) is { } id =>
            long.Parse(id, CultureInfo.InvariantCulture),
        _ => random.Next(1, 200),
    };

    // A dot is a segment that clients remove.
    private static string NotEmpty(string text) => text.Trim('.', '/', ' ', '\0').Length > 0 ? text : "x";

    [GeneratedRegex(@"\{[a-z_]+\}")]
    private static partial Regex Variable();
}
