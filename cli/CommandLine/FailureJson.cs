using System.Text.Json;
using System.Text.Json.Serialization;

namespace Infra.Cli.CommandLine;

/// <summary>Shape of <see cref="FailureReport"/>.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(FailureReport))]
internal sealed partial class FailureJson : JsonSerializerContext;
