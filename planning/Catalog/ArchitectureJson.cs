using System.Text.Json.Serialization;

namespace Infra.Planning.Catalog;

/// <summary>Writes an architecture as the catalog has it.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(Architecture))]
internal sealed partial class ArchitectureJson : JsonSerializerContext;
