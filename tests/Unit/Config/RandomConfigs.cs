using System.Text.Json.Nodes;
using Infra.Planning.Config;
using Infra.Planning.Reading;
using Infra.Tests.Deployments;

namespace Infra.Tests.Unit.Config;

/// <summary>
/// Stack files that someone got wrong: those of the project, with members changed at random, by the names that the settings have.
/// </summary>
internal static class RandomConfigs
{
    private static readonly string[] s_names = [.. Names(ValueShape.Of(typeof(StackConfig)), [])
        .Concat(["__proto__", "", " ", "a.b", "endpoints[0]", "\u202e", "Region", "secure", "name", "0"])
        .Distinct(StringComparer.Ordinal)];

    // JSON, which is YAML: what a person, a template or a hostile pull request writes.
    private static readonly string[] s_values =
    [
        "null", "true", "0", "-1", "1", "2147483648", "9223372036854775808", "1e400", "0.1", "\"\"", "\" \"", "\"x\"", "\"null\"", "[]",
        "{}", "[[]]", "[null]", "[{}]", "{\"\": null}",
        "\"\\u0000\"", "\"\\ud83d\\ude00\"", "\"\\u202eevil\"", "\"$(id)\"", "\"a\\nb: c\"", "\"../../etc/passwd\"", "\"/dev/zero\"",
        "\"${oops}\"", "\"0.0.0.0/0\"", "\"::/0\"", "\"203.0.113.7/33\"",
        "\"1.5\"", "\"-0\"", "\"0x10\"", "\"010\"", "\"1_000\"", "\"yes\"", "\"tor1 \"", "{\"secure\": \"v1:x\"}", "[\"a\", \"a\"]",
        "{\"chat\": null}", "{\"chat\": []}", "{\"a b\": {}}",
    ];

    /// <summary>Text of a stack file.</summary>
    public static string Next(Random chance)
    {
        var stacks = StackFiles.Names.ToArray();
        var config = new JsonObject();
        foreach (var (key, value) in StackFiles.Config(stacks[chance.Next(stacks.Length)]))
        {
            config[key] = value[0] is '[' or '{' ? JsonNode.Parse(value) : JsonValue.Create(value);
        }

        // Some are right: a reader that refuses everything must not pass.
        for (var changes = chance.Next(8) == 0 ? -1 : chance.Next(4); changes >= 0; changes--)
        {
            Change(config, chance);
        }

        var file = new JsonObject { ["config"] = config };
        if (chance.Next(20) == 0)
        {
            Change(file, chance);
        }

        var text = file.ToJsonString();
        return chance.Next(12) switch
        {
            0 => text[..chance.Next(text.Length)],
            1 => $"{text}\n{(char)chance.Next(1, 0xd800)}",
            2 => text.Insert(chance.Next(text.Length), s_values[chance.Next(s_values.Length)]),
            3 => text.Replace("\"", chance.Next(2) == 0 ? "'" : "", StringComparison.Ordinal),
            _ => text,
        };
    }

    /// <summary>Changes one member somewhere.</summary>
    private static void Change(JsonObject root, Random chance)
    {
        JsonNode at = root;
        while (Children(at) is { Length: > 0 } children && chance.Next(4) != 0)
        {
            at = children[chance.Next(children.Length)];
        }

        var value = Value(chance);
        switch (at)
        {
            case JsonObject members when members.Count > 0 && chance.Next(2) == 0:
                var name = members.ElementAt(chance.Next(members.Count)).Key;
                if (chance.Next(4) == 0)
                {
                    members.Remove(name);
                }
                else
                {
                    members[name] = value;
                }

                break;
            case JsonObject members:
                members[$"{(members.Parent == root ? "inference:" : "")}{s_names[chance.Next(s_names.Length)]}"] = value;
                break;
            case JsonArray items:
                items.Add(value);
                break;
        }
    }

    private static JsonNode? Value(Random chance)
    {
        if (chance.Next(25) == 0)
        {
            // Deeper and longer than any real value.
            return chance.Next(2) == 0
                ? JsonNode.Parse($"{new string('[', 40)}{new string(']', 40)}")
                : new JsonArray([.. Enumerable.Range(0, 3000).Select(number => (JsonNode)JsonValue.Create($"item-{number}"))]);
        }

        return JsonNode.Parse(s_values[chance.Next(s_values.Length)]);
    }

    private static JsonNode[] Children(JsonNode node) => node switch
    {
        JsonObject members =>
            [.. members.Select(member => member.Value).OfType<JsonNode>().Where(child => child is JsonObject or JsonArray)],
        JsonArray items => [.. items.OfType<JsonNode>().Where(child => child is JsonObject or JsonArray)],
        _ => [],
    };

    private static IEnumerable<string> Names(ValueShape shape, HashSet<Type> seen) => !seen.Add(shape.Type) ? [] : shape.Kind switch
    {
        ValueKind.Record => RecordShape.Of(shape.Type).Members.SelectMany(member => Names(member.Shape, seen).Prepend(member.Name)),
        ValueKind.List or ValueKind.Map => Names(shape.Element!, seen),
        _ => [],
    };
}
