using System.Text.Json;
using System.Text.Json.Serialization;

namespace Infra.Lab.Host;

/// <summary>Parser options for the lab's data files: no unknown, missing or duplicate members.</summary>
internal static class LabFacts
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        PropertyNameCaseInsensitive = false,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
    };

    /// <summary>Folder of the data and files of server images, next to this program.</summary>
    public static string ImageFolder => Path.Combine(AppContext.BaseDirectory, "Host", "image");

    /// <exception cref="InvalidDataException">The text is invalid.</exception>
    public static T Parse<T>(string json, string name)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, Strict) ?? throw new InvalidDataException($"{name} is null.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{name}: {error.Message}", error);
        }
    }
}
