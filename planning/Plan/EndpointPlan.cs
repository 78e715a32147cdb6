using System.Globalization;
using Infra.Planning.Catalog;
using Infra.Planning.Config;
using Infra.Planning.Placements;

namespace Infra.Planning.Plan;

/// <summary>A load balancer in front of the nodes.</summary>
/// <param name="Domain">Domain of one that is open to the internet; null: it has an address in the VPC alone.</param>
public sealed record LoadBalancerPlan(EndpointDomain? Domain);

/// <summary>
/// One endpoint, decided: what is served, on what, how often, for whom, at what price. What has a default has its value here, so that
/// nothing that is made from a plan decides anything.
/// </summary>
public sealed record EndpointPlan
{
    /// <summary>Its name in the stack.</summary>
    public required string Name { get; init; }

    /// <summary>Region slug.</summary>
    public required string Region { get; init; }

    /// <summary>Model, size and vLLM's numbers.</summary>
    public required Placement Placement { get; init; }

    /// <summary>Pinned commit of the weights, 40 hex digits.</summary>
    public required string Revision { get; init; }

    /// <summary>SHA-256 that the catalog pins for files of that commit, by name; of other files they are the hub's own.</summary>
    public required IReadOnlyDictionary<string, string> Checksums { get; init; }

    /// <summary>Where weights come from: Hugging Face, or a mirror with the same API.</summary>
    public required string Hub { get; init; }

    /// <summary>Name that clients send as <c>model</c>.</summary>
    public required string ServedModelName { get; init; }

    /// <summary>How vLLM comes onto the nodes.</summary>
    public required EngineInstall Install { get; init; }

    /// <summary>Most images of one request; 0 refuses images and leaves the vision tower out.</summary>
    public required int ImagesPerPrompt { get; init; }

    /// <summary>How far tool calls are held to what was declared; null: vLLM's default.</summary>
    public required ToolStrictLevel? ToolStrictLevel { get; init; }

    /// <summary>Image of the Droplets: slug or number.</summary>
    public required string Image { get; init; }

    /// <summary>Further tags of the Droplets.</summary>
    public required IReadOnlyList<string> Tags { get; init; }
    public required IReadOnlyList<string> AdminSshKeys { get; init; }

    /// <summary>Who has an API key, of whom some have limits of their own; one at least.</summary>
    public required IReadOnlyList<ClientSettings> Clients { get; init; }

    /// <summary>Origins of pages that may call from a browser.</summary>
    public required IReadOnlyList<string> CorsOrigins { get; init; }
    public required Access Access { get; init; }

    /// <summary>Who may open which port.</summary>
    public required PortAccess Ports { get; init; }

    /// <summary>The load balancer; null for private access.</summary>
    public required LoadBalancerPlan? LoadBalancer { get; init; }
    public required int Replicas { get; init; }
    public required Rollout Rollout { get; init; }

    /// <summary>Size of each node's Volume for weights; null: they have none.</summary>
    public required int? CacheVolumeGiB { get; init; }

    /// <summary>Longest time from a new Droplet to its first answer.</summary>
    public required int ReadyTimeoutSeconds { get; init; }

    /// <summary>How long a node repeats a download while nothing comes.</summary>
    public required int RetrySeconds { get; init; }

    /// <summary>Price of one Droplet in USD per hour; null where it is not known, as for a contract.</summary>
    public required decimal? DropletUsdPerHour { get; init; }

    /// <summary>What the operator should know though it does not stop anything.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

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

    /// <summary>Arguments of <c>vllm serve</c>.</summary>
    public IReadOnlyList<string> Flags => VllmArguments.For(this);

    /// <summary>Price of everything of this endpoint in USD per hour; null where a part is not known.</summary>
    public decimal? UsdPerHour => Replicas * DropletUsdPerHour + CappedUsdPerMonth / Prices.CappedHoursPerMonth;

    /// <summary>The same for a month of 31 days that it runs through.</summary>
    public decimal? UsdPerMonth => Replicas * DropletUsdPerHour * Prices.HoursPerMonth + CappedUsdPerMonth;

    private decimal CappedUsdPerMonth =>
        (LoadBalancer is null ? 0 : Prices.LoadBalancerUsdPerMonth) + Replicas * (CacheVolumeGiB ?? 0) * Prices.VolumeUsdPerGiBMonth;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Name}: {Placement.Model.Id} on {Replicas} x {Placement.Size.Slug} in {Region}");
}
