using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Infra.Lab.Benches;
using Infra.Lab.Laboratories.Views;
using Infra.Lab.Plan;
using Infra.Lab.Preview;

namespace Infra.Lab.CommandLine;

/// <summary>What <c>--json</c> prints. The code that writes it is made by the compiler: by reflection it would take a tenth of a second.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(PreviewReport))]
[JsonSerializable(typeof(IReadOnlyList<PlanRow>))]
[JsonSerializable(typeof(FailureReport))]
[JsonSerializable(typeof(LaboratoryReport))]
[JsonSerializable(typeof(IReadOnlyList<StatusReport>))]
[JsonSerializable(typeof(BootReport))]
[JsonSerializable(typeof(ProxyReport))]
// What an input of a resource may be.
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(ImmutableArray<object?>))]
[JsonSerializable(typeof(SortedList<string, object?>))]
internal sealed partial class TerminalJson : JsonSerializerContext
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
