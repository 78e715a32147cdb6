using System.Globalization;
using Infra.Cli.CommandLine;
using Infra.Lab.Provider;
using Spectre.Console;

namespace Infra.Lab.Stacks.Views;

/// <summary>Output of <c>./infra up</c> for terminals.</summary>
internal static class LabView
{
    public static void Write(Terminal terminal, LabReport report)
    {
        var console = terminal.Console;
        var (resources, output) = (report.Resources, console.Profile.Out.Writer);
        output.WriteLine(Counts(resources));
        foreach (var endpoint in report.Endpoints)
        {
            console.WriteLine();
            console.WriteStyled((endpoint.Name, Styled.Bold), ($" ({endpoint.Access}): {endpoint.Model} at {endpoint.Url}", Styled.Plain));
            foreach (var node in endpoint.Nodes)
            {
                output.WriteLine($"  {node.Name}  {node.PublicAddress} ssh, {node.PrivateAddress} in the VPC");
                output.WriteLine($"    {Phases(node.Phases)}");
            }

            terminal.WriteCommand(endpoint.Ask);
            if (endpoint.Access == "private")
            {
                terminal.WriteCommand(endpoint.Tunnel);
            }

            terminal.WriteCommand(endpoint.Curl);
            console.WriteStyled(($"  {Printable.Text(endpoint.Answer)}", Styled.Green));
        }
    }

    private static string Phases(IReadOnlyList<TimelinePhase> phases) => string.Join("  ", phases.Select(phase => string.Create(
        CultureInfo.InvariantCulture, $"{phase.Phase} {phase.Start:0.0}-{phase.End:0.0}"))) + " s";

    private static string Counts(CloudSummary summary) =>
        summary.Changes == 0
            ? $"nothing changed; {summary.Same} resources"
            : $"{summary.Created} created, {summary.Updated} updated, {summary.Replaced} replaced, {summary.Deleted} deleted, "
                + $"{summary.Same} unchanged";
}
