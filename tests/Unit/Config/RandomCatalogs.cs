using System.Text.Json.Nodes;
using Infra.Planning.Catalog;
using Infra.Planning.Reading;

namespace Infra.Tests.Unit.Config;

/// <summary>
/// Catalog files from the records of their rows: rows of the built-in catalog, whole or based on another, changed at random.
/// </summary>
internal sealed class RandomCatalogs(Random chance)
{
    private static readonly (string List, string Id, Type Row, string File)[] s_lists =
    [
        ("gpus", "name", typeof(Gpu), "gpus.json"), ("images", "slug", typeof(BaseImage), "images.json"),
        ("sizes", "slug", typeof(GpuSize), "gpu-sizes.json"), ("models", "id", typeof(ModelSpec), "models.json"),
        ("engines", "version", typeof(EngineRelease), "engines.json"),
    ];

    private static readonly string[] s_values =
    [
        "null", "true", "false", "0", "-1", "1", "0.5", "1e400", "1e19", "9223372036854775808", "2147483648",
        "\"\"", "\" \"", "\"x\"", "[]", "{}",
        "[null]", "[[]]", "[{}]", "\"\\u0000\"", "\"\\ud800\"", "\"2026-01-01\"", "\"1.2.3\"",
        "\"a/b\"", "\"gpu-h100x1-base\"", "\"NVIDIA H100\"",
        "[\"x\"]", "[1]", "{\"x\": 1}", "{\"x\": \"y\"}", "[\"--x\"]", "\"hf\"", "[\"hf\"]", "\"--load-format\"", "[\"--load-format\"]",
    ];

    private readonly Dictionary<string, JsonArray> _builtIn =
        s_lists.ToDictionary(list => list.List, list => BuiltIn(list.List, list.File));

    /// <summary>Text of a catalog file.</summary>
    public string Next()
    {
        var file = new JsonObject();
        for (var lists = chance.Next(1, 3); lists > 0; lists--)
        {
            var (list, id, row, _) = s_lists[chance.Next(s_lists.Length)];
            file[list] = new JsonArray([.. Enumerable.Range(0, chance.Next(1, 3)).Select(_ => (JsonNode?)Row(list, id, row))]);
        }

        if (chance.Next(20) == 0)
        {
            file[chance.Next(2) == 0 ? "model" : "models"] = Value();
        }

        var text = file.ToJsonString();
        return chance.Next(20) switch
        {
            0 => text[..chance.Next(text.Length)],
            1 => text.Insert(chance.Next(text.Length), s_values[chance.Next(s_values.Length)]),
            2 => new string("[{\""[chance.Next(3)], chance.Next(1, 5000)),
            3 => $"\ufeff{text}",
            _ => text,
        };
    }

    private JsonNode? Row(string list, string id, Type shape)
    {
        if (chance.Next(30) == 0)
        {
            return Value();
        }

        var model = _builtIn[list][chance.Next(_builtIn[list].Count)]!.DeepClone().AsObject();
        var row = chance.Next(2) == 0 ? model : new JsonObject { ["basedOn"] = model[id]?.DeepClone() };
        if (chance.Next(6) != 0)
        {
            row[id] = $"{model[id]}{(chance.Next(2) == 0 ? "-x" : "")}";
        }

        if (chance.Next(4) == 0)
        {
            row["replaces"] = chance.Next(4) == 0 ? Value() : true;
        }

        for (var changes = chance.Next(4); changes > 0; changes--)
        {
            Change(row, ValueShape.Of(shape));
        }

        return row;
    }

    // One member somewhere, by the record's names.
    private void Change(JsonObject at, ValueShape shape)
    {
        var members = RecordShape.Of(shape.Type).Members;
        var member = members[chance.Next(members.Count)];
        switch (chance.Next(4))
        {
            case 0:
                at.Remove(member.Name);
                break;
            case 1 when member.Shape.Kind == ValueKind.Record && at[member.Name] is JsonObject inner:
                Change(inner, member.Shape);
                break;
            case 2 when at[member.Name] is JsonArray items:
                items.Add(Value());
                break;
            default:
                at[chance.Next(12) == 0 ? $"{member.Name}s" : member.Name] = Value();
                break;
        }
    }

    private JsonNode? Value() => s_values[chance.Next(s_values.Length)] is var text && text.Contains("ud800", StringComparison.Ordinal)
        ? JsonValue.Create("x\u2028") : JsonNode.Parse(text);

    private static JsonArray BuiltIn(string list, string file)
    {
        using var stream = typeof(ModelCatalog).Assembly.GetManifestResourceStream($"catalog/{file}")!;
        return JsonNode.Parse(stream)![list]!.AsArray();
    }
}
