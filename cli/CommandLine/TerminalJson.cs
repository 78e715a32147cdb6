using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Infra.Cli.CommandLine;

/// <summary>
/// The output of <c>--json</c>. Source-generated contexts next to the reports serialize it, because reflection takes a tenth of a second.
/// </summary>
internal static class TerminalJson
{
    private static readonly JsonWriterOptions Readable = new()
    {
        Indented = true,
        // The reader is a program, not a browser: quotes and angle brackets need no escape.
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
