using System.Collections.Immutable;
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

    /// <summary>Whether any change of this input replaces the resource.</summary>
    public abstract bool ReplacedBy(string input);

    /// <summary>Whether this change of an input replaces the resource.</summary>
    public virtual bool ReplacedBy(string input, object? before, object? after) => ReplacedBy(input);

    /// <summary>Names of the inputs that the provider considers changed.</summary>
    public IReadOnlyList<string> Changed(PropertyMap before, PropertyMap after) =>
        [.. before.Keys.Union(after.Keys).Where(input => !Same(input, before.GetValueOrDefault(input), after.GetValueOrDefault(input)))];

    /// <summary>Whether the provider replaces the resource, because of one of these changed inputs.</summary>
    public bool ReplacedBy(IEnumerable<string> changed, PropertyMap before, PropertyMap after) =>
        changed.Any(input => ReplacedBy(input, before.GetValueOrDefault(input), after.GetValueOrDefault(input)));

    /// <summary>Whether an input is a set: its order does not matter.</summary>
    protected virtual bool IsSet(string input) => false;

    /// <summary>Whether letters are the same in an input, large or small.</summary>
    protected virtual bool IgnoresCase(string input) => false;

    /// <summary>The value of an input that the program does not give; null: none.</summary>
    protected virtual object? Default(string input) => null;

    /// <summary>Whether the provider considers old and new value of an input equal.</summary>
    public virtual bool Same(string input, object? before, object? after)
    {
        return string.Equals(Comparable(before), Comparable(after),
            IgnoresCase(input) ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);

        string Comparable(object? value)
        {
            // An empty list is none.
            var given = value is ImmutableArray<object> { IsEmpty: true } ? null : value ?? Default(input);
            return IsSet(input) ? PropertyJson.CanonicalSet(given) : PropertyJson.Canonical(given);
        }
    }

    /// <summary>Whether the resource no longer exists, as a refresh would find.</summary>
    public virtual bool IsLost(CloudResource resource) => false;

    /// <summary>Whether it must be replaced without a change.</summary>
    public virtual bool IsDue(CloudResource resource, PropertyMap inputs) => false;

    /// <summary>Whether the provider deletes the old resource before it creates the new one, where an input replaces it.</summary>
    /// <param name="inputs">Inputs of the new one, as the program has them.</param>
    public virtual bool DeletesFirst(PropertyMap inputs) => false;

    /// <summary>Throws what the provider itself refuses, before anything is deleted or sent.</summary>
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
