using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Infra.Cli.CommandLine;

/// <summary>
/// What <c>--json</c> prints. The code that writes a report is made by the compiler, from a context beside the report: by reflection it would
/// take a tenth of a second.
/// </summary>
internal static class TerminalJson
{
    private static readonly JsonWriterOptions Readable = new()
    {
        Indented = true,
        // The reader is a program, not a browser: quotes and angle brackets may stay as they are.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
    };

    public static string Text<T>(T value, JsonTypeInfo<T> shape)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Readable))
        {
            JsonSerializer.Serialize(writer, value, shape);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
