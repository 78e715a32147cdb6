using System.Globalization;

namespace Infra.Lab.Cloud.Kinds;

/// <summary>Load balancers, in front of whichever Droplets have their tag now.</summary>
internal sealed class LoadBalancers(CloudContext cloud) : DigitalOceanKind
{
    /// <summary>Hidden property: its address in the VPC.</summary>
    public const string InVpc = "addressInVpc";

    private readonly BalancerRules _rules = new(cloud);

    public override string Type => Types.LoadBalancer;

    public override bool ReplacedBy(string input) => input is "network" or "networkStack" or "region" or "type" or "vpcUuid";

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

    public override void Check(CloudResource? before, CloudResource after) => _rules.Check(before, after);

    public override CloudResource Reserve(CloudResource resource)
    {
        var balancer = base.Reserve(resource);
        return balancer with { Hidden = balancer.Hidden.SetItem(InVpc, Vpcs.TakeAddress(cloud, balancer.Inputs.Text("vpcUuid"))) };
    }

    public override async Task<CloudResource> CreateAsync(CloudResource resource)
    {
        var inside = resource.Inputs.TextOrNull("network") == "INTERNAL";
        var address = inside ? BackendAddress(resource) : await cloud.Machines.TakePublicAddressAsync(resource.Id!, cloud.Cancel);
        var balancer = cloud.State.Put(resource.With("ip", address).With("loadBalancerUrn", $"do:loadbalancer:{resource.Id}").With("status", "active"));
        await cloud.Fabric.ApplyPolicyAsync();
        await cloud.Fabric.ApplyBalancersAsync();
        return balancer;
    }

    public override async Task<CloudResource> UpdateAsync(CloudResource before, CloudResource after)
    {
        await cloud.Fabric.ApplyPolicyAsync();
        await cloud.Fabric.ApplyBalancersAsync();
        return after;
    }

    public override async Task DeleteAsync(CloudResource resource)
    {
        await cloud.Fabric.RemoveBalancerAsync(resource.Id!);
        await cloud.Fabric.ApplyPolicyAsync();
    }

    public override Task ClearAsync(CloudResource resource) => DeleteAsync(cloud.State.Put(resource with { Status = ResourceStatus.Deleting }));
}
