using Infra.Planning.Catalog;
using Infra.Planning.Config;
using Infra.Planning.Errors;
using Infra.Planning.Placements;
using Infra.Planning.Plan;

namespace Infra.Node;

/// <summary>Everything that differs from one node to the next: the values of <c>/etc/inference/node.env</c>. It holds no secret.</summary>
public sealed record NodeSettings
{
    /// <summary>Name of the endpoint in the stack, for logs and messages.</summary>
    public required string Endpoint { get; init; }

    /// <summary>What is served, where, and with which of vLLM's numbers.</summary>
    public required Placement Placement { get; init; }

    /// <summary>Pinned commit of the weights, 40 hex digits.</summary>
    public required string Revision { get; init; }

    /// <summary>SHA-256 of files of that commit, by name, which come before the hub's own; empty: the catalog pins none.</summary>
    public IReadOnlyDictionary<string, string> Checksums { get; init; } = WeightsChecksums.None;

    /// <summary>Name that clients send as <c>model</c>.</summary>
    public required string ServedModelName { get; init; }
    public required EngineInstall Install { get; init; }

    /// <summary>Most images of one request; 0 refuses images and leaves the vision tower out.</summary>
    public required int ImagesPerPrompt { get; init; }

    /// <summary>How far tool calls are held to what was declared; null: vLLM's default.</summary>
    public ToolStrictLevel? ToolStrictLevel { get; init; }

    /// <summary>Origins of pages that may call from a browser; none by default.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>Clients as the operator wrote them, of which some have limits of their own; none: one, named default.</summary>
    public IReadOnlyList<ClientSettings> Clients { get; init; } = [];

    /// <summary>A load balancer ends TLS and names who called in <c>X-Forwarded-For</c>; else the connection says it.</summary>
    public bool AddressFromHeader { get; init; }

    /// <summary>A load balancer speaks for all callers: limits by address are not for it.</summary>
    public bool Balanced { get; init; }

    /// <summary>Addresses and ranges that may open SSH.</summary>
    public required IReadOnlyList<string> AdminCidrs { get; init; }

    /// <summary>Addresses and ranges that may open the private port: clients of the VPC, or the load balancer's.</summary>
    public required IReadOnlyList<string> ClientCidrs { get; init; }

    /// <summary>Range of the VPC: nginx listens on the node's own address in it, and on loopback.</summary>
    public required string VpcCidr { get; init; }

    /// <summary>Name of the Volume that keeps the weights; null: the scratch disk, or else the boot disk.</summary>
    public string? CacheVolume { get; init; }

    /// <summary>Longest time that vLLM may take to load, compile and answer, in seconds.</summary>
    public required int ReadyTimeoutSeconds { get; init; }

    /// <summary>How long a download is repeated while nothing comes, in seconds.</summary>
    public int RetrySeconds { get; init; } = 900;

    /// <summary>Where weights come from: Hugging Face, or a mirror with the same API.</summary>
    public string Hub { get; init; } = "https://huggingface.co";

    /// <summary>Python index for <see cref="EngineInstall.Venv"/>; null: PyPI.</summary>
    public string? PackageIndex { get; init; }

    /// <summary>TCP ports that the node may connect to. The same list as the Cloud Firewall's.</summary>
    public IReadOnlyList<int> OutboundPorts { get; init; } = DefaultOutboundPorts;

    /// <summary>DNS, package mirrors, and everything else over TLS.</summary>
    public static readonly IReadOnlyList<int> DefaultOutboundPorts = [53, 80, 443];

    /// <summary>The node of an endpoint.</summary>
    /// <param name="plan">What was decided.</param>
    /// <param name="vpcRange">Address range of the VPC.</param>
    /// <param name="cacheVolume">Name of the node's Volume, if it has one.</param>
    public static NodeSettings Of(EndpointPlan plan, string vpcRange, string? cacheVolume = null) =>
        From(plan.Name, plan.Placement, plan.Settings, plan.Install, plan.AdminCidrs, plan.ClientCidrs, vpcRange, cacheVolume) with
        {
            ClientCidrs = ClientsOf(plan, vpcRange),
            AddressFromHeader = plan.Access == Access.Public,
            Balanced = plan.LoadBalancer is not null,
            Hub = plan.Placement.Model.WeightsUrl ?? "https://huggingface.co",
        };

    /// <summary>The node of a placed endpoint.</summary>
    /// <param name="endpoint">Its name in the stack.</param>
    /// <param name="placement">What the sizing decided.</param>
    /// <param name="settings">What the operator wrote for the endpoint.</param>
    /// <param name="install">The engine's installation, the stack's default applied.</param>
    /// <param name="adminCidrs">Who may open SSH.</param>
    /// <param name="clientCidrs">Who may open the private port; empty: the whole VPC.</param>
    /// <param name="vpcCidr">Range of the VPC.</param>
    /// <param name="cacheVolume">Name of the Volume, if there is one.</param>
    /// <exception cref="ConfigurationException">No revision is pinned.</exception>
    public static NodeSettings From(
        string endpoint,
        Placement placement,
        EndpointSettings settings,
        EngineInstall install,
        IReadOnlyList<string> adminCidrs,
        IReadOnlyList<string> clientCidrs,
        string vpcCidr,
        string? cacheVolume = null) => new()
        {
            Endpoint = endpoint,
            Placement = placement,
            Revision = settings.Revision ?? placement.Model.Revision ?? throw new ConfigurationException(ConfigurationMistake.InStackConfig(
                $"endpoints.{endpoint}.revision", null, $"is required: no commit of {placement.Model.Id} is pinned in the catalog", "<40 hex digits>")),
            Checksums = WeightsChecksums.Of(placement.Model, settings.Revision),
            ServedModelName = settings.ServedModelName ?? placement.Model.Id,
            Install = install,
            CorsOrigins = settings.CorsOrigins,
            Clients = settings.Clients,
            ImagesPerPrompt = EndpointPlan.ImagesOf(placement, settings),
            ToolStrictLevel = settings.ToolStrictLevel,
            AdminCidrs = adminCidrs,
            ClientCidrs = clientCidrs.Count > 0 ? clientCidrs : [vpcCidr],
            VpcCidr = vpcCidr,
            CacheVolume = cacheVolume,
            ReadyTimeoutSeconds = EndpointPlan.ReadyTimeoutOf(placement, settings),
        };

    /// <summary>The copy of the weights that is fetched and served: Mistral's own where the model's flags load it, else the transformers one.</summary>
    public WeightsFormat Format => VllmArguments.LoadsMistralFormat(Placement.Model) ? WeightsFormat.Mistral : WeightsFormat.Hf;

    /// <summary>Arguments of <c>vllm serve</c>.</summary>
    public IReadOnlyList<string> Flags => VllmArguments.For(Placement, ServedModelName, ToolStrictLevel, ImagesPerPrompt);

    // The node knows addresses alone. What the Cloud Firewall knows by tag or by load balancer is somewhere in the VPC.
    private static string[] ClientsOf(EndpointPlan plan, string vpcRange) =>
        plan.LoadBalancer is not null || plan.ClientTags.Count > 0 ? [vpcRange, .. plan.ClientCidrs] : [.. plan.ClientCidrs];
}
