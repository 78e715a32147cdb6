using Infra.Lab.Specs;

namespace Infra.Lab.Network;

/// <summary>Who may open a connection over a link. Packets of established connections always pass.</summary>
internal enum LinkRule
{
    /// <summary>All hosts.</summary>
    Everything,

    /// <summary>No host.</summary>
    Nothing,

    /// <summary>Hosts in the member's rules.</summary>
    Listed,
}

/// <summary>A link of the router: a server has two, to the public network and to its VPC.</summary>
/// <param name="Name">Name of the link.</param>
/// <param name="Address">The only allowed source address.</param>
/// <param name="VpcId">The VPC; null: the public network.</param>
/// <param name="Arriving">Rule for traffic to the member.</param>
/// <param name="Leaving">Rule for traffic from the member.</param>
internal sealed record NetworkLink(string Name, string Address, string? VpcId, LinkRule Arriving, LinkRule Leaving);

/// <summary>A server, load balancer or test host in the ruleset: its links, and their shared rules.</summary>
/// <param name="Stem">Common part of the names of its links and chains.</param>
/// <param name="Links">Its links.</param>
/// <param name="Inbound">Rules for <see cref="LinkRule.Listed"/> links to it.</param>
/// <param name="Outbound">Rules for <see cref="LinkRule.Listed"/> links from it.</param>
internal sealed record NetworkMember(
    string Stem, IReadOnlyList<NetworkLink> Links, IReadOnlyList<PolicyRule> Inbound, IReadOnlyList<PolicyRule> Outbound)
{
    // The metadata service: reachable despite firewalls.
    private static readonly PolicyRule s_metadata = new("tcp", "80", ["169.254.169.254"]);

    public static NetworkMember Of(ServerPolicy server)
    {
        var rule = server.Guarded ? LinkRule.Listed : LinkRule.Everything;
        return new(NetworkLinks.Stem(server.ServerId),
        [
            new(NetworkLinks.Public(server.ServerId), server.PublicAddress, null, rule, rule),
            new(NetworkLinks.Private(server.ServerId), server.PrivateAddress, server.VpcId, rule, rule),
        ], server.Inbound, [.. server.Outbound, s_metadata]);
    }

    /// <summary>
    /// A load balancer accepts callers on one link and connects to servers on the other; an internal one uses the same link for both.
    /// </summary>
    public static NetworkMember Of(BalancerPolicy balancer)
    {
        string[] protocols = ["tcp", "udp", "icmp"];
        var inbound = protocols.Select(protocol => new PolicyRule(protocol, null, balancer.AllowedCidrs)).ToArray();
        var callers = balancer.AllowedCidrs.Count == 0 ? LinkRule.Everything : LinkRule.Listed;
        var inside = NetworkLinks.Private(balancer.Id);
        return new(NetworkLinks.Stem(balancer.Id), balancer.Address == balancer.BackendAddress
            ? [new(inside, balancer.BackendAddress, balancer.VpcId, callers, LinkRule.Everything)]
            :
            [
                new(NetworkLinks.Public(balancer.Id), balancer.Address, null, callers, LinkRule.Nothing),
                new(inside, balancer.BackendAddress, balancer.VpcId, LinkRule.Nothing, LinkRule.Everything),
            ], inbound, []);
    }

    public static NetworkMember Of(NetworkNeighbour neighbour) =>
        new(neighbour.Link, [new(neighbour.Link, neighbour.Address, neighbour.VpcId, LinkRule.Everything, LinkRule.Everything)], [], []);
}
