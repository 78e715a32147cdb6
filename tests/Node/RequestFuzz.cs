using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Infra.Tests.Deployments;

namespace Infra.Tests.Node;

/// <summary>
/// Requests that are nearly valid: complete ones of every route in which one member is changed, removed or added, and bodies whose bytes
/// are cut, changed or deeply nested. Both start from <c>requests.json</c>.
/// </summary>
internal sealed class RequestFuzz(Random chance)
{
    private static readonly string[] Added = ["", "type", "role", "content", "text", "max_completion_tokens", "output_config", "x"];

    private static readonly JsonNode Data =
        JsonNode.Parse(File.ReadAllText(Path.Combine(StackFiles.Root, "tests", "Node", "requests.json")))!;

    // Two more that are too long for a file: a number, and a text.
    private static readonly string[] Nasty =
        [.. Data["nasty"]!.AsArray().Select(text => text!.GetValue<string>()), new('9', 4400), $"\"{new string('x', 3000)}\""];

    /// <summary>Each is answered as it is: a test holds that.</summary>
    internal static IReadOnlyList<(string Route, JsonNode Body)> Whole { get; } =
        [.. Data["requests"]!.AsArray().Select(one => (one!["route"]!.GetValue<string>(), Body(one)))];

    /// <summary>A route and the bytes of a body.</summary>
    internal (string Route, byte[] Body) Next()
    {
        var (route, whole) = Pick(Whole);
        var body = whole.DeepClone();
        var late = new List<(string Mark, string Value)>();
        for (var left = Pick([0, 1, 1, 1, 2, 3]); left > 0; left--)
        {
            Change(body, late);
        }

        if (chance.Next(4) == 0)
        {
            Hide(body);
        }

        // Text that no JsonNode can hold replaces its marker.
        var text = late.Aggregate(body.ToJsonString(),
            (reported, one) => reported.Replace($"\"{one.Mark}\"", one.Value, StringComparison.Ordinal));
        var bytes = Encoding.UTF8.GetBytes(text);
        switch (chance.Next(50))
        {
            case 0:
                return (route, bytes[..chance.Next(bytes.Length)]);
            case 1:
                bytes[chance.Next(bytes.Length)] = (byte)chance.Next(256);
                return (route, bytes);
            case 2:
                var (open, close) = Pick([("[", "]"), ("{\"properties\":{\"a\":", "}}"), ("{\"items\":", "}")]);
                var depth = Pick([70, 400, 3000]);
                var nested = string.Concat(Enumerable.Repeat(open, depth)) + "1" + string.Concat(Enumerable.Repeat(close, depth));
                return (route, Encoding.UTF8.GetBytes(text.Replace("\"a\"", nested, StringComparison.Ordinal)));
            default:
                return (route, bytes);
        }
    }

    private void Change(JsonNode body, List<(string Mark, string Value)> late)
    {
        var places = Places(body).ToList();
        if (places.Count == 0)
        {
            return;
        }

        var (parent, key) = Pick(places);
        var kind = chance.Next(20);
        if (kind >= 17 && parent is JsonObject fewer)
        {
            fewer.Remove((string)key);
            return;
        }

        var mark = string.Create(CultureInfo.InvariantCulture, $"late-{late.Count}-{chance.Next()}");
        late.Add((mark, Pick(Nasty)));
        switch (parent)
        {
            case JsonArray list when kind < 14:
                list[(int)key] = mark;
                break;
            case JsonArray list:
                list.Add(mark);
                break;
            default:
                parent[kind < 14 ? (string)key : Pick(Added)] = mark;
                break;
        }
    }

    /// <summary>Puts schemas where only a reference leads, behind a keyword that nothing knows.</summary>
    private static void Hide(JsonNode body)
    {
        foreach (var (parent, key) in Places(body).ToList())
        {
            if (parent is JsonObject holder && key is string name && name is "schema" or "parameters" or "input_schema"
                && holder[name] is JsonObject schema)
            {
                var hidden = new JsonObject { ["$ref"] = "#/x", ["x"] = schema.DeepClone() };
                if (schema["$defs"] is { } named)
                {
                    hidden["$defs"] = named.DeepClone();
                }

                holder[name] = hidden;
            }
        }
    }

    private static IEnumerable<(JsonNode Parent, object Key)> Places(JsonNode? node) => node switch
    {
        JsonObject known => known.SelectMany(member => Places(member.Value).Prepend((known, member.Key))),
        JsonArray list => list.SelectMany((item, at) => Places(item).Prepend((list, at))),
        _ => [],
    };

    private static JsonObject Body(JsonNode request)
    {
        var body = new JsonObject();
        foreach (var part in request["use"]!.AsArray().Select(name => Data["parts"]![name!.GetValue<string>()]).Append(request["more"]))
        {
            foreach (var (name, value) in part!.AsObject())
            {
                body[name] = Filled(value);
            }
        }

        return body;
    }

    private static JsonNode? Filled(JsonNode? node) => node switch
    {
        JsonObject known => new JsonObject(known.Select(member => KeyValuePair.Create(member.Key, Filled(member.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Filled)]),
        JsonValue value when value.TryGetValue<string>(out var text) && text.StartsWith('@') => Filled(Data["parts"]![text[1..]]),
        _ => node?.DeepClone(),
    };

    private T Pick<T>(IReadOnlyList<T> all) => all[chance.Next(all.Count)];
}
