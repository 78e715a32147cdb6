using System.Text.Json;

namespace Infra.Cli.Project;

/// <summary>A key of <c>config</c> in <c>Pulumi.yaml</c>.</summary>
/// <param name="Type">string, integer, boolean, array or object; null: untyped.</param>
/// <param name="Default">The value of a stack that has none; null: it must have one.</param>
/// <param name="IsSecret">Whether the CLI only takes an encrypted value.</param>
internal sealed record DeclaredKey(string? Type, PulumiValue? Default, bool IsSecret)
{
    /// <summary>A declaration is a map with <c>type</c>, <c>default</c> or <c>value</c>, or the value itself.</summary>
    public static DeclaredKey Of(object? declared) => declared is YamlMap map
        ? new(map["type"] as string, Value(map["default"] ?? map["value"]), map["secret"] is true)
        : new(null, Value(declared), false);

    /// <summary>
    /// The text for the program. The CLI holds each value against its type first (pkg/workspace/config.go, validateStackConfigValue):
    /// text, also JSON text, is no list and no map. A JSON string says so here, so that the program refuses it with its own message.
    /// </summary>
    public string Held(PulumiValue value) => Type switch
    {
        "array" or "object" when !value.IsObject && !value.HasSecret => JsonSerializer.Serialize(value.Text),
        "boolean" when value.Text.Length == 0 => "null", // neither true nor false, and to the program alone the default
        _ => value.Text,
    };

    private static PulumiValue? Value(object? value) => value is null ? null : PulumiValue.Of(value);
}
