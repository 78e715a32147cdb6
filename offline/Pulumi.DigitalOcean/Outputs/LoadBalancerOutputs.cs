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

    internal LoadBalancerDomain(
        string? certificateId,
        string? certificateName,
        bool? isManaged,
        string name,
        ImmutableArray<string> sslValidationErrorReasons,
        ImmutableArray<string> verificationErrorReasons)
    {
        CertificateId = certificateId;
        CertificateName = certificateName;
        IsManaged = isManaged;
        Name = name;
        SslValidationErrorReasons = sslValidationErrorReasons;
        VerificationErrorReasons = verificationErrorReasons;
    }
}

/// <summary>Output <c>LoadBalancerFirewall</c>.</summary>
[OutputType]
public sealed class LoadBalancerFirewall
{
    public readonly ImmutableArray<string> Allows;
    public readonly ImmutableArray<string> Denies;

    internal LoadBalancerFirewall(ImmutableArray<string> allows, ImmutableArray<string> denies)
    {
        Allows = allows;
        Denies = denies;
    }
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

    internal LoadBalancerForwardingRule(
        string? certificateName,
        int entryPort,
        string entryProtocol,
        int targetPort,
        string targetProtocol,
        bool? tlsPassthrough)
    {
        CertificateName = certificateName;
        EntryPort = entryPort;
        EntryProtocol = entryProtocol;
        TargetPort = targetPort;
        TargetProtocol = targetProtocol;
        TlsPassthrough = tlsPassthrough;
    }
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

    internal LoadBalancerGlbSettings(
        LoadBalancerGlbSettingsCdn? cdn,
        int? failoverThreshold,
        ImmutableDictionary<string, int>? regionPriorities,
        int targetPort,
        string targetProtocol)
    {
        Cdn = cdn;
        FailoverThreshold = failoverThreshold;
        RegionPriorities = regionPriorities;
        TargetPort = targetPort;
        TargetProtocol = targetProtocol;
    }
}

/// <summary>Output <c>LoadBalancerGlbSettingsCdn</c>.</summary>
[OutputType]
public sealed class LoadBalancerGlbSettingsCdn
{
    public readonly bool? IsEnabled;

    internal LoadBalancerGlbSettingsCdn(bool? isEnabled)
    {
        IsEnabled = isEnabled;
    }
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

    internal LoadBalancerHealthcheck(
        int? checkIntervalSeconds,
        int? healthyThreshold,
        string? path,
        int port,
        string protocol,
        int? responseTimeoutSeconds,
        int? unhealthyThreshold)
    {
        CheckIntervalSeconds = checkIntervalSeconds;
        HealthyThreshold = healthyThreshold;
        Path = path;
        Port = port;
        Protocol = protocol;
        ResponseTimeoutSeconds = responseTimeoutSeconds;
        UnhealthyThreshold = unhealthyThreshold;
    }
}

/// <summary>Output <c>LoadBalancerStickySessions</c>.</summary>
[OutputType]
public sealed class LoadBalancerStickySessions
{
    public readonly string? CookieName;
    public readonly int? CookieTtlSeconds;
    public readonly string? Type;

    internal LoadBalancerStickySessions(string? cookieName, int? cookieTtlSeconds, string? type)
    {
        CookieName = cookieName;
        CookieTtlSeconds = cookieTtlSeconds;
        Type = type;
    }
}
