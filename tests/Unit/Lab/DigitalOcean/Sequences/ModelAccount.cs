using System.Collections.Immutable;

namespace Infra.Tests.Unit.Lab.DigitalOcean.Sequences;

/// <summary>What an account must have after some requests, worked out without the API.</summary>
internal sealed class ModelAccount
{
    public SortedDictionary<long, ModelDroplet> Droplets { get; } = [];

    /// <summary>The Droplet that each Volume is attached to; null: none.</summary>
    public SortedDictionary<string, long?> Volumes { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, ModelGroup> Firewalls { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, ModelGroup> Balancers { get; } = new(StringComparer.Ordinal);

    public SortedSet<string> Tags { get; } = new(StringComparer.Ordinal);

    /// <summary>Snapshots of Droplets, and then of Volumes.</summary>
    public SortedSet<string> Images { get; } = new(StringComparer.Ordinal);

    public SortedSet<string> Copies { get; } = new(StringComparer.Ordinal);

    public SortedSet<string> Domains { get; } = new(StringComparer.Ordinal);

    public void Remove(long droplet)
    {
        Droplets.Remove(droplet);
        foreach (var volume in Volumes.Where(volume => volume.Value == droplet).Select(volume => volume.Key).ToList())
        {
            Volumes[volume] = null;
        }
        foreach (var groups in new[] { Firewalls, Balancers })
        {
            foreach (var (id, group) in groups.ToList())
            {
                groups[id] = group with { Droplets = group.Droplets.Remove(droplet) };
            }
        }
    }

    public void RemoveTag(string tag)
    {
        Tags.Remove(tag);
        foreach (var (id, droplet) in Droplets.ToList())
        {
            Droplets[id] = droplet with { Tags = droplet.Tags.Remove(tag) };
        }
        foreach (var (id, group) in Firewalls.ToList())
        {
            Firewalls[id] = group with { Tag = group.Tag == tag ? null : group.Tag };
        }
        foreach (var (id, group) in Balancers.ToList())
        {
            Balancers[id] = group with { Tag = group.Tag == tag ? null : group.Tag };
        }
    }

    public bool HasTag(long droplet, string? tag) => tag is not null && Droplets[droplet].Tags.Contains(tag);

    /// <summary>All that is to be listed, one a line.</summary>
    public IReadOnlyList<string> Lines() =>
    [
        .. Droplets.Select(droplet => $"droplet {droplet.Key} {droplet.Value.Name} {(droplet.Value.IsOn ? "active" : "off")} "
            + $"[{string.Join(' ', droplet.Value.Tags)}] "
            + $"[{Ids(Volumes.Where(volume => volume.Value == droplet.Key).Select(volume => volume.Key))}]"),
        .. Volumes.Select(volume => $"volume {volume.Key} [{volume.Value}]"),
        .. Firewalls.Select(group => $"firewall {group.Key} [{Ids(group.Value.Droplets)}] [{group.Value.Tag}]"),
        .. Balancers.Select(group => $"balancer {group.Key} [{Ids(group.Value.Tag is { } tag
            ? Droplets.Keys.Where(droplet => HasTag(droplet, tag)) : group.Value.Droplets)}] [{group.Value.Tag}]"),
        .. Tags.Select(tag => $"tag {tag} {Droplets.Keys.Count(droplet => HasTag(droplet, tag))}"),
        .. Images.Concat(Copies).Order(StringComparer.Ordinal).Select(snapshot => $"snapshot {snapshot}"),
        .. Domains.Select(domain => $"domain {domain}"),
        .. Droplets.Keys.Select(id => $"member do:droplet:{id}").Concat(Balancers.Keys.Select(id => $"member do:loadbalancer:{id}"))
            .Order(StringComparer.Ordinal),
        .. Droplets.Keys.Select(id => $"of the project do:droplet:{id}").Concat(Volumes.Keys.Select(id => $"of the project do:volume:{id}"))
            .Concat(Balancers.Keys.Select(id => $"of the project do:loadbalancer:{id}"))
            .Concat(Domains.Select(name => $"of the project do:domain:{name}")).Order(StringComparer.Ordinal),
        .. Droplets.Keys.Select(id => $"server {id}"),
        .. Volumes.Keys.Select(id => $"disk {id}"),
        .. Images.Concat(Copies).Order(StringComparer.Ordinal).Select(snapshot => $"copy {snapshot}"),
        .. Droplets.Keys.Select(id => $"policy {id} {(Firewalls.Values.Any(group => group.Droplets.Contains(id) || HasTag(id, group.Tag))
            ? "guarded" : "open")}"),
    ];

    public static string Ids<T>(IEnumerable<T> ids) => string.Join(' ', ids.Order());
}

/// <summary>A Droplet of the model.</summary>
internal sealed record ModelDroplet(string Name, bool IsOn, ImmutableSortedSet<string> Tags);

/// <summary>A firewall or load balancer: Droplets by id, or by a tag.</summary>
internal sealed record ModelGroup(ImmutableSortedSet<long> Droplets, string? Tag);
