using System.Globalization;
using Infra.Cli.CommandLine;
using Infra.Lab.Balancer;
using Infra.Planning.Errors;
using Spectre.Console;

namespace Infra.Lab.Stacks.Views;

/// <summary>Output of <c>./infra status</c> for terminals.</summary>
internal static class StatusView
{
    public static void Write(Terminal terminal, IReadOnlyList<StatusReport> reports)
    {
        var console = terminal.Console;
        if (reports.Count == 0)
        {
            console.WriteLine("no lab is running; start one:");
            terminal.WriteCommand("./infra up");
        }

        foreach (var report in reports)
        {
            console.WriteStyled((report.Stack, Styled.Bold), (report.Up ? ": running" : ": not running; start it:", Styled.Plain));
            if (!report.Up)
            {
                terminal.WriteCommand(Up(report));
            }

            foreach (var node in report.Nodes)
            {
                var style = node.State switch
                {
                    NodeHealth.Ready => Styled.Green,
                    NodeHealth.Starting => Styled.Yellow,
                    _ => Styled.Red,
                };
                console.WriteStyled(($"  {node.Name}  ", Styled.Plain), ($"{node.State}", style),
                    ($"  {node.PublicAddress}  {node.PrivateAddress}{(node.Problem is { } known ? $"  {known}" : "")}", Styled.Plain));
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
                console.Profile.Out.Writer.WriteLine("  repair what can be repaired, and report the rest:");
                terminal.WriteCommand(Up(report));
            }
        }
    }

    private static string Up(StatusReport report) => $"./infra up {ShellWord.Of(report.Stack)}";

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
