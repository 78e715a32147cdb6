using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Infra.Lab.Cloud.Resources;

namespace Infra.Lab.Cloud.Provider;

/// <summary>What the provider does when what it shall delete is not there any more.</summary>
internal enum WhenMissing
{
    Error,
    Tolerated,
}

/// <summary>A wait of the provider for the API to get to a state.</summary>
/// <param name="Seconds">Its timeout without <c>CustomTimeouts</c>.</param>
/// <param name="HeedsTimeout">Whether <c>CustomTimeouts</c> changes it.</param>
/// <param name="Failure">What it says when it gives up: <c>{0}</c> is the reason.</param>
internal record ProviderWait(int Seconds, bool HeedsTimeout, string Failure);

/// <param name="States">The state it waits in and the one it waits for: <c>new active</c>.</param>
/// <param name="Seconds">As for every wait.</param>
/// <param name="HeedsTimeout">As for every wait.</param>
/// <param name="Failure">As for every wait.</param>
internal sealed record CreationWait(string States, int Seconds, bool HeedsTimeout, string Failure) : ProviderWait(Seconds, HeedsTimeout, Failure)
{
    public string Pending => States.Split(' ')[0];

    public string Target => States.Split(' ')[1];
}

/// <param name="Missing">What happens when the API answers 404.</param>
/// <param name="MissingFailure">What it says then; <c>{404:path}</c> is the answer of the API.</param>
/// <param name="Seconds">How long it waits until what it has deleted is gone; null: it does not look.</param>
/// <param name="HeedsTimeout">Whether <c>CustomTimeouts</c> changes that.</param>
/// <param name="Failure">What it says when it is not gone by then.</param>
internal sealed record Deletion(WhenMissing Missing, string? MissingFailure = null, int? Seconds = null, bool HeedsTimeout = false, string? Failure = null);

/// <summary>How the provider treats one type of resource.</summary>
internal sealed record TypeManners
{
    /// <summary>Null: it does not wait after a creation.</summary>
    public CreationWait? Create { get; init; }

    public required Deletion Delete { get; init; }

    /// <summary>False: any change is another resource, and one whose creation was not finished cannot be taken up again.</summary>
    public bool Updates { get; init; } = true;

    /// <summary>
    /// Inputs that are optional and computed: one that is taken away keeps its value, without a difference in any preview.
    /// </summary>
    public required IReadOnlyList<string> Computed { get; init; }
}

/// <summary>DigitalOcean's provider as its source reads: <c>provider-manners.json</c>.</summary>
internal sealed record ProviderManners
{
    private static readonly JsonSerializerOptions s_strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private static readonly Lazy<ProviderManners> s_current = new(Load);

    public static ProviderManners Current => s_current.Value;

    public required string Source { get; init; }

    public required DateOnly SourceDate { get; init; }

    public required IReadOnlyDictionary<string, TypeManners> Types { get; init; }

    /// <summary>Null for the types of other providers, which keep nothing outside the state.</summary>
    public TypeManners? Of(string type) => Types.GetValueOrDefault(type);

    private static ProviderManners Load()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("provider/provider-manners.json")!;
        return JsonSerializer.Deserialize<ProviderManners>(stream, s_strict)!;
    }
}
