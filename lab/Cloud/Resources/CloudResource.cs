using System.Collections.Immutable;

namespace Infra.Lab.Cloud.Resources;

/// <summary>What is known of a resource between two runs.</summary>
internal enum ResourceStatus
{
    /// <summary>It is there, and as its inputs say.</summary>
    Ok,

    /// <summary>Nobody knows what of it is there.</summary>
    Creating,

    /// <summary>It is there; nobody knows whether as before or as its inputs say.</summary>
    Updating,

    /// <summary>Nobody knows what of it is left.</summary>
    Deleting,
}

/// <summary>A resource in the state of the local cloud. Immutable: a change is another record with the same order.</summary>
internal sealed record CloudResource
{
    /// <summary>Number of its creation: the key in the state, and what deletion goes back by.</summary>
    public required long Order { get; init; }
    public required string Type { get; init; }

    /// <summary>Its name in the program.</summary>
    public required string Name { get; init; }

    /// <summary>Id at its provider; null for a component.</summary>
    public string? Id { get; init; }

    /// <summary>Inputs it was made or last changed with; ignored changes are not among them.</summary>
    public PropertyMap Inputs { get; init; } = ImmutableDictionary<string, object>.Empty;

    /// <summary>What the provider answers beside the inputs.</summary>
    public PropertyMap Outputs { get; init; } = ImmutableDictionary<string, object>.Empty;

    /// <summary>What the cloud knows of it and tells nobody, as the key of a certificate.</summary>
    public PropertyMap Hidden { get; init; } = ImmutableDictionary<string, object>.Empty;

    /// <summary>Value of the replacement trigger, as JSON; null where it has none.</summary>
    public string? Trigger { get; init; }
    public ResourceStatus Status { get; init; }

    /// <summary>Why its creation was not finished though it is there, so that the next run updates it; null otherwise.</summary>
    public string? HalfMade { get; init; }

    /// <summary>Longest wait for its deletion; null: the provider's own.</summary>
    public TimeSpan? DeleteTimeout { get; init; }

    /// <summary>Inputs of which any change makes another resource, beside those of its kind.</summary>
    public ImmutableArray<string> ReplaceOnChanges { get; init; } = [];

    /// <summary>A newer one has taken its place; it is deleted at the end of the run.</summary>
    public bool Replaced { get; init; }

    /// <summary>Name at the provider: as the program says, or as it was made up.</summary>
    public string CloudName => Inputs.TextOrNull("name") ?? Outputs.TextOrNull("name") ?? Name;

    public bool Is(string type, string name) => Type == type && Name == name;

    public CloudResource With(string output, object value) => this with { Outputs = Outputs.SetItem(output, value) };
}
