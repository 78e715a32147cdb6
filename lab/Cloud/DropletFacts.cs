using Infra.Lab.Cloud.Resources;
using Infra.Lab.Specs;

namespace Infra.Lab.Cloud;

/// <summary>What the state says of a Droplet, whoever asks.</summary>
internal static class DropletFacts
{
    /// <summary>Whether it is a Droplet that can send and receive, or is about to.</summary>
    public static bool IsUp(CloudResource resource, IMachineRoom machines) =>
        resource.Type == Types.Droplet && resource.Outputs.ContainsKey("ipv4Address") && (resource.Status == ResourceStatus.Creating || machines.HasServer(resource.Id!));
}
