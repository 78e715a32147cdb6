using System.Reflection;
using System.Text.Json;
using Infra.Planning.Reading;

namespace Infra.Planning.Catalog;

/// <summary>A limit of DigitalOcean with its source.</summary>
public sealed record CloudLimit
{
    /// <summary>The number; the name of the property has its unit.</summary>
    public required int Value { get; init; }

    public required string Source { get; init; }

    /// <summary>Date of the source, as in the catalog's rows.</summary>
    public required string SourceDate { get; init; }

    /// <summary>Not measured, and the source does not state it explicitly.</summary>
    public bool IsSuspected { get; init; }
}

/// <summary>An address range that DigitalOcean reserves, with its source.</summary>
public sealed record ReservedRange
{
    /// <summary>In CIDR notation.</summary>
    public required string Range { get; init; }

    public required string Source { get; init; }

    /// <summary>Date of the source, as in the catalog's rows.</summary>
    public required string SourceDate { get; init; }

    /// <summary>Region of the reservation; null: all regions.</summary>
    public string? Region { get; init; }
}

/// <summary>
/// Limits of DigitalOcean that a plan is checked against before the first resource (<c>data/digitalocean-limits.json</c>).
/// </summary>
public sealed record CloudLimits
{
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

    // Without a check: the tests compare the file with what was read.
    private static CloudLimits Load()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("catalog/digitalocean-limits.json")!;
        using var document = JsonDocument.Parse(stream);
        return RecordBuilder.Build<CloudLimits>(document.RootElement);
    }
}
