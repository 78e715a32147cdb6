using System.Text.Json.Nodes;
using Infra.Planning.Config;

namespace Infra.Cli.Project;

/// <summary>A value as the CLI passes it to the program (sdk/go/common/resource/config: object.go, value.go).</summary>
/// <param name="Text">Its text: a scalar as it is, a list or map as JSON.</param>
/// <param name="IsObject">Whether it is a list or a map.</param>
/// <param name="HasSecret">Whether it is or has an encrypted value, which is <see cref="ConfigNames.Encrypted"/> in the text.</param>
internal sealed record PulumiValue(string Text, bool IsObject, bool HasSecret)
{
    /// <summary>Most values of one setting. Aliases may stand for more than anyone means.</summary>
    private const int MostValues = 100_000;

    /// <exception cref="YamlFault">It is a number that JSON does not have, or too large.</exception>
    public static PulumiValue Of(object? value)
    {
        var conversion = new Conversion();
        return value switch
        {
            null => new("", false, false), // the zero value: yaml.v3 leaves it untouched
            YamlMap { IsSecure: true } => new(ConfigNames.Encrypted, false, true),
            YamlMap or List<object?> => new(conversion.Json(value)!.ToJsonString(), true, conversion.HasSecret),
            double number => new(Number(number), false, false),
            _ => new(GoText.Of(value), false, false),
        };
    }

    private static string Number(double number) =>
        GoText.Json(number) ?? throw new YamlFault(0, "has a value that is infinite or not a number, which JSON does not have");

    private sealed class Conversion
    {
        private int _values;

        public bool HasSecret { get; private set; }

        public JsonNode? Json(object? value)
        {
            if (++_values > MostValues)
            {
                throw new YamlFault(0, $"has a setting with more than {MostValues} values; check for a recursive alias");
            }

            switch (value)
            {
                case YamlMap { IsSecure: true }:
                    HasSecret = true;
                    return JsonValue.Create(ConfigNames.Encrypted);
                case YamlMap map:
                    var members = new JsonObject();
                    foreach (var (name, member) in map.Members)
                    {
                        members[name] = Json(member);
                    }

                    return members;
                case List<object?> items:
                    return new JsonArray([.. items.Select(Json)]);
                case bool flag:
                    return JsonValue.Create(flag);
                case long whole:
                    return JsonValue.Create(whole);
                case ulong whole:
                    return JsonNode.Parse(Number(whole)); // JSON's numbers are read as int64 or float64
                case double number:
                    return JsonNode.Parse(Number(number));
                default:
                    return value is null ? null : JsonValue.Create(GoText.Of(value));
            }
        }
    }
}
