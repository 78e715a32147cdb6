using System.Collections.Immutable;

namespace Pulumi.DigitalOcean.Outputs;

/// <summary>Output <c>LoadBalancerDomain</c>.</summary>
[OutputType]
public sealed class LoadBalancerDomain
{
    public readonly string Name;

    private LoadBalancerDomain() { }
}

/// <summary>Output <c>LoadBalancerFirewall</c>.</summary>
[OutputType]
public sealed class LoadBalancerFirewall
{
    private LoadBalancerFirewall() { }
}

/// <summary>Output <c>LoadBalancerForwardingRule</c>.</summary>
[OutputType]
public sealed class LoadBalancerForwardingRule
{
    public readonly int EntryPort;
    public readonly int TargetPort;

    private LoadBalancerForwardingRule() { }
}

/// <summary>Output <c>LoadBalancerGlbSettings</c>.</summary>
[OutputType]
public sealed class LoadBalancerGlbSettings
{
    public readonly LoadBalancerGlbSettingsCdn? Cdn;
    public readonly int TargetPort;

    private LoadBalancerGlbSettings() { }
}

/// <summary>Output <c>LoadBalancerGlbSettingsCdn</c>.</summary>
[OutputType]
public sealed class LoadBalancerGlbSettingsCdn
{
    private LoadBalancerGlbSettingsCdn() { }
}

/// <summary>Output <c>LoadBalancerHealthcheck</c>.</summary>
[OutputType]
public sealed class LoadBalancerHealthcheck
{
    public readonly int? HealthyThreshold;
    public readonly string? Path;
    public readonly int Port;
    public readonly string Protocol;
    public readonly int? UnhealthyThreshold;

    private LoadBalancerHealthcheck() { }
}

/// <summary>Output <c>LoadBalancerStickySessions</c>.</summary>
[OutputType]
public sealed class LoadBalancerStickySessions
{
    public readonly string? Type;

    private LoadBalancerStickySessions() { }
}
