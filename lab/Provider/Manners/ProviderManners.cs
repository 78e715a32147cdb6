using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Infra.Lab.Provider.Manners;

/// <summary>What the provider does if the resource to delete does not exist.</summary>
internal enum WhenMissing
{
    Error,
    Tolerated,
}

/// <summary>A wait of the provider for a state of the API.</summary>
/// <param name="Seconds">Default timeout without <c>CustomTimeouts</c>.</param>
/// <param name="HeedsTimeout">Whether <c>CustomTimeouts</c> changes it.</param>
/// <param name="Failure">Error message after the timeout: <c>{0}</c> is the reason.</param>
internal record ProviderWait(int Seconds, bool HeedsTimeout, string Failure)
{
    /// <param name="custom">What the program asks for; null: nothing.</param>
    public TimeSpan Limit(TimeSpan? custom) => HeedsTimeout && custom is { } given ? given : TimeSpan.FromSeconds(Seconds);
}

/// <param name="States">The pending and the target state: <c>new active</c>.</param>
/// <param name="Seconds">See <see cref="ProviderWait"/>.</param>
/// <param name="HeedsTimeout">See <see cref="ProviderWait"/>.</param>
/// <param name="Failure">See <see cref="ProviderWait"/>.</param>
/// <param name="FirstSeconds">How long it waits before it asks.</param>
/// <param name="EverySeconds">How long it waits at least before it asks again.</param>
internal sealed record CreationWait(
    string States, int Seconds, bool HeedsTimeout, string Failure, int FirstSeconds, int EverySeconds)
    : ProviderWait(Seconds, HeedsTimeout, Failure)
{
    public PollTimes Polls => new(TimeSpan.FromSeconds(FirstSeconds), TimeSpan.FromSeconds(EverySeconds));

    public string Pending => States.Split(' ')[0];

    public string Target => States.Split(' ')[1];
}

/// <summary>Refusals after which the provider sends a deletion again, until its timeout.</summary>
/// <param name="On">What those begin with: a status, or a status and words.</param>
/// <param name="LeastSeconds">The first wait; each is twice the one before.</param>
/// <param name="MostSeconds">The longest wait.</param>
internal sealed record Repetition(IReadOnlyList<string> On, double LeastSeconds, double MostSeconds)
{
    public PollTimes Times => new(TimeSpan.Zero, TimeSpan.FromSeconds(LeastSeconds), TimeSpan.FromSeconds(MostSeconds));
}

/// <param name="Missing">What happens on a 404 of the API.</param>
/// <param name="MissingFailure">Error message in that case; <c>{404:path}</c> is the API's response.</param>
/// <param name="Seconds">How long it waits for the deletion; null: not at all.</param>
/// <param name="HeedsTimeout">Whether <c>CustomTimeouts</c> changes that.</param>
/// <param name="Failure">Error message if it still exists then.</param>
/// <param name="Repeat">When it sends the request again; null: never.</param>
internal sealed record Deletion(WhenMissing Missing, string? MissingFailure = null, int? Seconds = null, bool HeedsTimeout = false,
    string? Failure = null, Repetition? Repeat = null)
{
    public ProviderWait Wait => new(Seconds ?? 0, HeedsTimeout, Failure ?? "");
}

/// <summary>The provider's behavior for a resource type.</summary>
internal sealed record TypeManners
{
    /// <summary>Null: it does not wait after a creation.</summary>
    public CreationWait? Create { get; init; }

    public required Deletion Delete { get; init; }

    /// <summary>False: any change replaces the resource, and an incomplete creation cannot be resumed.</summary>
    public bool Updates { get; init; } = true;

    /// <summary>
    /// Optional and computed inputs: a removed one keeps its value, without a diff in any preview.
    /// </summary>
    public required IReadOnlyList<string> Computed { get; init; }
}

/// <summary>The behavior of DigitalOcean's provider, from its source: <c>provider-manners.json</c>.</summary>
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

    /// <summary>Null for types of other providers, which exist only in the state.</summary>
    public TypeManners? Of(string type) => Types.GetValueOrDefault(type);

    private static ProviderManners Load()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("provider/provider-manners.json")!;
        return JsonSerializer.Deserialize<ProviderManners>(stream, s_strict)!;
    }
}
