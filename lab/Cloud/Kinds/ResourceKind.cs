using Infra.Lab.Cloud.Resources;

namespace Infra.Lab.Cloud.Kinds;

/// <summary>What the providers know of one type of resource: what they refuse, what a change does, and how it is made.</summary>
internal abstract class ResourceKind
{
    private static readonly IReadOnlySet<string> s_none = new HashSet<string>();

    /// <summary>Type token.</summary>
    public abstract string Type { get; }

    /// <summary>Nothing of it is outside the state: a run that is killed leaves no trace of it.</summary>
    public virtual bool IsPure => false;

    /// <summary>Outputs that the provider marks as secret.</summary>
    public virtual IReadOnlySet<string> SecretOutputs => s_none;

    /// <summary>Whether a change of this input makes another resource.</summary>
    public abstract bool ReplacedBy(string input);

    /// <summary>Whether old and new value of an input are the same to the provider.</summary>
    public virtual bool Same(string input, object? before, object? after) => PropertyJson.Canonical(before) == PropertyJson.Canonical(after);

    /// <summary>Whether what the state has is not there any more, as a refresh would find.</summary>
    public virtual bool IsLost(CloudResource resource) => false;

    /// <summary>Whether it must be made anew though nothing of it has changed.</summary>
    public virtual bool IsDue(CloudResource resource, PropertyMap inputs) => false;

    /// <summary>Whether the provider wants the old one gone before the new one is made.</summary>
    public virtual bool DeletesFirst(CloudResource before, PropertyMap inputs) => false;

    /// <summary>Throws what provider and API would say against it. Called before anything is made, while nothing else changes.</summary>
    /// <param name="before">The resource as it is; null for a new one.</param>
    /// <param name="after">The resource as it shall be.</param>
    public virtual void Check(CloudResource? before, CloudResource after)
    {
    }

    /// <summary>Gives a new resource what must be its own before it is there: its id, its address. Called while nothing else changes.</summary>
    public virtual CloudResource Reserve(CloudResource resource) => resource with { Id = Guid.NewGuid().ToString() };

    public abstract Task<CloudResource> CreateAsync(CloudResource resource);

    /// <param name="before">As it was.</param>
    /// <param name="after">As it shall be, with the outputs it had.</param>
    public virtual Task<CloudResource> UpdateAsync(CloudResource before, CloudResource after) => Task.FromResult(after);

    /// <summary>Takes it away; nothing happens where there is none.</summary>
    public virtual Task DeleteAsync(CloudResource resource) => Task.CompletedTask;

    /// <summary>Clears away what there may be of one whose creation was never finished.</summary>
    public virtual Task ClearAsync(CloudResource resource) => DeleteAsync(resource);
}

/// <summary>A kind of DigitalOcean's. Their provider makes a name where none is given, and deletes first where one is.</summary>
internal abstract class DigitalOceanKind : ResourceKind
{
    protected virtual bool IsNamed => true;

    public override bool DeletesFirst(CloudResource before, PropertyMap inputs) =>
        IsNamed && inputs.TextOrNull("name") is { } name && before.Inputs.TextOrNull("name") == name;

    public override CloudResource Reserve(CloudResource resource) => Named(base.Reserve(resource));

    /// <summary>With a name, which is made of Pulumi's and seven digits if the program gives none.</summary>
    protected CloudResource Named(CloudResource resource) => IsNamed && !resource.Inputs.ContainsKey("name")
        ? resource.With("name", $"{resource.Name}-{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4))[..7]}")
        : resource;
}
