using System.Collections.Immutable;
using System.Globalization;
using Infra.Node;
using Infra.Planning;
using Infra.Planning.Config;
using Infra.Planning.Plan;
using Pulumi;
using Pulumi.DigitalOcean;
using Pulumi.DigitalOcean.Inputs;

namespace Infra.Components;

/// <summary>Arguments of <see cref="ModelEndpoint"/>.</summary>
public sealed class ModelEndpointArgs : ResourceArgs
{
    /// <summary>The plan of the endpoint. Known at plan time.</summary>
    public required EndpointPlan Plan { get; init; }

    /// <summary>Name of the stack: the first part of the names at DigitalOcean.</summary>
    public required string Stack { get; init; }

    /// <summary>Network of the Droplets.</summary>
    public required PrivateNetwork Network { get; init; }

    /// <summary>The stack's SSH key.</summary>
    public required OperatorKey OperatorKey { get; init; }

    /// <summary>Signs the certificates of the nodes.</summary>
    public required CertificateAuthority Authority { get; init; }

    /// <summary>
    /// Changes in each run, so that each run checks the nodes. Default: only after changes.
    /// </summary>
    public string? Run { get; init; }

    /// <summary>Hugging Face token for a gated model. Default: none.</summary>
    public Output<string>? HuggingFaceToken { get; init; }
}

/// <summary>
/// A model behind one API: its replicas, the firewall for its callers, their keys, and the load balancer unless access is private.
/// </summary>
public sealed class ModelEndpoint : ComponentResource
{
    public ModelEndpoint(string name, ModelEndpointArgs args, ComponentResourceOptions? options = null)
        : base("infra:components:ModelEndpoint", name, args, options)
    {
        var plan = args.Plan;
        var tag = new Tag(name, new() { Name = Names.EndpointTag(args.Stack, plan.Name) }, new() { Parent = this });
        LoadBalancer = plan.LoadBalancer is { } balancer ? new EndpointLoadBalancer(name, new()
        {
            CloudName = Names.Cloud(args.Stack, plan.Name),
            Region = plan.Region,
            VpcId = args.Network.VpcId,
            DropletTag = tag.Name,
            VpcRange = args.Network.IpRange,
            Callers = plan.Ports.LoadBalancer,
            Domain = balancer.Domain,
        }, new() { Parent = this }) : null;

        var after = new List<Resource> { args.Network.Firewall };
        if (Inbound(plan.Ports.Nodes, LoadBalancer) is { } rule)
        {
            after.Add(new Firewall(name, new()
            {
                Name = Names.Cloud(args.Stack, plan.Name),
                Tags = tag.Name,
                InboundRules = rule,
            }, new() { Parent = this }));
        }
        var keys = new ClientKeys(name, new() { Clients = [.. plan.Clients.Select(client => client.Name)] }, new() { Parent = this });
        // Parts that are the same for all replicas are created once. In node.env only the name of the Volume differs.
        var environment = args.Network.IpRange.Apply(range => RenderEnvironment(plan, range));

        var tags = new InputList<string> { args.Network.Tag, tag.Name, plan.Tags.ToArray() };
        InputList<string> adminSshKeys = plan.AdminSshKeys.ToArray();
        InputList<string> dnsNames = Names.InternalHost(args.Stack, plan.Name);
        var ipAddresses = LoadBalancer is { } inside && plan.Access == Access.Internal ? inside.Address : new InputList<string>();
        var readyTimeoutSeconds = plan.ReadyTimeoutSeconds;
        var nodes = new List<GpuNode>(plan.Replicas);
        for (var index = 0; index < plan.Replicas; index++)
        {
            var volume = plan.CacheVolumeGiB is null ? null : Names.CacheVolume(args.Stack, plan.Name, index);
            nodes.Add(new GpuNode(Names.Node(name, index), new()
            {
                Hostname = Names.Hostname(args.Stack, plan.Name, index),
                Region = plan.Region,
                Size = plan.Placement.Size.Slug,
                Image = plan.Image,
                Tags = tags,
                VpcId = args.Network.VpcId,
                NodeEnvironment = volume is null
                    ? environment
                    : args.Network.IpRange.Apply(range => RenderEnvironment(plan, range, volume)),
                AdminSshKeys = adminSshKeys,
                OperatorKey = args.OperatorKey,
                Authority = args.Authority,
                DnsNames = dnsNames,
                IpAddresses = ipAddresses,
                ClientKeys = keys.Keys,
                HuggingFaceToken = args.HuggingFaceToken,
                CacheVolumeName = volume,
                CacheVolumeGiB = plan.CacheVolumeGiB,
                ReadyTimeoutSeconds = readyTimeoutSeconds,
                Run = args.Run,
                After = plan.Rollout == Rollout.Rolling && index > 0 ? [.. after, nodes[index - 1].Ready.Command] : after,
            }, new() { Parent = this }));
        }
        Nodes = nodes;
        Keys = keys.Keys;
        PhaseTimelines = Output.All(nodes.Select(node => node.PhaseTimeline)).Apply(all =>
            all.Select((timeline, index) => (timeline, index))
                .ToImmutableDictionary(entry => Names.Node(plan.Name, entry.index), entry => entry.timeline));
        Url = LoadBalancer?.Url ?? Output.Format($"https://{nodes[0].PrivateAddress}/v1");
        RegisterOutputs();
    }

    /// <summary>Base URL of the API for its callers; with private access, the URL of the first node in the VPC.</summary>
    [Output("url")]
    public Output<string> Url { get; private init; }

    /// <summary>API keys by client name, a secret.</summary>
    [Output("keys")]
    public Output<ImmutableDictionary<string, string>> Keys { get; private init; }

    /// <summary>Phase timeline of the bring-up, by node.</summary>
    [Output("ledgers")]
    public Output<ImmutableDictionary<string, string>> PhaseTimelines { get; private init; }

    /// <summary>The replicas.</summary>
    public IReadOnlyList<GpuNode> Nodes { get; }

    /// <summary>The load balancer; null for private access.</summary>
    public EndpointLoadBalancer? LoadBalancer { get; }

    private static string RenderEnvironment(EndpointPlan plan, string vpcRange, string? cacheVolume = null) =>
        UserErrors.Shown(() => NodeEnvironment.Render(plan, vpcRange, cacheVolume));

    // Who may open the API port of a node. Without callers there is no rule, because DigitalOcean rejects a firewall without rules.
    private static FirewallInboundRuleArgs? Inbound(Callers callers, EndpointLoadBalancer? balancer)
    {
        var port = PortAccess.ApiPort.ToString(CultureInfo.InvariantCulture);
        if (callers.LoadBalancer)
        {
            return new() { Protocol = "tcp", PortRange = port, SourceLoadBalancerUids = balancer!.Id };
        }
        return callers.AreNone ? null : new()
        {
            Protocol = "tcp",
            PortRange = port,
            SourceAddresses = callers.Cidrs.ToArray(),
            SourceTags = callers.Tags.ToArray(),
        };
    }
}
