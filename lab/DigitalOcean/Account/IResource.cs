using System.Collections.Immutable;

namespace Infra.Lab.DigitalOcean.Account;

/// <summary>A resource with a uniform resource name: it belongs to a project.</summary>
internal interface IResource : IRecord
{
    /// <summary><c>do:droplet:500000001</c>.</summary>
    public string Urn { get; }

    public string Name { get; }

    public DateTimeOffset CreatedAt { get; }
}

/// <summary>A resource inside of a VPC, which it keeps from being deleted.</summary>
internal interface IVpcMember : IResource
{
    public string? VpcId { get; }

    /// <summary>Its address there; null: it has none yet.</summary>
    public string? VpcAddress { get; }
}

/// <summary>A resource with tags.</summary>
internal interface ITagged : IRecord
{
    /// <summary><c>droplet</c>, <c>image</c>, <c>volume</c> or <c>volume_snapshot</c>; its key is the id of the resource.</summary>
    public string TaggedType { get; }

    public ImmutableArray<string> Tags { get; }

    public ITagged WithTags(ImmutableArray<string> tags);
}
