using System.Collections.Immutable;
using Infra.Lab.DigitalOcean.Networks;

namespace Infra.Lab.DigitalOcean.Firewalls;

/// <summary>A Cloud Firewall.</summary>
/// <param name="Id">Its UUID.</param>
/// <param name="Name">Unique in the account.</param>
/// <param name="CreatedAt">Time of its creation.</param>
/// <param name="InboundRules">What may come in.</param>
/// <param name="OutboundRules">What may go out.</param>
/// <param name="DropletIds">Droplets that it guards.</param>
/// <param name="Tags">It guards Droplets with one of these tags.</param>
/// <param name="Status"><see cref="Waiting"/> until the last change is in effect, then <see cref="Succeeded"/>.</param>
/// <param name="PendingChanges">Droplets for which the last change is not in effect yet.</param>
internal sealed record Firewall(
    string Id, string Name, DateTimeOffset CreatedAt, ImmutableArray<FirewallRule> InboundRules, ImmutableArray<FirewallRule> OutboundRules,
    ImmutableArray<long> DropletIds, ImmutableArray<string> Tags, string Status, ImmutableArray<PendingChange> PendingChanges)
    : INamesDroplets, INamesTags
{
    public const string Waiting = "waiting";
    public const string Succeeded = "succeeded";
    public const string Failed = "failed";

    public string Key => Id;

    public bool Guards(INetworkServer server) =>
        DropletIds.Contains(server.Id) || server.Tags.Intersect(Tags, StringComparer.OrdinalIgnoreCase).Any();

    public bool Names(long droplet) => DropletIds.Contains(droplet) || Rules.Any(rule => rule.Peers.DropletIds.Contains(droplet));

    public INamesDroplets Without(long droplet) => Changed(peers => peers with { DropletIds = peers.DropletIds.Remove(droplet) }) with
    {
        DropletIds = DropletIds.Remove(droplet),
        PendingChanges = PendingChanges.RemoveAll(change => change.DropletId == droplet),
    };

    public bool Names(string tag) => Tags.Contains(tag, StringComparer.OrdinalIgnoreCase)
        || Rules.Any(rule => rule.Peers.Tags.Contains(tag, StringComparer.OrdinalIgnoreCase));

    public INamesTags Without(string tag) => Changed(peers => peers with { Tags = Less(peers.Tags, tag) }) with { Tags = Less(Tags, tag) };

    private IEnumerable<FirewallRule> Rules => InboundRules.Concat(OutboundRules);

    // A rule without a peer allows nothing, and is none.
    private Firewall Changed(Func<FirewallPeers, FirewallPeers> change) => this with
    {
        InboundRules = [.. InboundRules.Select(rule => rule with { Peers = change(rule.Peers) }).Where(rule => !rule.Peers.IsEmpty)],
        OutboundRules = [.. OutboundRules.Select(rule => rule with { Peers = change(rule.Peers) }).Where(rule => !rule.Peers.IsEmpty)],
    };

    private static ImmutableArray<string> Less(ImmutableArray<string> tags, string tag) =>
        tags.RemoveAll(name => string.Equals(name, tag, StringComparison.OrdinalIgnoreCase));
}

/// <param name="DropletId">A Droplet.</param>
/// <param name="Removing">Whether it leaves the firewall.</param>
/// <param name="Status">Always <see cref="Firewall.Waiting"/>: a change in effect is not listed.</param>
internal sealed record PendingChange(long DropletId, bool Removing, string Status);

/// <param name="Protocol"><c>tcp</c>, <c>udp</c> or <c>icmp</c>.</param>
/// <param name="Ports"><c>22</c>, <c>8000-9000</c>, or <c>0</c> for all.</param>
/// <param name="Peers">The other side.</param>
internal sealed record FirewallRule(string Protocol, string Ports, FirewallPeers Peers)
{
    public const string AllPorts = "0";

    /// <summary>The protocol that has no ports.</summary>
    public const string Icmp = "icmp";

    public bool IsSame(FirewallRule other) => Protocol == other.Protocol && Ports == other.Ports && Peers.IsSame(other.Peers);
}

/// <summary>The other side of a rule: the union of all that is named.</summary>
internal sealed record FirewallPeers(
    ImmutableArray<string> Addresses, ImmutableArray<long> DropletIds, ImmutableArray<string> LoadBalancerUids,
    ImmutableArray<string> KubernetesIds, ImmutableArray<string> Tags)
{
    public bool IsEmpty => Count == 0;

    public int Count => Addresses.Length + DropletIds.Length + LoadBalancerUids.Length + KubernetesIds.Length + Tags.Length;

    public bool IsSame(FirewallPeers other) => Same(Addresses, other.Addresses) && Same(DropletIds, other.DropletIds)
        && Same(LoadBalancerUids, other.LoadBalancerUids) && Same(KubernetesIds, other.KubernetesIds) && Same(Tags, other.Tags);

    private static bool Same<T>(ImmutableArray<T> left, ImmutableArray<T> right) => left.ToHashSet().SetEquals(right);
}
