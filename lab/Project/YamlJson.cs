using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Infra.Lab.Project;

/// <summary>Configuration values from YAML to the text the engine hands to a program.</summary>
internal static partial class YamlJson
{
    /// <summary>A scalar as its text; a list or a mapping as JSON. A mapping <c>secure: CIPHERTEXT</c> is a secret.</summary>
    public static string ConfigValue(YamlNode node, out bool secret)
    {
        secret = false;
        var json = Convert(node, ref secret);
        return node is YamlScalarNode scalar ? scalar.Value ?? "" : json is JsonValue text ? text.ToString() : json?.ToJsonString() ?? "";
    }

    private static JsonNode? Convert(YamlNode node, ref bool secret)
    {
        switch (node)
        {
            case YamlMappingNode { Children: [{ Key: YamlScalarNode { Value: "secure" }, Value: YamlScalarNode }] }:
                secret = true;
                return JsonValue.Create(StackFile.SecretPlaceholder);
            case YamlMappingNode mapping:
                var members = new JsonObject();
                foreach (var (key, value) in mapping.Children)
                {
                    members[key.ToString()] = Convert(value, ref secret);
                }

                return members;
            case YamlSequenceNode sequence:
                var items = new JsonArray();
                foreach (var item in sequence.Children)
                {
                    items.Add(Convert(item, ref secret));
                }

                return items;
            default:
                return Scalar((YamlScalarNode)node);
        }
    }

    /// <summary>Plain scalars by YAML's core schema; quoted ones are text.</summary>
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
            _ when Integer().IsMatch(text) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
            _ when Decimal().IsMatch(text) && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
            _ => JsonValue.Create(text),
        };
    }

    [GeneratedRegex("^[-+]?[0-9]+$")]
    private static partial Regex Integer();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")]
    private static partial Regex Decimal();
}
