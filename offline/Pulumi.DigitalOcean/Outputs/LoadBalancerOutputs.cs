using System.Collections.Immutable;

namespace Pulumi.DigitalOcean.Outputs;

/// <summary>Output <c>LoadBalancerDomain</c>.</summary>
[OutputType]
public sealed class LoadBalancerDomain
{
    public readonly string? CertificateId;
    public readonly string? CertificateName;
    public readonly bool? IsManaged;
    public readonly string Name;
    public readonly ImmutableArray<string> SslValidationErrorReasons;
    public readonly ImmutableArray<string> VerificationErrorReasons;

    private LoadBalancerDomain() { }
}

/// <summary>Output <c>LoadBalancerFirewall</c>.</summary>
[OutputType]
public sealed class LoadBalancerFirewall
{
    public readonly ImmutableArray<string> Allows;
    public readonly ImmutableArray<string> Denies;

    private LoadBalancerFirewall() { }
}

/// <summary>Output <c>LoadBalancerForwardingRule</c>.</summary>
[OutputType]
public sealed class LoadBalancerForwardingRule
{
    public readonly string? CertificateName;
    public readonly int EntryPort;
    public readonly string EntryProtocol;
    public readonly int TargetPort;
    public readonly string TargetProtocol;
    public readonly bool? TlsPassthrough;

    private LoadBalancerForwardingRule() { }
}

/// <summary>Output <c>LoadBalancerGlbSettings</c>.</summary>
[OutputType]
public sealed class LoadBalancerGlbSettings
{
    public readonly LoadBalancerGlbSettingsCdn? Cdn;
    public readonly int? FailoverThreshold;
    public readonly ImmutableDictionary<string, int>? RegionPriorities;
    public readonly int TargetPort;
    public readonly string TargetProtocol;

    private LoadBalancerGlbSettings() { }
}

/// <summary>Output <c>LoadBalancerGlbSettingsCdn</c>.</summary>
[OutputType]
public sealed class LoadBalancerGlbSettingsCdn
{
    public readonly bool? IsEnabled;

    private LoadBalancerGlbSettingsCdn() { }
}

/// <summary>Output <c>LoadBalancerHealthcheck</c>.</summary>
[OutputType]
public sealed class LoadBalancerHealthcheck
{
    public readonly int? CheckIntervalSeconds;
    public readonly int? HealthyThreshold;
    public readonly string? Path;
    public readonly int Port;
    public readonly string Protocol;
    public readonly int? ResponseTimeoutSeconds;
    public readonly int? UnhealthyThreshold;

    private LoadBalancerHealthcheck() { }
}

/// <summary>Output <c>LoadBalancerStickySessions</c>.</summary>
[OutputType]
public sealed class LoadBalancerStickySessions
{
    public readonly string? CookieName;
    public readonly int? CookieTtlSeconds;
    public readonly string? Type;

    private LoadBalancerStickySessions() { }
}
