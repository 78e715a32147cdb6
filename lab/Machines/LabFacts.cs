using System.Text.Json;
using System.Text.Json.Serialization;

namespace Infra.Lab.Machines;

/// <summary>How the lab's facts are read: nothing unknown, nothing missing, nothing twice.</summary>
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

    /// <summary>Folder of the facts and files of servers' images, beside this program.</summary>
    public static string ImageFolder => Path.Combine(AppContext.BaseDirectory, "Machines", "image");

    /// <exception cref="InvalidDataException">The text is not such a file.</exception>
    public static T Parse<T>(string json, string name)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, Strict) ?? throw new InvalidDataException($"{name} holds nothing.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{name}: {error.Message}", error);
        }
    }
}
