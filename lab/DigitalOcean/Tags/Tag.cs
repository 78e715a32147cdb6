using System.Collections.Immutable;
using Infra.Lab.DigitalOcean.Networks;

namespace Infra.Lab.DigitalOcean.Tags;

/// <summary>A tag. Its name ignores case, and is shown as it was first written.</summary>
/// <param name="Name">Its name.</param>
/// <param name="LastTagged">Key of the resource that got it last, by the type of resource.</param>
internal sealed record Tag(string Name, ImmutableDictionary<string, string> LastTagged) : ITag
{
    public string Key => KeyOf(Name);

    public static string KeyOf(string name) => name.ToLowerInvariant();
}

/// <summary>The members of a request that creates a tag.</summary>
internal sealed record TagRequest(string? Name = null);

/// <summary>The members of a request that gives or takes a tag.</summary>
internal sealed record TagResourcesRequest(IReadOnlyList<TagResource?>? Resources = null);

/// <summary>A resource by its type and id.</summary>
internal sealed record TagResource(string? ResourceId = null, string? ResourceType = null);
