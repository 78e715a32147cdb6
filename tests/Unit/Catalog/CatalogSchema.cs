using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Infra.Planning.Catalog;

namespace Infra.Tests.Unit.Catalog;

/// <summary>The JSON schema of an operator's own catalog file, made from the records, their attributes and their comments.</summary>
internal static partial class CatalogSchema
{
    private static readonly JsonSerializerOptions Spelling = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    private static readonly JsonSchemaExporterOptions Export = new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = Describe,
    };

    private static readonly Dictionary<string, string> Comments = XDocument
        .Load(Path.ChangeExtension(typeof(ModelCatalog).Assembly.Location, ".xml"))
        .Descendants("member")
        .Where(member => member.Element("summary") is not null)
        .ToDictionary(member => member.Attribute("name")!.Value, member => Plain(member.Element("summary")!));

    public static string Generate()
    {
        var root = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Catalog file",
            ["description"] = "Models, GPU cards, sizes and vLLM releases of your own, added to the built-in ones. See docs/catalog.md.",
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["$schema"] = new JsonObject { ["type"] = "string" },
                ["models"] = Rows<ModelSpec>("id", "precision", "architecture"),
                ["gpus"] = Rows<Gpu>("name", "vendor", "architecture", "memoryGB"),
                ["sizes"] = Rows<GpuSize>("slug", "gpu", "gpuCount"),
                ["engines"] = Rows<EngineRelease>("version"),
                ["images"] = Rows<BaseImage>("slug", "vendor"),
            },
            ["additionalProperties"] = false,
        };
        return root.ToJsonString(new()
        {
            WriteIndented =
            true,
            NewLine = "\n",
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping
        }) + "\n";
    }

    /// <summary>
    /// A list of rows. Without <c>basedOn</c> the named members are required; everything else has a default or follows from them.
    /// </summary>
    private static JsonObject Rows<T>(string id, params string[] required)
    {
        var row = Spelling.GetJsonSchemaAsNode(typeof(T), Export).AsObject();
        var members = row["properties"]!.AsObject();
        members["basedOn"] = new JsonObject
        {
            ["type"] =
            "string",
            ["description"] = $"The {id} of a known or earlier row: what this row does not set is taken from it."
        };
        members["replaces"] =
            new JsonObject { ["type"] = "boolean", ["description"] = $"This row takes the place of one with the same {id}." };
        row["required"] = new JsonArray(id);
        if (required.Length > 0)
        {
            row["anyOf"] = new JsonArray(
                new JsonObject { ["required"] = new JsonArray("basedOn") },
                new JsonObject { ["required"] = new JsonArray([.. required.Select(name => (JsonNode)name)]) });
        }

        return new() { ["type"] = "array", ["items"] = row };
    }

    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode node)
    {
        if (node is not JsonObject schema)
        {
            return node;
        }

        if (context.TypeInfo.Kind == JsonTypeInfoKind.Object && !context.Path.IsEmpty)
        {
            // The required members of a nested object depend on basedOn and on defaults: the reader checks them.
            schema.Remove("required");
        }

        if (context.TypeInfo.Kind == JsonTypeInfoKind.Dictionary)
        {
            schema["propertyNames"] = context.TypeInfo.KeyType == typeof(string)
                ? new JsonObject { ["pattern"] = Patterns.WeightsFile }
                : new JsonObject
                {
                    ["enum"] = new JsonArray([.. CatalogWords.Of(context.TypeInfo.KeyType!).Select(word => (JsonNode)word)]),
                };
        }

        if (context.PropertyInfo?.AttributeProvider is PropertyInfo property)
        {
            Bound(schema, property);
            if (Comments.GetValueOrDefault($"P:{property.DeclaringType!.FullName}.{property.Name}") is { } comment)
            {
                schema.Insert(0, "description", comment);
            }
        }

        return schema;
    }

    private static void Bound(JsonObject schema, PropertyInfo property)
    {
        if (property.GetCustomAttribute<RangeAttribute>() is { } range)
        {
            schema["minimum"] = Convert.ToDecimal(range.Minimum, null);
            schema["maximum"] = Convert.ToDecimal(range.Maximum, null);
        }

        if (property.GetCustomAttribute<RegularExpressionAttribute>() is { } pattern)
        {
            ((schema["items"] ?? schema["additionalProperties"]) as JsonObject ?? schema)["pattern"] = pattern.Pattern;
        }

        if (property.GetCustomAttribute<MinLengthAttribute>() is { } least)
        {
            schema["minItems"] = least.Length;
        }
    }

    /// <summary>A comment's text: <c>code</c> and references as their names.</summary>
    private static string Plain(XElement summary)
    {
        foreach (var reference in summary.Descendants("see").ToArray())
        {
            var name = reference.Attribute("cref")!.Value.Split('.')[^1];
            reference.ReplaceWith(JsonNamingPolicy.CamelCase.ConvertName(name));
        }

        return Blanks().Replace(summary.Value, " ").Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
