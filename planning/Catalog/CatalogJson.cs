using System.Text.Json.Serialization;

namespace Infra.Planning.Catalog;

/// <summary>Rows as records, where <see cref="StrictRow"/> found no mistake. Generated: reflection would cost each preview time.</summary>
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
