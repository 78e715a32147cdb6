using System.Globalization;
using Infra.Planning.Catalog;
using Infra.Planning.Config;
using Infra.Planning.Placements;

namespace Infra.Planning.Plan;

/// <summary>A load balancer in front of the nodes.</summary>
/// <param name="AllowedCidrs">Who may connect; empty: whoever is in the VPC.</param>
/// <param name="Domain">Domain of one that is open to the internet; null: it has an address in the VPC alone.</param>
public sealed record LoadBalancerPlan(IReadOnlyList<string> AllowedCidrs, EndpointDomain? Domain);

/// <summary>A port that somebody can open.</summary>
/// <param name="Port">Its number, TCP.</param>
/// <param name="On">What has the port: <c>node</c> or <c>load balancer</c>.</param>
/// <param name="From">Who can open it: address ranges, <c>tag:NAME</c>, <c>VPC</c> or <c>load balancer</c>.</param>
/// <param name="For">What it is for.</param>
public sealed record OpenPort(int Port, string On, IReadOnlyList<string> From, string For);

/// <summary>One endpoint, decided: what is served, on what, how often, for whom, at what price. No default is left open.</summary>
public sealed record EndpointPlan
{
    /// <summary>The one port of the API, on the load balancer and on the nodes.</summary>
    public const int Port = 443;

    /// <summary>Weights above this take hours, not minutes, to fetch and load; in bytes.</summary>
    private const long LargeModelBytes = 100_000_000_000;

    /// <summary>Its name in the stack.</summary>
    public required string Name { get; init; }

    /// <summary>Region slug.</summary>
    public required string Region { get; init; }

    /// <summary>Model, size and vLLM's numbers.</summary>
    public required Placement Placement { get; init; }

    /// <summary>How vLLM comes onto the nodes.</summary>
    public required EngineInstall Install { get; init; }

    /// <summary>Image of the Droplets: slug or number.</summary>
    public required string Image { get; init; }

    /// <summary>Further tags of the Droplets.</summary>
    public required IReadOnlyList<string> Tags { get; init; }
    public required IReadOnlyList<string> AdminCidrs { get; init; }
    public required IReadOnlyList<string> AdminSshKeys { get; init; }

    /// <summary>Names of the API keys.</summary>
    public required IReadOnlyList<string> Clients { get; init; }

    /// <summary>The load balancer; null for private access.</summary>
    public LoadBalancerPlan? LoadBalancer { get; init; }

    /// <summary>Price of one Droplet in USD per hour; null where it is not known, as for a contract.</summary>
    public required decimal? DropletUsdPerHour { get; init; }

    /// <summary>What the operator should know though it does not stop anything.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The settings that this was decided from.</summary>
    public required EndpointSettings Settings { get; init; }

    public int Replicas => Settings.Replicas;
    public Access Access => Settings.Access;
    public Rollout Rollout => Settings.Rollout;
    public int? CacheVolumeGiB => Settings.CacheVolumeGiB;

    /// <summary>Who may open the private port of a node directly: for private access alone.</summary>
    public IReadOnlyList<string> ClientCidrs => Access == Access.Private ? Settings.ClientCidrs : [];
    public IReadOnlyList<string> ClientTags => Access == Access.Private ? Settings.ClientTags : [];

    /// <summary>
    /// After how many seconds without a byte the load balancer may close a connection; null for private access, which has none.
    /// </summary>
    public int? IdleTimeoutSeconds => Access switch
    {
        Access.Internal => CloudLimits.Current.PassthroughIdleSeconds.Value,
        Access.Public => CloudLimits.Current.LongestHttpIdleSeconds.Value,
        _ => null,
    };

    /// <summary>GPUs of all replicas.</summary>
    public int GpuCount => Replicas * Placement.Size.GpuCount;

    /// <summary>Name that clients send as <c>model</c>.</summary>
    public string ServedModelName => Settings.ServedModelName ?? Placement.Model.Id;

    /// <summary>Longest time from a new Droplet to its first answer.</summary>
    public int ReadyTimeoutSeconds => ReadyTimeoutOf(Placement, Settings);

    /// <summary>Most images of one request; 0: the model takes none, or none are wanted.</summary>
    public int ImagesPerPrompt => ImagesOf(Placement, Settings);

    /// <summary>Checksums that the catalog pins for the served commit, by name; of other files they are the hub's own.</summary>
    public IReadOnlyDictionary<string, string> Checksums => WeightsChecksums.Of(Placement.Model, Settings.Revision);

    /// <summary>Arguments of <c>vllm serve</c>.</summary>
    public IReadOnlyList<string> Flags => VllmArguments.For(Placement, ServedModelName, Settings.ToolStrictLevel, ImagesPerPrompt);

    /// <summary>Price of everything of this endpoint in USD per hour; null where a part is not known.</summary>
    public decimal? UsdPerHour => Replicas * DropletUsdPerHour + CappedUsdPerMonth / Prices.CappedHoursPerMonth;

    /// <summary>The same for a month of 31 days that it runs through.</summary>
    public decimal? UsdPerMonth => Replicas * DropletUsdPerHour * Prices.HoursPerMonth + CappedUsdPerMonth;

    /// <summary>Every port that is open, and to whom: what the firewalls are made from.</summary>
    public IReadOnlyList<OpenPort> Ports
    {
        get
        {
            var ports = new List<OpenPort> { new(22, "node", AdminCidrs, "SSH") };
            if (LoadBalancer is { } balancer)
            {
                ports.Add(new(Port, "load balancer", balancer.AllowedCidrs.Count > 0 ? balancer.AllowedCidrs : ["VPC"], "API"));
                ports.Add(new(Port, "node", ["load balancer"], "API"));
            }
            else if (ClientCidrs.Count + ClientTags.Count > 0)
            {
                ports.Add(new(Port, "node", [.. ClientCidrs, .. ClientTags.Select(tag => $"tag:{tag}")], "API"));
            }
            return ports;
        }
    }

    private decimal CappedUsdPerMonth =>
        (LoadBalancer is null ? 0 : Prices.LoadBalancerUsdPerMonth) + Replicas * (CacheVolumeGiB ?? 0) * Prices.VolumeUsdPerGiBMonth;

    /// <summary>Longest time, in seconds, from a new Droplet to its first answer: as the operator wrote, or by the weights that are fetched.</summary>
    public static int ReadyTimeoutOf(Placement placement, EndpointSettings settings) =>
        60 * (settings.ReadyTimeoutMinutes ?? (placement.Model.WeightBytes > LargeModelBytes ? 180 : 60));

    /// <summary>Most images of one request to a model that was placed like this.</summary>
    public static int ImagesOf(Placement placement, EndpointSettings settings) =>
        placement.Options.Vision && placement.Model.Architecture.Vision is not null ? settings.ImagesPerPrompt : 0;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Name}: {Placement.Model.Id} on {Replicas} x {Placement.Size.Slug} in {Region}");
}
