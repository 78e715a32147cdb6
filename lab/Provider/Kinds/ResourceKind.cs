using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider.Kinds;

/// <summary>The provider's knowledge of a resource type: what it rejects, what a change does, and how it is created.</summary>
internal abstract class ResourceKind
{
    private static readonly IReadOnlySet<string> s_none = new HashSet<string>();

    /// <summary>Type token.</summary>
    public abstract string Type { get; }

    /// <summary>Whether it exists only in the state: a killed run leaves nothing else.</summary>
    public virtual bool IsPure => false;

    /// <summary>Outputs that the provider marks as secret.</summary>
    public virtual IReadOnlySet<string> SecretOutputs => s_none;

    /// <summary>Whether a change of this input replaces the resource.</summary>
    public abstract bool ReplacedBy(string input);

    /// <summary>Whether the provider considers old and new value of an input equal.</summary>
    public virtual bool Same(string input, object? before, object? after) =>
        PropertyJson.Canonical(before) == PropertyJson.Canonical(after);

    /// <summary>Whether the resource no longer exists, as a refresh would find.</summary>
    public virtual bool IsLost(CloudResource resource) => false;

    /// <summary>Whether it must be replaced without a change.</summary>
    public virtual bool IsDue(CloudResource resource, PropertyMap inputs) => false;

    /// <summary>Whether the old resource must be deleted before the new one is created.</summary>
    public virtual bool DeletesFirst(CloudResource before, PropertyMap inputs) => false;

    /// <summary>Throws what the provider itself refuses, before it sends anything.</summary>
    /// <param name="before">The resource as it is; null for a new one.</param>
    /// <param name="after">The requested resource.</param>
    public virtual void Check(CloudResource? before, CloudResource after)
    {
    }

    /// <summary>Assigns what a new resource needs before it exists: its id, or its name.</summary>
    public virtual CloudResource Reserve(CloudResource resource) => resource with { Id = Guid.NewGuid().ToString() };

    public virtual Task<CloudResource> CreateAsync(CloudResource resource) => Task.FromResult(resource);

    /// <param name="before">The previous resource.</param>
    /// <param name="after">The requested resource, with the previous outputs.</param>
    public virtual Task<CloudResource> UpdateAsync(CloudResource before, CloudResource after) => Task.FromResult(after);

    /// <summary>Deletes it; does nothing if it does not exist.</summary>
    public virtual Task DeleteAsync(CloudResource resource) => Task.CompletedTask;

    /// <summary>Deletes the rest of a resource whose creation was interrupted.</summary>
    public virtual Task ClearAsync(CloudResource resource) => DeleteAsync(resource);
}
