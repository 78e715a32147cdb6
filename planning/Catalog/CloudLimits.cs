using System.Reflection;
using System.Text.Json;

namespace Infra.Planning.Catalog;

/// <summary>A number that DigitalOcean sets, and where it was read.</summary>
/// <param name="Value">The number; its unit is in the name of the property that holds it.</param>
/// <param name="Source">Where it was read.</param>
/// <param name="SourceDate">When.</param>
/// <param name="IsSuspected">Nobody has measured it, and the source does not say it in so many words.</param>
public sealed record CloudLimit(int Value, string Source, DateOnly SourceDate, bool IsSuspected = false);

/// <summary>An address range that DigitalOcean keeps for itself, and where it was read.</summary>
/// <param name="Range">In CIDR notation.</param>
/// <param name="Source">Where it was read.</param>
/// <param name="SourceDate">When.</param>
/// <param name="Region">Region that it is kept in; null: everywhere.</param>
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

    /// <summary>Tags that a Cloud Firewall holds for.</summary>
    public required CloudLimit FirewallTags { get; init; }

    /// <summary>Droplets that a Cloud Firewall or a load balancer names by id. By tag there may be any number.</summary>
    public required CloudLimit DropletsById { get; init; }

    /// <summary>Least and most of <c>http_idle_timeout_seconds</c>, for connections whose TLS ends at the load balancer.</summary>
    public required CloudLimit ShortestHttpIdleSeconds { get; init; }

    public required CloudLimit LongestHttpIdleSeconds { get; init; }

    /// <summary>After how long without a byte a connection that a load balancer passes through may be closed.</summary>
    public required CloudLimit PassthroughIdleSeconds { get; init; }

    /// <summary>Ranges that no VPC may have.</summary>
    public required IReadOnlyList<ReservedRange> ReservedRanges { get; init; }

    private static CloudLimits Load()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("catalog/digitalocean-limits.json")!;
        return JsonSerializer.Deserialize<CloudLimits>(stream, s_strict)!;
    }
}
