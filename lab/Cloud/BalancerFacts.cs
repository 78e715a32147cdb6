using System.Globalization;
using Infra.Lab.Cloud.Resources;

namespace Infra.Lab.Cloud;

/// <summary>What the state says of a load balancer, whoever asks.</summary>
internal static class BalancerFacts
{
    /// <summary>Hidden property: its address in the VPC.</summary>
    public const string InVpc = "addressInVpc";

    /// <summary>Whether it is a load balancer that has its addresses and is not going away.</summary>
    public static bool IsUp(CloudResource resource) =>
        resource.Type == Types.LoadBalancer && resource.Status != ResourceStatus.Deleting && resource.Outputs.TextOrNull("ip") is { Length: > 0 };

    /// <summary>Address from which it reaches its servers.</summary>
    public static string BackendAddress(CloudResource balancer) => balancer.Hidden.Text(InVpc);

    /// <summary>Who may connect; empty: whoever reaches it.</summary>
    public static IReadOnlyList<string> Allowed(CloudResource balancer) =>
        balancer.Inputs.Map("firewall") is { } firewall ? [.. firewall.Texts("allows").Select(entry => entry[(entry.IndexOf(':', StringComparison.Ordinal) + 1)..])] : [];

    public static bool IsBehind(CloudResource droplet, CloudResource balancer) =>
        balancer.Inputs.TextOrNull("dropletTag") is { } tag
            ? droplet.Inputs.Texts("tags").Contains(tag, StringComparer.OrdinalIgnoreCase)
            : balancer.Inputs.GetValueOrDefault("dropletIds") is System.Collections.Immutable.ImmutableArray<object> ids
                && ids.OfType<double>().Any(id => id.ToString("0", CultureInfo.InvariantCulture) == droplet.Id);
}
