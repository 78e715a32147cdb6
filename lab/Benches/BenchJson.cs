using System.Text.Json;
using System.Text.Json.Serialization;

namespace Infra.Lab.Benches;

/// <summary>JSON contexts of <c>bench --json</c>.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(BootReport))]
[JsonSerializable(typeof(ProxyReport))]
[JsonSerializable(typeof(ApiReport))]
internal sealed partial class BenchJson : JsonSerializerContext;
