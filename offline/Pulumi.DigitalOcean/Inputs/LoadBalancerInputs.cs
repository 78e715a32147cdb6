namespace Pulumi.DigitalOcean.Inputs;

/// <summary>Argument <c>LoadBalancerDomain</c>.</summary>
public sealed class LoadBalancerDomainArgs : ResourceArgs
{
    [Input("certificateId")] public Input<string>? CertificateId { get; set; }
    [Input("certificateName")] public Input<string>? CertificateName { get; set; }
    [Input("isManaged")] public Input<bool>? IsManaged { get; set; }
    [Input("name", required: true)] public Input<string> Name { get; set; } = null!;
    [field: Input("sslValidationErrorReasons")] public InputList<string> SslValidationErrorReasons { get => field ??= []; set; }
    [field: Input("verificationErrorReasons")] public InputList<string> VerificationErrorReasons { get => field ??= []; set; }
}

/// <summary>Argument <c>LoadBalancerFirewall</c>.</summary>
public sealed class LoadBalancerFirewallArgs : ResourceArgs
{
    [field: Input("allows")] public InputList<string> Allows { get => field ??= []; set; }
    [field: Input("denies")] public InputList<string> Denies { get => field ??= []; set; }
}

/// <summary>Argument <c>LoadBalancerForwardingRule</c>.</summary>
public sealed class LoadBalancerForwardingRuleArgs : ResourceArgs
{
    [Input("certificateName")] public Input<string>? CertificateName { get; set; }
    [Input("entryPort", required: true)] public Input<int> EntryPort { get; set; } = null!;
    [Input("entryProtocol", required: true)] public Input<string> EntryProtocol { get; set; } = null!;
    [Input("targetPort", required: true)] public Input<int> TargetPort { get; set; } = null!;
    [Input("targetProtocol", required: true)] public Input<string> TargetProtocol { get; set; } = null!;
    [Input("tlsPassthrough")] public Input<bool>? TlsPassthrough { get; set; }
}

/// <summary>Argument <c>LoadBalancerGlbSettings</c>.</summary>
public sealed class LoadBalancerGlbSettingsArgs : ResourceArgs
{
    [Input("cdn")] public Input<LoadBalancerGlbSettingsCdnArgs>? Cdn { get; set; }
    [Input("failoverThreshold")] public Input<int>? FailoverThreshold { get; set; }
    [field: Input("regionPriorities")] public InputMap<int> RegionPriorities { get => field ??= []; set; }
    [Input("targetPort", required: true)] public Input<int> TargetPort { get; set; } = null!;
    [Input("targetProtocol", required: true)] public Input<string> TargetProtocol { get; set; } = null!;
}

/// <summary>Argument <c>LoadBalancerGlbSettingsCdn</c>.</summary>
public sealed class LoadBalancerGlbSettingsCdnArgs : ResourceArgs
{
    [Input("isEnabled")] public Input<bool>? IsEnabled { get; set; }
}

/// <summary>Argument <c>LoadBalancerHealthcheck</c>.</summary>
public sealed class LoadBalancerHealthcheckArgs : ResourceArgs
{
    [Input("checkIntervalSeconds")] public Input<int>? CheckIntervalSeconds { get; set; }
    [Input("healthyThreshold")] public Input<int>? HealthyThreshold { get; set; }
    [Input("path")] public Input<string>? Path { get; set; }
    [Input("port", required: true)] public Input<int> Port { get; set; } = null!;
    [Input("protocol", required: true)] public Input<string> Protocol { get; set; } = null!;
    [Input("responseTimeoutSeconds")] public Input<int>? ResponseTimeoutSeconds { get; set; }
    [Input("unhealthyThreshold")] public Input<int>? UnhealthyThreshold { get; set; }
}

/// <summary>Argument <c>LoadBalancerStickySessions</c>.</summary>
public sealed class LoadBalancerStickySessionsArgs : ResourceArgs
{
    [Input("cookieName")] public Input<string>? CookieName { get; set; }
    [Input("cookieTtlSeconds")] public Input<int>? CookieTtlSeconds { get; set; }
    [Input("type")] public Input<string>? Type { get; set; }
}
