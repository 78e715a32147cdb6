namespace Infra.Lab.DigitalOcean.LoadBalancers;

/// <summary>The members of a request that creates or changes a load balancer, or a part of it; null: not given.</summary>
internal sealed record BalancerRequest
{
    public string? Name { get; init; }

    public string? Region { get; init; }

    public string? Size { get; init; }

    public int? SizeUnit { get; init; }

    /// <summary>Whether it is only checked. The specification has it not; godo sends it.</summary>
    public bool? ValidateOnly { get; init; }

    public string? Type { get; init; }

    public string? Algorithm { get; init; }

    public IReadOnlyList<ForwardingRuleRequest?>? ForwardingRules { get; init; }

    public HealthCheckRequest? HealthCheck { get; init; }

    public StickySessionsRequest? StickySessions { get; init; }

    public IReadOnlyList<long>? DropletIds { get; init; }

    public string? Tag { get; init; }

    public bool? RedirectHttpToHttps { get; init; }

    public bool? EnableProxyProtocol { get; init; }

    public bool? EnableBackendKeepalive { get; init; }

    public int? HttpIdleTimeoutSeconds { get; init; }

    public string? VpcUuid { get; init; }

    public bool? DisableLetsEncryptDnsRecords { get; init; }

    public string? ProjectId { get; init; }

    public BalancerFirewallRequest? Firewall { get; init; }

    public string? Network { get; init; }

    public string? NetworkStack { get; init; }

    public string? TlsCipherPolicy { get; init; }

    public IReadOnlyList<BalancerDomainRequest?>? Domains { get; init; }

    public GlobalSettingsRequest? GlbSettings { get; init; }

    public IReadOnlyList<string?>? TargetLoadBalancerIds { get; init; }
}

/// <summary>A forwarding rule of a request.</summary>
internal sealed record ForwardingRuleRequest(
    string? EntryProtocol = null, int? EntryPort = null, string? TargetProtocol = null, int? TargetPort = null,
    string? CertificateId = null, bool? TlsPassthrough = null);

/// <summary>The health check of a request.</summary>
internal sealed record HealthCheckRequest(
    string? Protocol = null, int? Port = null, string? Path = null, int? CheckIntervalSeconds = null, int? ResponseTimeoutSeconds = null,
    int? HealthyThreshold = null, int? UnhealthyThreshold = null, bool? ProxyProtocol = null);

/// <summary>Sticky sessions of a request.</summary>
internal sealed record StickySessionsRequest(string? Type = null, string? CookieName = null, int? CookieTtlSeconds = null);

/// <summary>Who may call, in a request.</summary>
internal sealed record BalancerFirewallRequest(IReadOnlyList<string?>? Allow = null, IReadOnlyList<string?>? Deny = null);

/// <summary>A domain of a global load balancer in a request.</summary>
internal sealed record BalancerDomainRequest(string? Name = null, bool? IsManaged = null, string? CertificateId = null);

/// <summary>Settings of a global load balancer in a request.</summary>
internal sealed record GlobalSettingsRequest(
    string? TargetProtocol = null, int? TargetPort = null, CdnRequest? Cdn = null, Dictionary<string, int>? RegionPriorities = null,
    int? FailoverThreshold = null);

/// <summary>The cache of a global load balancer in a request.</summary>
internal sealed record CdnRequest(bool? IsEnabled = null);
