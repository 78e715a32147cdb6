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
        console.MarkupLine($"[bold]{EndpointFacts.Usd(plan.UsdPerHour)} USD/h[/], {EndpointFacts.Usd(plan.UsdPerMonth)} USD "
            + $"for a month of 31 days ({Markup.Escape(plan.PriceSource)}). "
            + $"{preview.Resources.Count} resources. Nothing was created.");
        foreach (var warning in preview.Warnings)
        {
            console.MarkupLine($"[yellow]warning:[/] {Markup.Escape(warning)}");
        }
    }

    private static Table Endpoints(StackPlan plan)
    {
        var table = new Table().Border(TableBorder.Rounded)
            .AddColumns("endpoint", "model", "hardware")
            .AddColumn(new TableColumn("context").RightAligned())
            .AddColumn(new TableColumn("requests").RightAligned())
            .AddColumn("memory per GPU, GiB")
            .AddColumn(new TableColumn("USD/h").RightAligned());
        foreach (var endpoint in plan.Endpoints)
        {
            var placement = endpoint.Placement;
            table.AddRow(
                Markup.Escape(endpoint.Name),
                Markup.Escape(placement.Model.Id),
                Markup.Escape(EndpointFacts.Hardware(endpoint)),
                placement.MaxModelLen.ToString("N0", CultureInfo.InvariantCulture),
                placement.Requests.ToString("N0", CultureInfo.InvariantCulture),
                EndpointFacts.Memory(endpoint),
                EndpointFacts.Usd(endpoint.UsdPerHour));
        }

        return table;
    }

    private static void WriteDecision(Terminal terminal, StackPlan plan, EndpointPlan endpoint, bool wide)
    {
        var console = terminal.Console;
        var placement = endpoint.Placement;
        console.MarkupLine($"[bold]{Markup.Escape(endpoint.Name)}[/]");
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
            console.MarkupLine($"[yellow]warning:[/] {Markup.Escape(warning)}");
        }

        var warnings = plan.Endpoints
            .SelectMany(endpoint => endpoint.Warnings.Select(warning => (warning, endpoint.Name)))
            .GroupBy(pair => pair.warning, pair => pair.Name, StringComparer.Ordinal);
        foreach (var warning in warnings)
        {
            console.MarkupLine($"[yellow]warning:[/] {Markup.Escape($"{string.Join(", ", warning.Distinct())}: {warning.Key}")}");
        }
    }

    private static void WritePorts(IAnsiConsole console, IReadOnlyList<Exposure> exposures, bool wide)
    {
        if (wide)
        {
            console.Write(Ports(exposures));
            return;
        }

        foreach (var exposure in exposures)
        {
            console.MarkupLine($"[bold]{Markup.Escape($"{exposure.Target}, {exposure.Port}")}[/]");
            console.MarkupLine($"  outsider: {Who(exposure.Outsider, "red")}");
            console.MarkupLine($"  VPC neighbour: {Who(exposure.Neighbour, "yellow")}");
            console.MarkupLine($"  admin: {Who(exposure.Admin, "green")}");
        }
    }

    private static Table Ports(IReadOnlyList<Exposure> exposures)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("target", "port", "outsider", "VPC neighbour", "admin");
        foreach (var exposure in exposures)
        {
            table.AddRow(
                Markup.Escape(exposure.Target), exposure.Port,
                Who(exposure.Outsider, "red"), Who(exposure.Neighbour, "yellow"), Who(exposure.Admin, "green"));
        }

        return table;
    }

    private static string Who(IReadOnlyList<string> who, string color) =>
        who.Count == 0 ? "[grey]closed[/]" : $"[{color}]open to {Markup.Escape(string.Join(", ", who))}[/]";
}
