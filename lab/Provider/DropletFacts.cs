using Infra.Lab.Provider.Resources;
using Infra.Lab.Specs;

namespace Infra.Lab.Provider;

/// <summary>Facts about a Droplet from the state.</summary>
internal static class DropletFacts
{
    /// <summary>Whether it is a Droplet with a network, now or soon.</summary>
    public static bool IsUp(CloudResource resource, IHostRuntime runtime) =>
        resource.Type == Types.Droplet && resource.Outputs.ContainsKey("ipv4Address")
            && (resource.Status == ResourceStatus.Creating || runtime.HasServer(resource.Id!));
}
