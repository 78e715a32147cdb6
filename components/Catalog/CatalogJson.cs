using System.Text.Json;
using System.Text.Json.Serialization;
using Infra.Components.Settings;
using Infra.Components.Sizing;

namespace Infra.Components.Catalog;

/// <summary>How catalog rows are spelled in JSON: camelCase, enums as words, nothing unknown, twice or missing.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters =
    [
        typeof(CamelCase<Availability>),
        typeof(CamelCase<BreakageEffect>),
        typeof(CamelCase<EngineInstall>),
        typeof(CamelCase<GpuArchitecture>),
        typeof(CamelCase<GpuVendor>),
        typeof(CamelCase<KvCacheType>),
        typeof(CamelCase<ModelUse>),
        typeof(CamelCase<Precision>),
        typeof(CamelCase<Support>),
        typeof(CamelCase<WeightsFormat>),
    ])]
[JsonSerializable(typeof(Architecture))]
[JsonSerializable(typeof(BaseImage))]
[JsonSerializable(typeof(EngineRelease))]
[JsonSerializable(typeof(Gpu))]
[JsonSerializable(typeof(GpuSize))]
[JsonSerializable(typeof(IReadOnlyDictionary<GpuArchitecture, Support>))]
[JsonSerializable(typeof(ModelSpec))]
[JsonSerializable(typeof(SecurityFloor))]
internal sealed partial class CatalogJson : JsonSerializerContext;

/// <summary>An enum as its camelCase word, never as a number.</summary>
internal sealed class CamelCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
