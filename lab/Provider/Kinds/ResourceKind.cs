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

    /// <summary>Throws the errors of provider and API. Called before anything is created, while nothing else changes.</summary>
    /// <param name="before">The resource as it is; null for a new one.</param>
    /// <param name="after">The requested resource.</param>
    public virtual void Check(CloudResource? before, CloudResource after)
    {
    }

    /// <summary>Assigns what a new resource needs before it exists: id, address. Called while nothing else changes.</summary>
    public virtual CloudResource Reserve(CloudResource resource) => resource with { Id = Guid.NewGuid().ToString() };

    public abstract Task<CloudResource> CreateAsync(CloudResource resource);

    /// <param name="before">The previous resource.</param>
    /// <param name="after">The requested resource, with the previous outputs.</param>
    public virtual Task<CloudResource> UpdateAsync(CloudResource before, CloudResource after) => Task.FromResult(after);

    /// <summary>Deletes it; does nothing if it does not exist.</summary>
    public virtual Task DeleteAsync(CloudResource resource) => Task.CompletedTask;

    /// <summary>Deletes the rest of a resource whose creation was interrupted.</summary>
    public virtual Task ClearAsync(CloudResource resource) => DeleteAsync(resource);
}

/// <summary>A DigitalOcean resource. The provider generates a name if none is given, and deletes before replace if one is.</summary>
internal abstract class DigitalOceanKind : ResourceKind
{
    protected virtual bool IsNamed => true;

    public override bool DeletesFirst(CloudResource before, PropertyMap inputs) =>
        IsNamed && inputs.TextOrNull("name") is { } name && before.Inputs.TextOrNull("name") == name;

    public override CloudResource Reserve(CloudResource resource) => Named(base.Reserve(resource));

    /// <summary>Adds a name, Pulumi's name plus seven digits, if the program has none.</summary>
    protected CloudResource Named(CloudResource resource) => IsNamed && !resource.Inputs.ContainsKey("name")
        ? resource.With("name",
            $"{resource.Name}-{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4))[..7]}")
        : resource;
}
