using System.Text.Json;
using Infra.Lab.Balancer;

namespace Infra.Lab.Laboratories.Views;

/// <summary>What <c>./infra status --json</c> prints of a laboratory.</summary>
/// <param name="Stack">Name of the stack.</param>
/// <param name="Up">Whether its namespaces are there.</param>
/// <param name="Nodes">Its servers.</param>
/// <param name="Balancers">What each load balancer says of the servers behind it.</param>
internal sealed record StatusReport(string Stack, bool Up, IReadOnlyList<NodeStatus> Nodes, IReadOnlyList<BalancerStatus> Balancers)
{
    public static async Task<StatusReport> OfAsync(Laboratory laboratory, CancellationToken cancel)
    {
        if (!laboratory.IsUp)
        {
            return new StatusReport(laboratory.Stack, false, [], []);
        }

        var nodes = new List<NodeStatus>();
        foreach (var node in laboratory.Nodes())
        {
            nodes.Add(await NodeStatus.OfAsync(laboratory, node, cancel));
        }

        return new StatusReport(laboratory.Stack, true, nodes, [.. BalancersOf(laboratory)]);
    }

    private static IEnumerable<BalancerStatus> BalancersOf(Laboratory laboratory)
    {
        foreach (var file in Directory.EnumerateFiles(laboratory.Folder.Balancers, "*.status").Order(StringComparer.Ordinal))
        {
            BalancerStatus? status = null;
            try
            {
                status = JsonSerializer.Deserialize(File.ReadAllText(file), BalancerJson.Default.BalancerStatus);
            }
            catch (Exception exception) when (exception is JsonException or IOException)
            {
                // It is being written.
            }

            if (status is not null)
            {
                yield return status;
            }
        }
    }
}

/// <summary>A server now.</summary>
/// <param name="Name">Its name in the program.</param>
/// <param name="State"><c>ready</c>, <c>starting</c>, <c>failed</c> or <c>off</c>.</param>
/// <param name="PublicAddress">Address for SSH.</param>
/// <param name="PrivateAddress">Address in the VPC.</param>
/// <param name="Phases">Phases of its latest boot.</param>
internal sealed record NodeStatus(string Name, string State, string PublicAddress, string PrivateAddress, IReadOnlyList<LedgerPhase> Phases)
{
    public static async Task<NodeStatus> OfAsync(Laboratory laboratory, DeployedNode node, CancellationToken cancel)
    {
        var server = laboratory.Server(node);
        var phases = Ledger.Phases(laboratory.LedgerOf(node));
        if (server.Leader is null)
        {
            return new NodeStatus(node.Name, "off", node.PublicAddress, node.PrivateAddress, phases);
        }

        // The engine answers, and the door is open.
        var ready = await server.AskAsync(["sh", "-c", "test -e /run/inference-ready/answered && test -e /run/inference/open && systemctl is-active --quiet inference-nginx.service"], null, cancel);
        var failed = await server.AskAsync(["systemctl", "list-units", "--plain", "--no-legend", "--state=failed", "inference-*"], null, cancel);
        var state = ready.Status == 0 ? "ready" : failed.Output.Trim().Length > 0 ? "failed" : "starting";
        return new NodeStatus(node.Name, state, node.PublicAddress, node.PrivateAddress, phases);
    }
}
