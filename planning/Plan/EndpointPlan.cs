using System.Globalization;
using Infra.Planning.Catalog;
using Infra.Planning.Config;
using Infra.Planning.Placements;

namespace Infra.Planning.Plan;

/// <summary>A load balancer in front of the nodes.</summary>
/// <param name="Domain">Domain of a public load balancer; null: it only has an address in the VPC.</param>
public sealed record LoadBalancerPlan(EndpointDomain? Domain);

/// <summary>
/// The complete plan of one endpoint: model, hardware, replicas, callers and price. All defaults are applied, so that no later step decides
/// anything.
/// </summary>
public sealed record EndpointPlan
{
    /// <summary>Name in the stack.</summary>
    public required string Name { get; init; }

    /// <summary>Region slug.</summary>
    public required string Region { get; init; }

    /// <summary>Model, size and vLLM options.</summary>
    public required Placement Placement { get; init; }

    /// <summary>Pinned commit of the weights, 40 hex digits.</summary>
    public required string Revision { get; init; }

    /// <summary>SHA-256 by name, as the catalog pins it for files of that commit; other files use the hub's checksums.</summary>
    public required IReadOnlyDictionary<string, string> Checksums { get; init; }

    /// <summary>Source of the weights: Hugging Face, or a mirror with the same API.</summary>
    public required string Hub { get; init; }

    /// <summary>Model name that clients send as <c>model</c>.</summary>
    public required string ServedModelName { get; init; }

    /// <summary>Installation method of vLLM.</summary>
    public required EngineInstall Install { get; init; }

    /// <summary>Most images per request; 0 rejects images and does not load the vision tower.</summary>
    public required int ImagesPerPrompt { get; init; }

    /// <summary>How strictly tool calls follow their declarations; null: vLLM's default.</summary>
    public required ToolStrictLevel? ToolStrictLevel { get; init; }

    /// <summary>Image of the Droplets: slug or number.</summary>
    public required string Image { get; init; }

    /// <summary>Additional tags of the Droplets.</summary>
    public required IReadOnlyList<string> Tags { get; init; }
    public required IReadOnlyList<string> AdminSshKeys { get; init; }

    /// <summary>API clients, at least one; some have their own limits.</summary>
    public required IReadOnlyList<ClientConfig> Clients { get; init; }

    /// <summary>Origins of web pages with access from a browser.</summary>
    public required IReadOnlyList<string> CorsOrigins { get; init; }
    public required Access Access { get; init; }

    /// <summary>Who may open which port.</summary>
    public required PortAccess Ports { get; init; }

    /// <summary>The load balancer; null for private access.</summary>
    public required LoadBalancerPlan? LoadBalancer { get; init; }
    public required int Replicas { get; init; }
    public required Rollout Rollout { get; init; }

    /// <summary>Size of each node's Volume for weights; null: no Volume.</summary>
    public required int? CacheVolumeGiB { get; init; }

    /// <summary>Timeout from a new Droplet to its first answer.</summary>
    public required int ReadyTimeoutSeconds { get; init; }

    /// <summary>How long a node retries a download without progress.</summary>
    public required int RetrySeconds { get; init; }

    /// <summary>Price of one Droplet in USD per hour; null if unknown, as for a contract size.</summary>
    public required decimal? DropletUsdPerHour { get; init; }

    /// <summary>Warnings for the operator.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>
    /// After how many seconds without data the load balancer may close a connection; null for private access, which has none.
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

    /// <summary>Price of the whole endpoint in USD per hour; null if a part is unknown.</summary>
    public decimal? UsdPerHour => Replicas * DropletUsdPerHour + CappedUsdPerMonth / Prices.CappedHoursPerMonth;

    /// <summary>The same for a full month of 31 days.</summary>
    public decimal? UsdPerMonth => Replicas * DropletUsdPerHour * Prices.HoursPerMonth + CappedUsdPerMonth;

    private decimal CappedUsdPerMonth =>
        (LoadBalancer is null ? 0 : Prices.LoadBalancerUsdPerMonth) + Replicas * (CacheVolumeGiB ?? 0) * Prices.VolumeUsdPerGiBMonth;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Name}: {Placement.Model.Id} on {Replicas} x {Placement.Size.Slug} in {Region}");
}
