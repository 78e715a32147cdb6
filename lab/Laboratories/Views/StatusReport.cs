using Infra.Lab.Balancer;
using Infra.Lab.Machines;

namespace Infra.Lab.Laboratories.Views;

/// <summary>Output of <c>./infra status --json</c>. Everything is read from the running lab.</summary>
/// <param name="Stack">Name of the stack.</param>
/// <param name="Up">Whether its namespaces exist.</param>
/// <param name="Nodes">Its servers.</param>
/// <param name="Balancers">State of each load balancer and its backends.</param>
/// <param name="Problems">Parts of the lab that do not run correctly.</param>
internal sealed record StatusReport(
    string Stack, bool Up, IReadOnlyList<NodeStatus> Nodes, IReadOnlyList<BalancerStatus> Balancers, IReadOnlyList<string> Problems)
{
    public static async Task<StatusReport> OfAsync(Laboratory laboratory, CancellationToken cancel)
    {
        var down = new StatusReport(laboratory.Stack, false, [], [], []);
        if (!laboratory.IsUp)
        {
            return down;
        }

        try
        {
            var nodes = await Task.WhenAll(laboratory.Nodes().Select(node => NodeStatus.OfAsync(laboratory, node, cancel)));
            var services = new WorldServices(laboratory.Folder, laboratory.World);
            var problems = await services.ProblemsAsync(cancel);
            var balancers = await Task.WhenAll(services.Balancers().Select(balancer => balancer.StatusAsync(cancel)));
            return laboratory.IsUp
                ? new StatusReport(
                    laboratory.Stack, true, nodes, balancers, [.. problems.Select(problem => $"{problem.Name}: {problem.Problem}")])
                : down;
        }
        catch (Exception exception) when (exception is not OperationCanceledException && !laboratory.IsUp)
        {
            // The lab was stopped meanwhile.
            return down;
        }
    }
}

/// <summary>Current state of a server.</summary>
/// <param name="Name">Its name in the program.</param>
/// <param name="State">See <see cref="NodeHealth"/>.</param>
/// <param name="PublicAddress">Address for SSH.</param>
/// <param name="PrivateAddress">Address in the VPC.</param>
/// <param name="Phases">Phases of its latest boot.</param>
/// <param name="Problem">Why it is not ready; null if unknown.</param>
internal sealed record NodeStatus(
    string Name, string State, string PublicAddress, string PrivateAddress, IReadOnlyList<LedgerPhase> Phases, string? Problem)
{
    public static async Task<NodeStatus> OfAsync(Laboratory laboratory, DeployedNode node, CancellationToken cancel)
    {
        var health = await NodeHealth.OfAsync(laboratory, node, cancel);
        var phases = health.State == NodeHealth.Off ? [] : Ledger.Phases(laboratory.LedgerOf(node));
        return new NodeStatus(node.Name, health.State, node.PublicAddress, node.PrivateAddress, phases, health.Problem);
    }
}
