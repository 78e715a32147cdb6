using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.Networks;

/// <summary>A tag of the account.</summary>
internal interface ITag : IRecord
{
    public string Name { get; }
}

/// <summary>Tags as networks need them.</summary>
internal static class NetworkTags
{
    /// <summary>Whether the account has a tag, whatever the case of its letters.</summary>
    public static bool Exists(AccountState state, string name) =>
        state.AllOf<ITag>().Any(tag => string.Equals(tag.Name, name, StringComparison.OrdinalIgnoreCase))
        || state.AllOf<ITagged>().Any(resource => resource.Tags.Contains(name, StringComparer.OrdinalIgnoreCase));
}
