using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider.Kinds;

/// <summary>Load balancers for the Droplets that currently have their tag.</summary>
internal sealed class LoadBalancers(CloudContext cloud) : DigitalOceanKind
{
    private readonly BalancerRules _rules = new(cloud);

    public override string Type => Types.LoadBalancer;

    public override bool ReplacedBy(string input) => input is "network" or "networkStack" or "region" or "type" or "vpcUuid";

    public override void Check(CloudResource? before, CloudResource after) => _rules.Check(before, after);

    public override CloudResource Reserve(CloudResource resource)
    {
        var balancer = base.Reserve(resource);
        return balancer with
        {
            Hidden = balancer.Hidden.SetItem(BalancerFacts.InVpc, Vpcs.TakeAddress(cloud, balancer.Inputs.Text("vpcUuid"))),
        };
    }

    public override async Task<CloudResource> CreateAsync(CloudResource resource)
    {
        var inside = resource.Inputs.TextOrNull("network") == "INTERNAL";
        var address = inside
            ? BalancerFacts.BackendAddress(resource)
            : await cloud.Runtime.TakePublicAddressAsync(resource.Id!, cloud.Cancel);
        var balancer = cloud.State.Put(resource.With("ip", address).With("loadBalancerUrn", $"do:loadbalancer:{resource.Id}")
            .With("status", "active"));
        await cloud.VirtualNetwork.ApplyPolicyAsync();
        await cloud.VirtualNetwork.ApplyBalancersAsync();
        return balancer;
    }

    public override async Task<CloudResource> UpdateAsync(CloudResource before, CloudResource after)
    {
        await cloud.VirtualNetwork.ApplyPolicyAsync();
        await cloud.VirtualNetwork.ApplyBalancersAsync();
        return after;
    }

    public override async Task DeleteAsync(CloudResource resource)
    {
        await cloud.VirtualNetwork.RemoveBalancerAsync(resource.Id!);
        await cloud.VirtualNetwork.ApplyPolicyAsync();
    }

    public override Task ClearAsync(CloudResource resource) =>
        DeleteAsync(cloud.State.Put(resource with { Status = ResourceStatus.Deleting }));
}
