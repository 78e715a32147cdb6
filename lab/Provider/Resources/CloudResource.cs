using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.Provider.Resources;

/// <summary>What is known of a resource between two runs.</summary>
internal enum ResourceStatus
{
    /// <summary>It exists and matches its inputs.</summary>
    Ok,

    /// <summary>A creation with an unknown result.</summary>
    Creating,

    /// <summary>It exists; it is unknown whether the update was applied.</summary>
    Updating,

    /// <summary>A deletion with an unknown result.</summary>
    Deleting,
}

/// <summary>
/// What the engine knows of a resource: a record next to those of the account. Immutable: a change creates a new record with the same
/// order.
/// </summary>
internal sealed record CloudResource : IRecord
{
    /// <summary>Number of its creation: the key in the state, and the reverse order of deletion.</summary>
    public required long Order { get; init; }
    public required string Type { get; init; }

    /// <summary>Its name in the program.</summary>
    public required string Name { get; init; }

    /// <summary>Id at its provider; null for a component.</summary>
    public string? Id { get; init; }

    /// <summary>Inputs of its creation or last update, without ignored changes.</summary>
    [JsonConverter(typeof(PropertyMapConverter))]
    public PropertyMap Inputs { get; init; } = ImmutableDictionary<string, object>.Empty;

    /// <summary>Outputs of the provider besides the inputs.</summary>
    [JsonConverter(typeof(PropertyMapConverter))]
    public PropertyMap Outputs { get; init; } = ImmutableDictionary<string, object>.Empty;

    /// <summary>Value of the replacement trigger, as JSON; null: none.</summary>
    public string? Trigger { get; init; }
    public ResourceStatus Status { get; init; }

    /// <summary>Why its creation is incomplete although it exists, so that the next run updates it; null otherwise.</summary>
    public string? HalfMade { get; init; }

    /// <summary>Timeout of its deletion; null: the provider's.</summary>
    public TimeSpan? DeleteTimeout { get; init; }

    /// <summary>Inputs whose change replaces the resource, besides those of its kind.</summary>
    public ImmutableArray<string> ReplaceOnChanges { get; init; } = [];

    /// <summary>A newer resource replaced it; it is deleted at the end of the run.</summary>
    public bool Replaced { get; init; }

    [JsonIgnore]
    public string Key => Order.ToString("D20", CultureInfo.InvariantCulture);

    /// <summary>Name at the provider: the program's, or generated.</summary>
    [JsonIgnore]
    public string CloudName => Inputs.TextOrNull("name") ?? Outputs.TextOrNull("name") ?? Name;

    public bool Is(string type, string name) => Type == type && Name == name;

    public CloudResource With(string output, object value) => this with { Outputs = Outputs.SetItem(output, value) };
}
