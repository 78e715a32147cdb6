using System.Text.Json;
using System.Text.Json.Serialization;

namespace Infra.Lab.Laboratories.Views;

/// <summary>Shapes of what <c>up</c> and <c>status</c> print with <c>--json</c>.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(LaboratoryReport))]
[JsonSerializable(typeof(IReadOnlyList<StatusReport>))]
internal sealed partial class ViewJson : JsonSerializerContext;
