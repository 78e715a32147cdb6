using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.Networks;

/// <summary>A Droplet as networks see it.</summary>
internal interface INetworkServer : IVpcMember, ITagged
{
    public long Id { get; }

    public string Region { get; }

    /// <summary>Null: it has none yet, or never has one.</summary>
    public string? PublicAddress { get; }

    /// <summary>
    /// Whether it has a place in the networks: from before its boot until its deletion begins, also while it is powered off.
    /// </summary>
    public bool IsOnNetwork { get; }

    /// <summary>Whether it runs, so that a load balancer has it as a backend.</summary>
    public bool IsUp { get; }
}

/// <summary>A resource that names Droplets by id: one that is deleted is named no more.</summary>
internal interface INamesDroplets : IRecord
{
    public bool Names(long droplet);

    public INamesDroplets Without(long droplet);
}

/// <summary>A resource that selects Droplets by tag: a tag that is deleted selects no more.</summary>
internal interface INamesTags : IRecord
{
    public bool Names(string tag);

    public INamesTags Without(string tag);
}
