using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Infra.Lab.DigitalOcean.Droplets;

/// <summary>The members of a request that creates Droplets; null: not given.</summary>
internal sealed record DropletRequest
{
    /// <summary>Name of the only one.</summary>
    public string? Name { get; init; }

    /// <summary>Names of several.</summary>
    public IReadOnlyList<string?>? Names { get; init; }

    /// <summary>A region, the beginning of one (<c>nyc</c>), or empty for any.</summary>
    public string? Region { get; init; }

    public string? Size { get; init; }

    public Identifier? Image { get; init; }

    public IReadOnlyList<Identifier?>? SshKeys { get; init; }

    public bool? Backups { get; init; }

    public BackupPolicy? BackupPolicy { get; init; }

    public bool? Ipv6 { get; init; }

    public bool? Monitoring { get; init; }

    public IReadOnlyList<string?>? Tags { get; init; }

    public string? UserData { get; init; }

    public IReadOnlyList<VolumeReference?>? Volumes { get; init; }

    public string? VpcUuid { get; init; }

    public bool? WithDropletAgent { get; init; }

    public bool? PublicNetworking { get; init; }

    public string? GpuPartitionMode { get; init; }
}

/// <summary>The members of a request for an action on a Droplet.</summary>
internal sealed record DropletActionRequest(
    string? Type = null, string? Name = null, string? Size = null, bool? Disk = null, Identifier? Image = null,
    BackupPolicy? BackupPolicy = null);

/// <summary>Something that is named by a number or by a word: an image, a key.</summary>
[JsonConverter(typeof(Converter))]
internal sealed record Identifier(string Value)
{
    private sealed class Converter : JsonConverter<Identifier>
    {
        public override Identifier Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(reader.TokenType switch
            {
                JsonTokenType.String => reader.GetString()!,
                JsonTokenType.Number when reader.TryGetInt64(out var number) => number.ToString(CultureInfo.InvariantCulture),
                _ => throw new JsonException(),
            });

        public override void Write(Utf8JsonWriter writer, Identifier value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Value);
    }
}

/// <summary>A Volume by id or by name. godo 3fce660 sends an object, the specification has the id alone.</summary>
[JsonConverter(typeof(Converter))]
internal sealed record VolumeReference(string? Id = null, string? Name = null)
{
    private sealed class Converter : JsonConverter<VolumeReference>
    {
        public override VolumeReference Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                return new(reader.GetString());
            }
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new(Member(document.RootElement, "id"), Member(document.RootElement, "name"))
                : throw new JsonException();
        }

        public override void Write(Utf8JsonWriter writer, VolumeReference value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Id ?? value.Name);

        private static string? Member(JsonElement element, string name) => !element.TryGetProperty(name, out var value) ? null
            : value.ValueKind == JsonValueKind.String ? value.GetString() : throw new JsonException();
    }
}
