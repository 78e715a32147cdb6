using System.Collections.Immutable;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Certificates;
using Infra.Lab.DigitalOcean.Networks;

namespace Infra.Lab.DigitalOcean.LoadBalancers;

/// <summary>A load balancer.</summary>
/// <param name="Id">Its UUID.</param>
/// <param name="CreatedAt">Time of its creation.</param>
/// <param name="Type"><see cref="Regional"/>, <see cref="RegionalNetwork"/> or <see cref="Global"/>.</param>
/// <param name="Region">Slug; null for a global one.</param>
/// <param name="VpcId">Its VPC; null for a global one.</param>
/// <param name="VpcAddress">Its address there, for connections to Droplets.</param>
/// <param name="Settings">What an update replaces.</param>
internal sealed record LoadBalancer(
    string Id, DateTimeOffset CreatedAt, string Type, string? Region, string? VpcId, string? VpcAddress, BalancerSettings Settings)
    : IVpcMember, INamesDroplets, INamesTags, IUsesCertificates
{
    public const string Regional = "REGIONAL";
    public const string RegionalNetwork = "REGIONAL_NETWORK";
    public const string Global = "GLOBAL";
    public const string External = "EXTERNAL";
    public const string Internal = "INTERNAL";
    public const string New = "new";
    public const string Active = "active";
    public const string Errored = "errored";

    public string Status { get; init; } = New;

    /// <summary><see cref="External"/>, or <see cref="Internal"/>: only in its VPC.</summary>
    public string Network { get; init; } = External;

    /// <summary><c>IPV4</c> or <c>DUALSTACK</c>.</summary>
    public string NetworkStack { get; init; } = "IPV4";

    /// <summary>Its address for callers; null until it has one, which it shows once it is active.</summary>
    public string? Address { get; init; }

    /// <summary>When it last got another number of nodes.</summary>
    public DateTimeOffset ResizedAt { get; init; } = CreatedAt;

    public string Key => Id;

    public string Urn => UrnOf(Id);

    public string Name => Settings.Name;

    public static string UrnOf(string id) => $"do:loadbalancer:{id}";

    public bool Serves(INetworkServer server) => Settings.Tag is { Length: > 0 } tag
        ? server.Region == Region && server.Tags.Contains(tag, StringComparer.OrdinalIgnoreCase)
        : Settings.DropletIds.Contains(server.Id);

    public bool Names(long droplet) => Settings.DropletIds.Contains(droplet);

    public INamesDroplets Without(long droplet) =>
        this with { Settings = Settings with { DropletIds = Settings.DropletIds.Remove(droplet) } };

    public bool Names(string tag) => string.Equals(Settings.Tag, tag, StringComparison.OrdinalIgnoreCase);

    public INamesTags Without(string tag) => Names(tag) ? this with { Settings = Settings with { Tag = "" } } : this;

    public bool Uses(string certificate) => Settings.ForwardingRules.Any(rule => rule.CertificateId == certificate)
        || Settings.Domains.Any(domain => domain.CertificateId == certificate);

    public IUsesCertificates With(string renewed, string before) => this with
    {
        Settings = Settings with
        {
            ForwardingRules = [.. Settings.ForwardingRules
                .Select(rule => rule.CertificateId == before ? rule with { CertificateId = renewed } : rule)],
            Domains = [.. Settings.Domains
                .Select(domain => domain.CertificateId == before ? domain with { CertificateId = renewed } : domain)],
        },
    };
}

/// <summary>What an update of a load balancer replaces as a whole.</summary>
internal sealed record BalancerSettings
{
    public required string Name { get; init; }

    /// <summary>Number of nodes.</summary>
    public int SizeUnit { get; init; } = 1;

    /// <summary><c>round_robin</c> or <c>least_connections</c>: stored, and without effect, as at DigitalOcean.</summary>
    public string Algorithm { get; init; } = "round_robin";

    public ImmutableArray<ForwardingRule> ForwardingRules { get; init; } = [];

    public required HealthCheck HealthCheck { get; init; }

    public StickySessions StickySessions { get; init; } = new("none", null, null);

    public bool RedirectHttpToHttps { get; init; }

    public bool EnableProxyProtocol { get; init; }

    public bool EnableBackendKeepalive { get; init; }

    public int HttpIdleTimeoutSeconds { get; init; } = 60;

    public bool DisableLetsEncryptDnsRecords { get; init; }

    /// <summary>Callers that are let in, as <c>ip:1.2.3.4</c> or <c>cidr:1.2.0.0/16</c>; empty: all.</summary>
    public ImmutableArray<string> Allow { get; init; } = [];

    /// <summary>Callers that are not, before <see cref="Allow"/> is looked at.</summary>
    public ImmutableArray<string> Deny { get; init; } = [];

    public string TlsCipherPolicy { get; init; } = "DEFAULT";

    /// <summary>Empty: by <see cref="DropletIds"/>.</summary>
    public string Tag { get; init; } = "";

    public ImmutableArray<long> DropletIds { get; init; } = [];

    /// <summary>Of a global one.</summary>
    public ImmutableArray<BalancerDomain> Domains { get; init; } = [];

    /// <summary>Of a global one.</summary>
    public GlobalSettings? Global { get; init; }

    /// <summary>Of a global one.</summary>
    public ImmutableArray<string> TargetLoadBalancerIds { get; init; } = [];
}

/// <param name="EntryProtocol"><c>http</c>, <c>https</c>, <c>http2</c>, <c>http3</c>, <c>tcp</c> or <c>udp</c>.</param>
/// <param name="EntryPort">Port for callers.</param>
/// <param name="TargetProtocol">The same without <c>http3</c>.</param>
/// <param name="TargetPort">Port of the Droplets.</param>
/// <param name="CertificateId">Certificate where TLS ends; empty: none.</param>
/// <param name="TlsPassthrough">Whether TLS goes through to the Droplets.</param>
internal sealed record ForwardingRule(
    string EntryProtocol, int EntryPort, string TargetProtocol, int TargetPort, string CertificateId, bool TlsPassthrough);

/// <summary>Of each Droplet. Path is empty for <c>tcp</c>.</summary>
internal sealed record HealthCheck(
    string Protocol, int Port, string Path, int CheckIntervalSeconds, int ResponseTimeoutSeconds, int HealthyThreshold,
    int UnhealthyThreshold)
{
    /// <summary>Whether the check begins with the PROXY protocol; null: not given.</summary>
    public bool? ProxyProtocol { get; init; }
}

/// <param name="Type"><c>none</c> or <c>cookies</c>.</param>
/// <param name="CookieName">Of cookies.</param>
/// <param name="CookieTtlSeconds">Of cookies.</param>
internal sealed record StickySessions(string Type, string? CookieName, int? CookieTtlSeconds);

/// <param name="Name">Host name.</param>
/// <param name="IsManaged">Whether its zone is the account's.</param>
/// <param name="CertificateId">Its certificate; empty: none.</param>
internal sealed record BalancerDomain(string Name, bool IsManaged, string CertificateId);

/// <summary>Settings of a global load balancer.</summary>
internal sealed record GlobalSettings(
    string TargetProtocol, int TargetPort, bool IsCdnEnabled, ImmutableDictionary<string, int> RegionPriorities, int FailoverThreshold);
