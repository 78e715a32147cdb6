using System.Collections;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Infra.Lab.Provider.Resources;

/// <summary>Properties as canonical JSON, so that equal values are equal text: members sorted by name, no white space.</summary>
internal static class PropertyJson
{
    private static readonly JsonWriterOptions s_plain = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Canonical(object? value)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, s_plain))
        {
            Write(writer, value);
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>The same for values whose lists are sets, at any depth: without order and duplicates.</summary>
    public static string CanonicalSet(object? value) => Canonical(Sorted(value));

    private static object? Sorted(object? value) => value switch
    {
        IReadOnlyDictionary<string, object> map => map.ToImmutableDictionary(member => member.Key, member => Sorted(member.Value)!),
        IEnumerable list and not string => list.Cast<object>().Select(item => Sorted(item)!)
            .DistinctBy(Canonical).OrderBy(Canonical, StringComparer.Ordinal).ToImmutableArray(),
        _ => value,
    };

    public static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case double number:
                writer.WriteNumberValue(number);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            case IReadOnlyDictionary<string, object> map:
                writer.WriteStartObject();
                foreach (var (name, member) in map.OrderBy(member => member.Key, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(name);
                    Write(writer, member);
                }
                writer.WriteEndObject();
                break;
            case IEnumerable list:
                writer.WriteStartArray();
                foreach (var item in list)
                {
                    Write(writer, item);
                }
                writer.WriteEndArray();
                break;
            default:
                throw new ProviderException($"a value of type {value.GetType().Name} cannot be kept in the state of the local cloud");
        }
    }

    public static PropertyMap ReadMap(JsonElement json) =>
        json.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null)
            .ToImmutableDictionary(member => member.Name, member => Read(member.Value)!);

    private static object? Read(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => json.GetDouble(),
        JsonValueKind.Object => ReadMap(json),
        JsonValueKind.Array => json.EnumerateArray().Select(item => Read(item)!).ToImmutableArray(),
        _ => null,
    };
}

/// <summary>Properties as a member of a stored record.</summary>
internal sealed class PropertyMapConverter : JsonConverter<PropertyMap>
{
    public override PropertyMap Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return PropertyJson.ReadMap(document.RootElement);
    }

    public override void Write(Utf8JsonWriter writer, PropertyMap value, JsonSerializerOptions options) =>
        PropertyJson.Write(writer, value);
}
