using System.Text.Json;
using System.Text.Json.Serialization;

namespace Infra.Lab.Benches;

/// <summary>Shapes of what <c>bench</c> prints with <c>--json</c>.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(BootReport))]
[JsonSerializable(typeof(ProxyReport))]
internal sealed partial class BenchJson : JsonSerializerContext;
