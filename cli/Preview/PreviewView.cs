using System.Globalization;
using Infra.Cli.CommandLine;
using Infra.Planning.Errors;
using Infra.Planning.Plan;
using Spectre.Console;

namespace Infra.Cli.Preview;

/// <summary>A preview for terminals: the resource tree, hardware and its reasons, open ports; warnings and price last.</summary>
internal static class PreviewView
{
    /// <summary>Number of more expensive sizes with their reason, in addition to all cheaper ones; <c>--json</c> has the rest.</summary>
    private const int DearerShown = 2;

    /// <summary>Columns of a terminal that the table of endpoints needs; in a narrower one each endpoint is a list.</summary>
    private const int TableWidth = 125;

    public static void Write(Terminal terminal, StackPreview preview)
    {
        var console = terminal.Console;
        var plan = preview.Plan;
        console.Write(ResourceTree.Of(preview.Resources));
        console.WriteLine();
        var wide = console.Profile.Width >= TableWidth;
        if (wide)
        {
            console.Write(Endpoints(plan));
        }

        foreach (var endpoint in plan.Endpoints)
        {
            WriteDecision(terminal, plan, endpoint, wide);
        }

        console.WriteLine();
        WritePorts(console, Exposure.Of(preview.Resources), wide);
        WriteWarnings(console, plan);
        console.WriteStyled(($"{EndpointFacts.Usd(plan.UsdPerHour)} USD/h", Styled.Bold),
            ($", {EndpointFacts.Usd(plan.UsdPerMonth)} USD for a month of 31 days ({plan.PriceSource}). "
                + $"{preview.Resources.Count} resources. Nothing was created.", Styled.Plain));
        foreach (var warning in preview.Warnings)
        {
            Warn(console, warning);
        }
    }

    private static Table Endpoints(StackPlan plan)
    {
        var table = new Table().Border(TableBorder.Rounded)
            .WithColumns("endpoint", "model", "hardware")
            .WithNumbers("context", "requests")
            .WithColumns("memory per GPU, GiB")
            .WithNumbers("USD/h");
        foreach (var endpoint in plan.Endpoints)
        {
            var placement = endpoint.Placement;
            table.AddRow(
                new Text(endpoint.Name),
                new Text(placement.Model.Id),
                new Text(EndpointFacts.Hardware(endpoint)),
                new Text(placement.MaxModelLen.ToString("N0", CultureInfo.InvariantCulture)),
                new Text(placement.Requests.ToString("N0", CultureInfo.InvariantCulture)),
                new Text(EndpointFacts.Memory(endpoint)),
                new Text(EndpointFacts.Usd(endpoint.UsdPerHour)));
        }

        return table;
    }

    private static void WriteDecision(Terminal terminal, StackPlan plan, EndpointPlan endpoint, bool wide)
    {
        var console = terminal.Console;
        var placement = endpoint.Placement;
        console.WriteStyled((endpoint.Name, Styled.Bold));
        var inTable = wide ? [] : EndpointFacts.OfTable(endpoint);
        foreach (var (key, value) in inTable.Concat(EndpointFacts.Of(endpoint, plan.Config.Endpoints[endpoint.Name])))
        {
            console.WriteLine($"  {key}: {value}");
        }

        var cheaper = placement.Rejected.Where(rejected => rejected.UsdPerHour < placement.UsdPerHour).ToArray();
        foreach (var rejected in cheaper.Concat(placement.Rejected.Except(cheaper).Take(DearerShown)))
        {
            console.WriteLine($"  rejected {rejected.Size} ({EndpointFacts.Usd(rejected.UsdPerHour)} USD/h): {rejected.Reason}");
        }

        terminal.WriteCommand($"vllm serve {string.Join(' ', endpoint.Flags.Prepend(placement.Model.Id).Select(ShellWord.Of))}");
    }

    /// <summary>Each warning once, with the endpoints that have it.</summary>
    private static void WriteWarnings(IAnsiConsole console, StackPlan plan)
    {
        foreach (var warning in plan.Warnings)
        {
            Warn(console, warning);
        }

        var warnings = plan.Endpoints
            .SelectMany(endpoint => endpoint.Warnings.Select(warning => (warning, endpoint.Name)))
            .GroupBy(pair => pair.warning, pair => pair.Name, StringComparer.Ordinal);
        foreach (var warning in warnings)
        {
            Warn(console, $"{string.Join(", ", warning.Distinct())}: {warning.Key}");
        }
    }

    private static void Warn(IAnsiConsole console, string warning) =>
        console.WriteStyled(("warning:", Styled.Yellow), ($" {warning}", Styled.Plain));

    private static void WritePorts(IAnsiConsole console, IReadOnlyList<Exposure> exposures, bool wide)
    {
        if (wide)
        {
            console.Write(Ports(exposures));
            return;
        }

        foreach (var exposure in exposures)
        {
            console.WriteStyled(($"{exposure.Target}, {exposure.Port}", Styled.Bold));
            console.WriteStyled(("  outsider: ", Styled.Plain), Who(exposure.Outsider, Styled.Red));
            console.WriteStyled(("  VPC neighbour: ", Styled.Plain), Who(exposure.Neighbour, Styled.Yellow));
            console.WriteStyled(("  admin: ", Styled.Plain), Who(exposure.Admin, Styled.Green));
        }
    }

    private static Table Ports(IReadOnlyList<Exposure> exposures)
    {
        var table = new Table().Border(TableBorder.Rounded).WithColumns("target", "port", "outsider", "VPC neighbour", "admin");
        foreach (var exposure in exposures)
        {
            table.AddRow(
                new Text(exposure.Target), new Text(exposure.Port),
                Styled.Text(Who(exposure.Outsider, Styled.Red)),
                Styled.Text(Who(exposure.Neighbour, Styled.Yellow)),
                Styled.Text(Who(exposure.Admin, Styled.Green)));
        }

        return table;
    }

    private static (string Text, Style Style) Who(IReadOnlyList<string> who, Style style) =>
        who.Count == 0 ? ("closed", Styled.Grey) : ($"open to {string.Join(", ", who)}", style);
}
