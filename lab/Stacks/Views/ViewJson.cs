using System.Text.Json;
using System.Text.Json.Serialization;

namespace Infra.Lab.Stacks.Views;

/// <summary>JSON contexts of <c>up --json</c> and <c>status --json</c>.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(LabReport))]
[JsonSerializable(typeof(IReadOnlyList<StatusReport>))]
internal sealed partial class ViewJson : JsonSerializerContext;
