using Infra.Lab.Specs;

namespace Infra.Lab.Fabric;

/// <summary>Who may open a connection over a link. What answers one that is open already may always pass.</summary>
internal enum LinkRule
{
    /// <summary>Everybody.</summary>
    Everything,

    /// <summary>Nobody.</summary>
    Nothing,

    /// <summary>Whom the member's rules name.</summary>
    Listed,
}

/// <summary>One end of a cable in the world: a server has two, one on the public side and one in its VPC.</summary>
/// <param name="Name">Name of the link.</param>
/// <param name="Address">The only address that may come from it.</param>
/// <param name="VpcId">The VPC that it leads to; null: the public side.</param>
/// <param name="Arriving">Towards the member.</param>
/// <param name="Leaving">From the member.</param>
internal sealed record FabricLink(string Name, string Address, string? VpcId, LinkRule Arriving, LinkRule Leaving);

/// <summary>A server, load balancer or test host as the ruleset sees it: its links, and the rules that both of them share.</summary>
/// <param name="Stem">What the names of its links and chains begin or end with.</param>
/// <param name="Links">Its links.</param>
/// <param name="Inbound">Rules of <see cref="LinkRule.Listed"/> links towards it.</param>
/// <param name="Outbound">Rules of <see cref="LinkRule.Listed"/> links from it.</param>
internal sealed record FabricMember(
    string Stem, IReadOnlyList<FabricLink> Links, IReadOnlyList<PolicyRule> Inbound, IReadOnlyList<PolicyRule> Outbound)
{
    // The metadata service: no firewall keeps a Droplet from it.
    private static readonly PolicyRule s_metadata = new("tcp", "80", ["169.254.169.254"]);

    public static FabricMember Of(ServerPolicy server)
    {
        var rule = server.Guarded ? LinkRule.Listed : LinkRule.Everything;
        return new(FabricLinks.Stem(server.ServerId),
        [
            new(FabricLinks.Public(server.ServerId), server.PublicAddress, null, rule, rule),
            new(FabricLinks.Private(server.ServerId), server.PrivateAddress, server.VpcId, rule, rule),
        ], server.Inbound, [.. server.Outbound, s_metadata]);
    }

    /// <summary>A load balancer answers callers on one side and calls servers on the other; in the VPC both are the same side.</summary>
    public static FabricMember Of(BalancerPolicy balancer)
    {
        string[] protocols = ["tcp", "udp", "icmp"];
        var inbound = protocols.Select(protocol => new PolicyRule(protocol, null, balancer.AllowedCidrs)).ToArray();
        var callers = balancer.AllowedCidrs.Count == 0 ? LinkRule.Everything : LinkRule.Listed;
        var inside = FabricLinks.Private(balancer.Id);
        return new(FabricLinks.Stem(balancer.Id), balancer.Address == balancer.BackendAddress
            ? [new(inside, balancer.BackendAddress, balancer.VpcId, callers, LinkRule.Everything)]
            :
            [
                new(FabricLinks.Public(balancer.Id), balancer.Address, null, callers, LinkRule.Nothing),
                new(inside, balancer.BackendAddress, balancer.VpcId, LinkRule.Nothing, LinkRule.Everything),
            ], inbound, []);
    }

    public static FabricMember Of(FabricNeighbour neighbour) =>
        new(neighbour.Link, [new(neighbour.Link, neighbour.Address, neighbour.VpcId, LinkRule.Everything, LinkRule.Everything)], [], []);
}
