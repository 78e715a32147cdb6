using System.Net;
using Infra.Lab.Network;
using Infra.Lab.Specs;

namespace Infra.Tests.Unit.Lab.Network;

/// <summary>One side of a host: the address it sends from, and the network it is in (null: public).</summary>
internal sealed record ModelSide(string Host, string Address, string? VpcId);

/// <summary>The first packet of a connection. The host <c>sandbox</c> is the sandbox with its own addresses.</summary>
internal sealed record ModelPacket(ModelSide From, string Source, ModelSide To, string Protocol, int Port)
{
    public override string ToString() => $"{Protocol} {Port} from {From.Host} {Source} to {To.Host} {To.Address}";
}

/// <summary>
/// The meaning of a policy, implemented a second time without nftables: one packet at a time, from the rules of both ends.
/// </summary>
internal static class NetworkModel
{
    public static bool Passes(NetworkPolicy policy, ModelPacket packet) =>
        packet.From.VpcId == packet.To.VpcId
        && packet.From.Address == packet.Source
        && MayLeave(policy, packet)
        && MayArrive(policy, packet);

    private static bool MayLeave(NetworkPolicy policy, ModelPacket packet)
    {
        if (policy.Servers.FirstOrDefault(server => server.ServerId == packet.From.Host) is { } server)
        {
            return !server.Guarded || packet is { To.Address: "169.254.169.254", Protocol: "tcp", Port: 80 }
                || server.Outbound.Any(rule => Matches(rule, packet, packet.To.Address));
        }
        // A load balancer calls servers, in its VPC.
        return policy.Balancers.All(balancer => balancer.Id != packet.From.Host) || packet.From.VpcId is not null;
    }

    private static bool MayArrive(NetworkPolicy policy, ModelPacket packet)
    {
        if (policy.Servers.FirstOrDefault(server => server.ServerId == packet.To.Host) is { } server)
        {
            return !server.Guarded || server.Inbound.Any(rule => Matches(rule, packet, packet.Source));
        }
        return policy.Balancers.FirstOrDefault(balancer => balancer.Id == packet.To.Host) is not { } called
            || (called.Address == packet.To.Address && (called.AllowedCidrs.Count == 0 || Within(called.AllowedCidrs, packet.Source)));
    }

    private static bool Matches(PolicyRule rule, ModelPacket packet, string otherSide)
    {
        var ends = rule.Ports?.Split('-').Select(int.Parse).ToArray();
        return rule.Protocol == packet.Protocol
            && (ends is null || (ends[0] <= packet.Port && packet.Port <= ends[^1]))
            && Within(rule.Cidrs, otherSide);
    }

    private static bool Within(IReadOnlyList<string> cidrs, string address) =>
        AddressRanges.Parse(cidrs).Contains(IPAddress.Parse(address));
}
