using System.Globalization;
using Infra.Lab.Provider.Resources;
using Infra.Lab.Specs;
using Infra.Planning.Config;

namespace Infra.Lab.Provider.Kinds;

/// <summary>Droplets: real servers, which run only behind their firewalls.</summary>
internal sealed class Droplets(CloudContext cloud) : DigitalOceanKind
{
    private readonly DropletRules _rules = new(cloud);

    public override string Type => Types.Droplet;

    public override bool ReplacedBy(string input) =>
        input is "dropletAgent" or "image" or "monitoring" or "publicNetworking" or "region" or "sshKeys" or "userData" or "vpcUuid";

    // Droplet names need not be unique. Tags and regions ignore case.
    public override bool DeletesFirst(CloudResource before, PropertyMap inputs) => false;

    public override bool Same(string input, object? before, object? after) => input switch
    {
        "region" or "size" when before is string old && after is string now => string.Equals(old, now, StringComparison.OrdinalIgnoreCase),
        "tags" or "sshKeys" or "volumeIds" => Set(before).SetEquals(Set(after)),
        _ => base.Same(input, before, after),
    };

    public override bool IsLost(CloudResource resource) => !cloud.Runtime.HasServer(resource.Id!);

    public override void Check(CloudResource? before, CloudResource after)
    {
        if (before is null)
        {
            _rules.Check(after);
            return;
        }
        if (!Same("size", before.Inputs.GetValueOrDefault("size"), after.Inputs.GetValueOrDefault("size")))
        {
            throw DropletRules.NoResize(after);
        }
        Tags.CheckNames(after.Inputs.Texts("tags"));
        _rules.CheckVolumes(after);
    }

    public override CloudResource Reserve(CloudResource resource) =>
        Named(resource) with { Id = cloud.State.NextOrder().ToString(CultureInfo.InvariantCulture) } is var droplet
            ? droplet.With("ipv4AddressPrivate", Vpcs.TakeAddress(cloud, droplet.Inputs.Text("vpcUuid")))
            : resource;

    public override async Task<CloudResource> CreateAsync(CloudResource resource)
    {
        var address = await cloud.Runtime.TakePublicAddressAsync(resource.Id!, cloud.Cancel);
        var droplet = cloud.State.Put(resource.With("ipv4Address", address));
        await cloud.VirtualNetwork.ApplyPolicyAsync();
        await cloud.Runtime.CreateServerAsync(Spec(droplet), cloud.Cancel);
        await cloud.VirtualNetwork.ApplyBalancersAsync();
        var size = cloud.Catalog.Sizes[droplet.Inputs.Text("size").ToLowerInvariant()];
        droplet = droplet
            .With("createdAt", cloud.Options.Clock.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture))
            .With("disk", (double)(size.BootDiskGB ?? 0))
            .With("dropletUrn", $"do:droplet:{droplet.Id}")
            .With("locked", false)
            .With("memory", (double)(size.RamGiB ?? 0) * 1024)
            .With("status", "active")
            .With("vcpus", (double)(size.Vcpus ?? 0));
        return size.UsdPerHour is { } price ? droplet.With("priceHourly", (double)price) : droplet;
    }

    public override async Task<CloudResource> UpdateAsync(CloudResource before, CloudResource after)
    {
        await cloud.VirtualNetwork.ApplyPolicyAsync();
        await cloud.VirtualNetwork.ApplyBalancersAsync();
        foreach (var volume in after.Inputs.Texts("volumeIds").Except(before.Inputs.Texts("volumeIds")))
        {
            await cloud.Runtime.AttachVolumeAsync(volume, after.Id!, cloud.Cancel);
        }
        return after;
    }

    public override async Task DeleteAsync(CloudResource resource)
    {
        // Removed from its load balancers first, so that they send it no new connections.
        await cloud.VirtualNetwork.ApplyBalancersAsync();
        await cloud.Runtime.DestroyServerAsync(resource.Id!, cloud.Cancel);
        await cloud.VirtualNetwork.ApplyPolicyAsync();
    }

    public override Task ClearAsync(CloudResource resource) =>
        DeleteAsync(cloud.State.Put(resource with { Status = ResourceStatus.Deleting }));

    private ServerSpec Spec(CloudResource droplet)
    {
        var inputs = droplet.Inputs;
        var vpc = inputs.Text("vpcUuid");
        return new(
            droplet.Id!,
            droplet.CloudName,
            inputs.TextOrNull("userData") ?? "",
            vpc,
            Cidr.Parse(cloud.All(Types.Vpc).First(network => network.Id == vpc).Outputs.Text("ipRange")).ToString(),
            droplet.Outputs.Text("ipv4Address"),
            droplet.Outputs.Text("ipv4AddressPrivate"),
            inputs.Text("size").ToLowerInvariant(),
            inputs.Text("image"),
            inputs.Texts("volumeIds"))
        {
            Region = inputs.TextOrNull("region")?.ToLowerInvariant() ?? "",
        };
    }

    private static HashSet<string> Set(object? list) => list is System.Collections.Immutable.ImmutableArray<object> items
        ? items.OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase)
        : [];
}
