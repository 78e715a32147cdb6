using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Infra.Cli.Project;

/// <summary>Converts configuration values from YAML to the text that Pulumi passes to a program.</summary>
internal static partial class YamlJson
{
    /// <summary>Settings have few levels; a recursive alias has no end.</summary>
    private const int DeepestLevel = 32;

    /// <summary>Most values of one setting. Nested aliases grow exponentially: a file of ten lines could use all memory.</summary>
    private const int MostValues = 100_000;

    /// <summary>A scalar as its text; a list or mapping as JSON. A mapping <c>secure: CIPHERTEXT</c> is a secret.</summary>
    /// <exception cref="YamlException">The value is nested too deeply or too large.</exception>
    public static string ConfigValue(YamlNode node, out bool secret)
    {
        var conversion = new Conversion();
        var json = conversion.Convert(node, level: 0);
        secret = conversion.HasSecret;
        return node is YamlScalarNode scalar ? scalar.Value ?? "" : json is JsonValue text ? text.ToString() : json?.ToJsonString() ?? "";
    }

    /// <summary>
    /// Members of a mapping, including those of a merge key (<c>&lt;&lt;: *anchor</c>) that it does not override, like Pulumi's parser
    /// (gopkg.in/yaml.v3).
    /// </summary>
    public static IEnumerable<KeyValuePair<YamlNode, YamlNode>> Members(YamlMappingNode mapping, int level = 0)
    {
        var own = mapping.Children.Where(pair => !IsMerge(pair.Key)).ToList();
        if (own.Count == mapping.Children.Count)
        {
            return own;
        }

        if (level > DeepestLevel)
        {
            throw TooLarge(mapping);
        }

        var names = own.Select(pair => pair.Key).ToHashSet();
        foreach (var (_, merged) in mapping.Children.Where(pair => IsMerge(pair.Key)))
        {
            foreach (var source in merged is YamlSequenceNode several ? several.Children : [merged])
            {
                var from = source as YamlMappingNode
                    ?? throw new YamlException(source.Start, source.End, "'<<' takes a mapping, or a list of mappings");
                own.AddRange(Members(from, level + 1).Where(pair => names.Add(pair.Key)));
            }
        }

        return own;
    }

    private static bool IsMerge(YamlNode key) => key is YamlScalarNode { Value: "<<", Style: ScalarStyle.Plain };

    private static YamlException TooLarge(YamlNode node) =>
        new(node.Start, node.End, $"A value has more than {DeepestLevel} levels or {MostValues} members; check for a recursive alias");

    /// <summary>A value during the conversion to JSON, and its statistics.</summary>
    private sealed class Conversion
    {
        private int _values;

        public bool HasSecret { get; private set; }

        public JsonNode? Convert(YamlNode node, int level)
        {
            if (level > DeepestLevel || ++_values > MostValues)
            {
                throw TooLarge(node);
            }

            switch (node)
            {
                case YamlMappingNode { Children: [{ Key: YamlScalarNode { Value: "secure" }, Value: YamlScalarNode }] }:
                    HasSecret = true;
                    return JsonValue.Create(StackFile.SecretPlaceholder);
                case YamlMappingNode mapping:
                    var members = new JsonObject();
                    foreach (var (key, value) in Members(mapping))
                    {
                        members[key.ToString()] = Convert(value, level + 1);
                    }

                    return members;
                case YamlSequenceNode sequence:
                    var items = new JsonArray();
                    foreach (var item in sequence.Children)
                    {
                        items.Add(Convert(item, level + 1));
                    }

                    return items;
                default:
                    return Scalar((YamlScalarNode)node);
            }
        }
    }

    /// <summary>Plain scalars follow YAML's core schema; quoted scalars are strings.</summary>
    private static JsonValue? Scalar(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style is not ScalarStyle.Plain)
        {
            return JsonValue.Create(text);
        }

        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => JsonValue.Create(true),
            "false" or "False" or "FALSE" => JsonValue.Create(false),
            _ when Integer().IsMatch(text) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
                out var whole) => JsonValue.Create(whole),
            _ when Decimal().IsMatch(text) && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) =>
                JsonValue.Create(number),
            _ => JsonValue.Create(text),
        };
    }

    [GeneratedRegex("^[-+]?[0-9]+$")]
    private static partial Regex Integer();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")]
    private static partial Regex Decimal();
}
