using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Infra.Lab.DigitalOcean.Account;

/// <summary>Facts about DigitalOcean: JSON files next to the code, each row with its source.</summary>
internal static class CloudFacts
{
    private static readonly JsonSerializerOptions s_strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <param name="file">Name of the file, as <c>regions.json</c>.</param>
    public static T Read<T>(string file)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"digitalocean/{file}")!;
        return JsonSerializer.Deserialize<T>(stream, s_strict)!;
    }
}
