using Infra.Lab.Balancer;
using Infra.Lab.Host;

namespace Infra.Lab.Stacks.Views;

/// <summary>Output of <c>./infra status --json</c>. Everything is read from the running lab.</summary>
/// <param name="Stack">Name of the stack.</param>
/// <param name="Up">Whether its namespaces exist.</param>
/// <param name="Nodes">Its servers.</param>
/// <param name="Balancers">State of each load balancer and its backends.</param>
/// <param name="Problems">Parts of the lab that do not run correctly.</param>
internal sealed record StatusReport(
    string Stack, bool Up, IReadOnlyList<NodeStatus> Nodes, IReadOnlyList<BalancerStatus> Balancers, IReadOnlyList<string> Problems)
{
    public static async Task<StatusReport> OfAsync(LabStack lab, CancellationToken cancel)
    {
        var down = new StatusReport(lab.Stack, false, [], [], []);
        if (!lab.IsUp)
        {
            return down;
        }

        try
        {
            var nodes = await Task.WhenAll(lab.Nodes().Select(node => NodeStatus.OfAsync(lab, node, cancel)));
            var services = new SandboxServices(lab.Folder, lab.Sandbox);
            var problems = await services.ProblemsAsync(cancel);
            var balancers = await Task.WhenAll(services.Balancers().Select(balancer => balancer.StatusAsync(cancel)));
            return lab.IsUp
                ? new StatusReport(
                    lab.Stack, true, nodes, balancers, [.. problems.Select(problem => $"{problem.Name}: {problem.Problem}")])
                : down;
        }
        catch (Exception exception) when (exception is not OperationCanceledException && !lab.IsUp)
        {
            // The lab was stopped meanwhile.
            return down;
        }
    }
}

/// <summary>Current state of a server.</summary>
/// <param name="Name">Its name in the stack, such as <c>chat-0</c>.</param>
/// <param name="State">See <see cref="NodeHealth"/>.</param>
/// <param name="PublicAddress">Address for SSH.</param>
/// <param name="PrivateAddress">Address in the VPC.</param>
/// <param name="Phases">Phases of its latest boot.</param>
/// <param name="Problem">Why it is not ready; null if unknown.</param>
internal sealed record NodeStatus(
    string Name, string State, string PublicAddress, string PrivateAddress, IReadOnlyList<TimelinePhase> Phases, string? Problem)
{
    public static async Task<NodeStatus> OfAsync(LabStack lab, DeployedNode node, CancellationToken cancel)
    {
        var health = await NodeHealth.OfAsync(lab, node, cancel);
        var phases = health.State == NodeHealth.Off ? [] : PhaseTimeline.Phases(lab.TimelineOf(node));
        return new NodeStatus(node.Name, health.State, node.PublicAddress, node.PrivateAddress, phases, health.Problem);
    }
}
