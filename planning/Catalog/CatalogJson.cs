using System.Text.Json.Serialization;

namespace Infra.Planning.Catalog;

/// <summary>
/// Reads rows as records, after <see cref="StrictRow"/> found no error. Source-generated: reflection would slow down each preview.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(Gpu))]
[JsonSerializable(typeof(BaseImage))]
[JsonSerializable(typeof(GpuSize))]
[JsonSerializable(typeof(ModelSpec))]
[JsonSerializable(typeof(Architecture))]
[JsonSerializable(typeof(EngineRelease))]
[JsonSerializable(typeof(SecurityFloor))]
internal sealed partial class CatalogJson : JsonSerializerContext;
