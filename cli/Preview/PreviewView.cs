using System.Globalization;
using Infra.Cli.CommandLine;
using Infra.Planning.Errors;
using Infra.Planning.Plan;
using Spectre.Console;

namespace Infra.Cli.Preview;

/// <summary>A preview for terminals: the resource tree, then hardware, flags, memory, price and open ports.</summary>
internal static class PreviewView
{
    /// <summary>Number of more expensive sizes with their reason, in addition to all cheaper ones; <c>--json</c> has the rest.</summary>
    private const int DearerShown = 2;

    /// <summary>Number of pinned files to list.</summary>
    private const int PinnedShown = 3;

    public static void Write(Terminal terminal, StackPreview preview)
    {
        var console = terminal.Console;
        var plan = preview.Plan;
        console.Write(Tree(preview.Resources));
        console.WriteLine();
        console.Write(Endpoints(plan));
        foreach (var endpoint in plan.Endpoints)
        {
            WriteDecision(terminal, endpoint);
        }

        console.WriteLine();
        console.Write(Ports(Exposure.Of(preview.Resources)));
        foreach (var warning in plan.Warnings)
        {
            console.MarkupLine($"[yellow]warning:[/] {Markup.Escape(warning)}");
        }

        console.MarkupLine($"[bold]{Usd(plan.UsdPerHour)} USD/h[/], {Usd(plan.UsdPerMonth)} USD for a month of 31 days "
            + $"({Markup.Escape(plan.PriceSource)}). "
            + $"{preview.Resources.Count} resources. Nothing was created.");
    }

    private static Tree Tree(IReadOnlyList<ObservedResource> resources)
    {
        var tree = new Tree(Label(resources[0]));
        var nodes = new Dictionary<(string?, string?), IHasTreeNodes> { [(resources[0].Type, resources[0].Name)] = tree };
        foreach (var resource in resources.Skip(1))
        {
            nodes[(resource.Type, resource.Name)] = nodes[(resource.ParentType, resource.Parent)].AddNode(Label(resource));
        }

        return tree;
    }

    private static string Label(ObservedResource resource) =>
        $"[grey]{Markup.Escape(resource.ShortType)}[/] {Markup.Escape(resource.Name)}";

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
            var memory = placement.Memory;
            table.AddRow(
                Markup.Escape(endpoint.Name),
                Markup.Escape(placement.Model.Id),
                Markup.Escape($"{endpoint.Replicas} x {placement.Size.Slug} ({placement.Size.GpuCount} x {placement.Gpu.Name}) in {endpoint.Region}"),
                placement.MaxModelLen.ToString("N0", CultureInfo.InvariantCulture),
                placement.Requests.ToString("N0", CultureInfo.InvariantCulture),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"weights {memory.WeightsGiB:F1} + overhead {memory.OverheadGiB:F1} + KV {memory.KvGiB:F1} "
                    + $"= {memory.BudgetGiB:F1} of {memory.VisibleGiB:F1}"),
                Usd(endpoint.UsdPerHour));
        }

        return table;
    }

    private static void WriteDecision(Terminal terminal, EndpointPlan endpoint)
    {
        var console = terminal.Console;
        var placement = endpoint.Placement;
        console.MarkupLine(string.Create(CultureInfo.InvariantCulture,
            $"[bold]{Markup.Escape(endpoint.Name)}[/]: vLLM {placement.Engine.Version}, "
            + $"{placement.KvTokens:N0} tokens of KV cache per node"));
        if (placement.SingleStreamTokensPerSecondBound is { } bound)
        {
            console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  at most {bound:N0} tokens/s per request: memory bandwidth divided by the bytes read per token"));
        }

        terminal.WriteCommand($"vllm serve {string.Join(' ', endpoint.Flags.Prepend(placement.Model.Id).Select(ShellWord.Of))}");
        console.WriteLine($"  weights: {Checksums(endpoint)}");
        var cheaper = placement.Rejected.Where(rejected => rejected.UsdPerHour < placement.UsdPerHour).ToArray();
        foreach (var rejected in cheaper.Concat(placement.Rejected.Except(cheaper).Take(DearerShown)))
        {
            console.WriteLine($"  rejected {rejected.Size} ({Usd(rejected.UsdPerHour)} USD/h): {rejected.Reason}");
        }

        foreach (var warning in endpoint.Warnings)
        {
            console.MarkupLine($"  [yellow]warning:[/] {Markup.Escape(warning)}");
        }
    }

    private static string Checksums(EndpointPlan endpoint) => endpoint.Checksums.Count == 0
        ? "the hub's checksums (none pinned in the catalog)"
        : $"checksums of {string.Join(", ", endpoint.Checksums.Keys.Order(StringComparer.Ordinal).Take(PinnedShown))}"
            + (endpoint.Checksums.Count > PinnedShown ? $" and {endpoint.Checksums.Count - PinnedShown} more files" : "")
            + " are pinned in the catalog; other files use the hub's checksums";

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

    private static string Who(IReadOnlyList<string> who, string colour) =>
        who.Count == 0 ? "[grey]closed[/]" : $"[{colour}]open to {Markup.Escape(string.Join(", ", who))}[/]";

    private static string Usd(decimal? price) => price is { } known ? known.ToString("N2", CultureInfo.InvariantCulture) : "contract";
}
