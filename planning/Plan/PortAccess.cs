using Infra.Planning.Config;

namespace Infra.Planning.Plan;

/// <summary>Who may open a port. Without members, no one.</summary>
public sealed record Callers
{
    public static Callers None { get; } = new();

    /// <summary>Address ranges.</summary>
    public IReadOnlyList<string> Cidrs { get; init; } = [];

    /// <summary>Tags of Droplets.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Every address of the VPC.</summary>
    public bool WholeVpc { get; init; }

    /// <summary>The endpoint's load balancer.</summary>
    public bool LoadBalancer { get; init; }

    public bool AreNone => Cidrs.Count + Tags.Count == 0 && !WholeVpc && !LoadBalancer;

    /// <summary>
    /// The same as address ranges, for consumers that know only addresses: tagged Droplets and load balancers become the VPC range.
    /// </summary>
    /// <param name="vpcRange">Address range of the VPC.</param>
    public IReadOnlyList<string> InAddresses(string vpcRange) => WholeVpc || LoadBalancer || Tags.Count > 0 ? [vpcRange, .. Cidrs] : Cidrs;
}

/// <summary>
/// Who may open which port of an endpoint, decided only here. Cloud Firewalls, the allow-list of the load balancer and the host firewall
/// use it; the preview shows what they contain.
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

    /// <summary>The API on the load balancer; no one without a load balancer.</summary>
    public required Callers LoadBalancer { get; init; }

    /// <summary>SSH on all nodes of a stack.</summary>
    internal static Callers SshOf(StackConfig stack) => new() { Cidrs = stack.AdminCidrs };

    internal static PortAccess Of(StackConfig stack, EndpointConfig endpoint)
    {
        var named = new Callers { Cidrs = endpoint.ClientCidrs };
        var (nodes, balancer) = endpoint.Access switch
        {
            Access.Private => (named with { Tags = endpoint.ClientTags }, Callers.None),
            // In the VPC a load balancer is open to all addresses, unless its callers are listed.
            Access.Internal => (new Callers { LoadBalancer = true }, named.AreNone ? new Callers { WholeVpc = true } : named),
            Access.Public => (new Callers { LoadBalancer = true }, named),
            _ => throw new ArgumentOutOfRangeException(nameof(endpoint), endpoint.Access, "Unknown access type."),
        };
        return new() { Ssh = SshOf(stack), Nodes = nodes, LoadBalancer = balancer };
    }
}
