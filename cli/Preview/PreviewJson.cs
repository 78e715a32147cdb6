using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Infra.Cli.Preview;

/// <summary>Shape of <see cref="PreviewReport"/>.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(PreviewReport))]
// Possible types of a resource input.
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(ImmutableArray<object?>))]
[JsonSerializable(typeof(SortedList<string, object?>))]
internal sealed partial class PreviewJson : JsonSerializerContext;
