using System.Text.Json;
using System.Text.Json.Serialization;

namespace Infra.Cli.Plan;

/// <summary>Shape of the rows of <c>./infra plan --json</c>.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(IReadOnlyList<PlanRow>))]
internal sealed partial class PlanJson : JsonSerializerContext;
