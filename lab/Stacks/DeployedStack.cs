using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Droplets;
using Infra.Lab.Host;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Stacks;

/// <summary>The existing parts of a stack, from the state of the local cloud.</summary>
/// <param name="Nodes">Servers by name.</param>
internal sealed record DeployedStack(IReadOnlyList<DeployedNode> Nodes)
{
    public static DeployedStack Of(AccountState state) => new(
    [
        .. CloudState.In(state)
            .Where(resource => resource.Type == Types.Droplet && !resource.Replaced)
            .Select(resource => (resource.Name, Droplet: resource.Id is { } id ? state.Find<Droplet>(id) : null))
            .Where(node => node.Droplet is { PublicAddress: not null, VpcAddress: not null })
            .Select(node => new DeployedNode(node.Name, node.Droplet!.Key, node.Droplet.Name, node.Droplet.Size,
                node.Droplet.PublicAddress!, node.Droplet.VpcAddress!))
            .OrderBy(node => node.Name, StringComparer.Ordinal),
    ]);

    /// <summary>The same while another process may be changing it.</summary>
    public static DeployedStack Read(LabFolder folder) => Of(CloudState.Peek(folder.Cloud) ?? AccountState.Empty);
}
