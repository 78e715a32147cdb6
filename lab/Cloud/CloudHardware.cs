using Infra.Lab.Host;
using Infra.Planning;
using Infra.Planning.Catalog;
using Infra.Planning.Plan;

namespace Infra.Lab.Cloud;

/// <summary>
/// Hardware of the catalog's sizes, with the engines that the served stacks plan: by the name of the Droplet, or, for a copy of a stack
/// with another name, by the node and its size.
/// </summary>
internal sealed class CloudHardware(IReadOnlyList<CloudMachine> machines) : IServerHardware
{
    private readonly PlannedHardware _sizes = new(ModelCatalog.Load(), [], EngineSpeed.Default);

    public ServerHardware Of(string name, string sizeSlug)
    {
        var hardware = _sizes.Of(name, sizeSlug);
        var planned = machines.FirstOrDefault(machine => machine.Hostname == name && machine.Size == sizeSlug)
            ?? machines.FirstOrDefault(machine => name.EndsWith($"-{machine.Node}", StringComparison.Ordinal) && machine.Size == sizeSlug);
        return planned is null ? hardware : hardware with { Machine = hardware.Machine with { Engine = planned.Engine } };
    }

    /// <summary>The planned machines of a stack.</summary>
    public static IEnumerable<CloudMachine> Of(string stack, StackPlan plan) => plan.Endpoints.SelectMany(endpoint =>
        Enumerable.Range(0, endpoint.Replicas).Select(index => new CloudMachine(Names.Hostname(stack, endpoint.Name, index),
            Names.Node(endpoint.Name, index), endpoint.Placement.Size.Slug,
            EngineExpectation.Of(endpoint.Placement, EngineSpeed.Default))));
}
