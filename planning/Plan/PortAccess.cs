using Infra.Planning.Config;

namespace Infra.Planning.Plan;

/// <summary>Who may open a port. Without a member nobody may.</summary>
public sealed record Callers
{
    public static Callers Nobody { get; } = new();

    /// <summary>Address ranges.</summary>
    public IReadOnlyList<string> Cidrs { get; init; } = [];

    /// <summary>Tags of Droplets.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Every address of the VPC.</summary>
    public bool WholeVpc { get; init; }

    /// <summary>The endpoint's load balancer.</summary>
    public bool LoadBalancer { get; init; }

    public bool AreNobody => Cidrs.Count + Tags.Count == 0 && !WholeVpc && !LoadBalancer;

    /// <summary>
    /// The same in address ranges, for what knows nothing else: a Droplet of a tag and a load balancer are somewhere in the VPC.
    /// </summary>
    /// <param name="vpcRange">Address range of the VPC.</param>
    public IReadOnlyList<string> InAddresses(string vpcRange) => WholeVpc || LoadBalancer || Tags.Count > 0 ? [vpcRange, .. Cidrs] : Cidrs;
}

/// <summary>
/// Who may open which port of an endpoint: decided here and nowhere else. Cloud Firewalls, the allow-list of the load balancer and the
/// nodes' own firewall are made from it; the preview reads back what they say.
/// </summary>
public sealed record PortAccess
{
    public const int SshPort = 22;

    /// <summary>The port of the API, on nodes and on load balancers.</summary>
    public const int ApiPort = 443;

    /// <summary>TCP ports that a node may connect to: DNS, package mirrors, and everything else over TLS.</summary>
    public static IReadOnlyList<int> OutboundTcpPorts { get; } = [53, 80, 443];

    /// <summary>SSH on the nodes.</summary>
    public required Callers Ssh { get; init; }

    /// <summary>The API on the nodes.</summary>
    public required Callers Nodes { get; init; }

    /// <summary>The API on the load balancer; nobody where there is none.</summary>
    public required Callers LoadBalancer { get; init; }

    /// <summary>SSH on all nodes of a stack.</summary>
    internal static Callers SshOf(InferenceSettings stack) => new() { Cidrs = stack.AdminCidrs };

    internal static PortAccess Of(InferenceSettings stack, EndpointSettings endpoint)
    {
        var named = new Callers { Cidrs = endpoint.ClientCidrs };
        var (nodes, balancer) = endpoint.Access switch
        {
            Access.Private => (named with { Tags = endpoint.ClientTags }, Callers.Nobody),
            // Inside the VPC a load balancer is for all of it, unless its callers are named.
            Access.Internal => (new Callers { LoadBalancer = true }, named.AreNobody ? new Callers { WholeVpc = true } : named),
            Access.Public => (new Callers { LoadBalancer = true }, named),
            _ => throw new ArgumentOutOfRangeException(nameof(endpoint), endpoint.Access, "Nobody is known to reach such an endpoint."),
        };
        return new() { Ssh = SshOf(stack), Nodes = nodes, LoadBalancer = balancer };
    }
}
