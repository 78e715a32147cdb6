using System.Reflection;
using System.Text.Json;

namespace Infra.Planning.Catalog;

/// <summary>A limit of DigitalOcean with its source.</summary>
/// <param name="Value">The number; the name of the property has its unit.</param>
/// <param name="Source">Source.</param>
/// <param name="SourceDate">Date of the source.</param>
/// <param name="IsSuspected">Not measured, and the source does not state it explicitly.</param>
public sealed record CloudLimit(int Value, string Source, DateOnly SourceDate, bool IsSuspected = false);

/// <summary>An address range that DigitalOcean reserves, with its source.</summary>
/// <param name="Range">In CIDR notation.</param>
/// <param name="Source">Source.</param>
/// <param name="SourceDate">Date of the source.</param>
/// <param name="Region">Region of the reservation; null: all regions.</param>
public sealed record ReservedRange(string Range, string Source, DateOnly SourceDate, string? Region = null);

/// <summary>
/// Limits of DigitalOcean that a plan is checked against before the first resource (<c>data/digitalocean-limits.json</c>).
/// </summary>
public sealed record CloudLimits
{
    private static readonly JsonSerializerOptions s_strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private static readonly Lazy<CloudLimits> s_current = new(Load);

    public static CloudLimits Current => s_current.Value;

    /// <summary>Entries of a load balancer's allow-list.</summary>
    public required CloudLimit LoadBalancerAllowEntries { get; init; }

    /// <summary>Rules of a Cloud Firewall, both ways together.</summary>
    public required CloudLimit FirewallRules { get; init; }

    /// <summary>Addresses and tags that a rule of a Cloud Firewall names.</summary>
    public required CloudLimit FirewallRuleEntries { get; init; }

    /// <summary>Tags that a Cloud Firewall applies to.</summary>
    public required CloudLimit FirewallTags { get; init; }

    /// <summary>Droplets that a Cloud Firewall or a load balancer references by id. By tag there is no limit.</summary>
    public required CloudLimit DropletsById { get; init; }

    /// <summary>Bounds of <c>http_idle_timeout_seconds</c>, for connections whose TLS ends at the load balancer.</summary>
    public required CloudLimit ShortestHttpIdleSeconds { get; init; }

    public required CloudLimit LongestHttpIdleSeconds { get; init; }

    /// <summary>After how long without data a load balancer may close a passthrough connection.</summary>
    public required CloudLimit PassthroughIdleSeconds { get; init; }

    /// <summary>Ranges that a VPC must not use.</summary>
    public required IReadOnlyList<ReservedRange> ReservedRanges { get; init; }

    private static CloudLimits Load()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("catalog/digitalocean-limits.json")!;
        return JsonSerializer.Deserialize<CloudLimits>(stream, s_strict)!;
    }
}
