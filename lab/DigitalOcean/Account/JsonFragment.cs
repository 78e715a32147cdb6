using System.Text.Json;
using System.Text.Json.Serialization;

namespace Infra.Lab.DigitalOcean.Account;

/// <summary>A part of answers that is written often and is JSON already.</summary>
/// <param name="Json">The part.</param>
[JsonConverter(typeof(Converter))]
internal sealed record JsonFragment(ReadOnlyMemory<byte> Json)
{
    public static JsonFragment Of(object view) => new(JsonSerializer.SerializeToUtf8Bytes(view, view.GetType(), AccountJson.Options));

    private sealed class Converter : JsonConverter<JsonFragment>
    {
        public override JsonFragment Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, JsonFragment value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value.Json.Span, skipInputValidation: true);
    }
}
