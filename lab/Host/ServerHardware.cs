using Infra.Planning;
using Infra.Planning.Catalog;
using Infra.Planning.Plan;

namespace Infra.Lab.Host;

/// <summary>What a server is made of.</summary>
/// <param name="Machine">Its cards, as the fakes on it report them.</param>
/// <param name="Vcpus">CPU limit; 0: unknown.</param>
/// <param name="MemoryBytes">Memory limit; 0: unknown.</param>
/// <param name="HasScratchDisk">Whether its size has a scratch disk.</param>
internal sealed record ServerHardware(MachineDescription Machine, int Vcpus, long MemoryBytes, bool HasScratchDisk);

/// <summary>Says what servers are made of, when they boot and when they are described again.</summary>
internal interface IServerHardware
{
    /// <param name="name">Name of the Droplet.</param>
    /// <param name="sizeSlug">Its size.</param>
    public ServerHardware Of(string name, string sizeSlug);
}

/// <summary>
/// Hardware of the catalog's sizes, with the engines that plans have for their servers. A server that no plan knows is a plain machine of
/// its size; a size that the catalog does not know has no cards.
/// </summary>
/// <param name="catalog">GPU sizes.</param>
/// <param name="plans">Plans by the names of their stacks.</param>
/// <param name="speed">Speed of the fake engines.</param>
internal sealed class PlannedHardware(ModelCatalog catalog, IReadOnlyList<(string Stack, StackPlan Plan)> plans, EngineSpeed speed)
    : IServerHardware
{
    public PlannedHardware(string stack, StackPlan plan, EngineSpeed speed)
        : this(plan.Catalog, [(stack, plan)], speed)
    {
    }

    public ServerHardware Of(string name, string sizeSlug)
    {
        if (!catalog.Sizes.TryGetValue(sizeSlug, out var size))
        {
            return new(MachineDescription.Plain, 0, 0, HasScratchDisk: false);
        }
        var placement = plans.SelectMany(plan => plan.Plan.Endpoints, (plan, endpoint) => (plan.Stack, Endpoint: endpoint))
            .FirstOrDefault(planned => Enumerable.Range(0, planned.Endpoint.Replicas)
                .Any(index => Names.Hostname(planned.Stack, planned.Endpoint.Name, index) == name)).Endpoint?.Placement;
        return new(MachineDescription.Of(catalog, sizeSlug, placement, speed), size.Vcpus ?? 0, (long)(size.RamGiB ?? 0) << 30,
            size.ScratchDiskGB > 0);
    }
}
