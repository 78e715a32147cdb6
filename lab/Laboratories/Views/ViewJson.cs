using System.Text.Json;
using System.Text.Json.Serialization;

namespace Infra.Lab.Laboratories.Views;

/// <summary>JSON contexts of <c>up --json</c> and <c>status --json</c>.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(LaboratoryReport))]
[JsonSerializable(typeof(IReadOnlyList<StatusReport>))]
internal sealed partial class ViewJson : JsonSerializerContext;
