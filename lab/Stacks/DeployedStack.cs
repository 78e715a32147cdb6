using Infra.Lab.Host;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Stacks;

/// <summary>The existing parts of a stack, from the state of the local cloud.</summary>
/// <param name="Nodes">Servers by name.</param>
internal sealed record DeployedStack(IReadOnlyList<DeployedNode> Nodes)
{
    public static DeployedStack Of(IEnumerable<CloudResource> resources) => new(
    [
        .. resources
            .Where(resource => resource.Type == Types.Droplet && !resource.Replaced && resource.Id is not null
                && resource.Outputs.ContainsKey("ipv4Address"))
            .Select(resource => new DeployedNode(
                resource.Name, resource.Id!, (string)resource.Inputs["name"], (string)resource.Inputs["size"],
                (string)resource.Outputs["ipv4Address"], (string)resource.Outputs["ipv4AddressPrivate"]))
            .OrderBy(node => node.Name, StringComparer.Ordinal),
    ]);

    /// <summary>The same while another process may be changing it.</summary>
    public static DeployedStack Read(LabFolder folder) => Of(CloudState.Peek(folder.Cloud) ?? []);
}
