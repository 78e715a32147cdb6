using System.Globalization;
using Infra.Cli.CommandLine;
using Infra.Lab.Balancer;
using Spectre.Console;

namespace Infra.Lab.Stacks.Views;

/// <summary>Output of <c>./infra status</c> for terminals.</summary>
internal static class StatusView
{
    public static void Write(IAnsiConsole console, IReadOnlyList<StatusReport> reports)
    {
        if (reports.Count == 0)
        {
            console.WriteLine("no lab is running; ./infra up starts one");
        }

        foreach (var report in reports)
        {
            console.MarkupLine(
                $"[bold]{Markup.Escape(report.Stack)}[/]: "
                + $"{(report.Up ? "running" : $"not running; ./infra up {Markup.Escape(report.Stack)} starts it")}");
            foreach (var node in report.Nodes)
            {
                var colour = node.State switch { NodeHealth.Ready => "green", NodeHealth.Starting => "yellow", _ => "red" };
                var problem = node.Problem is { } known ? $"  {Markup.Escape(known)}" : "";
                console.MarkupLine(
                    $"  {Markup.Escape(node.Name)}  [{colour}]{node.State}[/]  {node.PublicAddress}  {node.PrivateAddress}{problem}");
                console.Profile.Out.Writer.WriteLine($"    {PhaseTimeline.Line(node.Phases)}");
            }

            foreach (var balancer in report.Balancers)
            {
                console.Profile.Out.Writer.WriteLine(Printable.Line($"  load balancer  {Text(balancer)}"));
            }

            foreach (var problem in report.Problems)
            {
                console.Profile.Out.Writer.WriteLine($"  {problem}");
            }

            if (report.Up
                && (report.Problems.Count > 0 || report.Nodes.Any(node => node.State is not (NodeHealth.Ready or NodeHealth.Starting))
                    || report.Balancers.Any(balancer => balancer.Error is not null)))
            {
                console.Profile.Out.Writer.WriteLine($"  ./infra up {report.Stack} repairs what it can and reports the rest");
            }
        }
    }

    private static string Text(BalancerStatus balancer)
    {
        var servers = balancer.Backends.Select(server =>
            $"{server.Address} {(server.Healthy ? "healthy" : $"not healthy{(server.LastError is { } error ? $" ({error})" : "")}")}");
        var counts = string.Create(CultureInfo.InvariantCulture,
            $"connections: {balancer.Total}, {balancer.Active} of them open, {balancer.Refused} refused, "
            + $"{balancer.Unserved} without a server");
        return string.Join("; ", new[] { string.Join(", ", servers), counts, balancer.Error }.Where(part => !string.IsNullOrEmpty(part)));
    }
}
