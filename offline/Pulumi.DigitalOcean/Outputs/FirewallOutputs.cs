using System.Collections.Immutable;

namespace Pulumi.DigitalOcean.Outputs;

/// <summary>Output <c>FirewallInboundRule</c>.</summary>
[OutputType]
public sealed class FirewallInboundRule
{
    public readonly string? PortRange;
    public readonly string Protocol;
    public readonly ImmutableArray<string> SourceAddresses;
    public readonly ImmutableArray<string> SourceTags;

    private FirewallInboundRule() { }
}
