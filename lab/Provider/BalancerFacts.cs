using System.Globalization;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider;

/// <summary>Facts about a load balancer from the state.</summary>
internal static class BalancerFacts
{
    /// <summary>Hidden property: its VPC address.</summary>
    public const string InVpc = "addressInVpc";

    /// <summary>Whether it is a load balancer with addresses that is not being deleted.</summary>
    public static bool IsUp(CloudResource resource) =>
        resource.Type == Types.LoadBalancer && resource.Status != ResourceStatus.Deleting
            && resource.Outputs.TextOrNull("ip") is { Length: > 0 };

    /// <summary>Address of its connections to servers.</summary>
    public static string BackendAddress(CloudResource balancer) => balancer.Hidden.Text(InVpc);

    /// <summary>Allowed callers; empty: all.</summary>
    public static IReadOnlyList<string> Allowed(CloudResource balancer) =>
        balancer.Inputs.Map("firewall") is { } firewall
            ? [.. firewall.Texts("allows").Select(entry => entry[(entry.IndexOf(':', StringComparison.Ordinal) + 1)..])]
            : [];

    public static bool IsBehind(CloudResource droplet, CloudResource balancer) =>
        balancer.Inputs.TextOrNull("dropletTag") is { } tag
            ? droplet.Inputs.Texts("tags").Contains(tag, StringComparer.OrdinalIgnoreCase)
            : balancer.Inputs.GetValueOrDefault("dropletIds") is System.Collections.Immutable.ImmutableArray<object> ids
                && ids.OfType<double>().Any(id => id.ToString("0", CultureInfo.InvariantCulture) == droplet.Id);
}
