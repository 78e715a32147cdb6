using System.Globalization;
using Infra.Cli.CommandLine;
using Infra.Planning.Placements;
using Spectre.Console;

namespace Infra.Cli.Plan;

/// <summary>The hardware table for terminals.</summary>
internal static class PlanView
{
    /// <summary>Columns of a terminal that the table needs; in a narrower one each size is a list.</summary>
    private const int TableWidth = 125;

    public static void Write(IAnsiConsole console, IReadOnlyList<FitResult> fits)
    {
        foreach (var model in fits.GroupBy(fit => fit.Model.Id))
        {
            var spec = model.First().Model;
            console.MarkupLine(
                $"[bold]{Markup.Escape(model.Key)}[/]  {spec.Precision.ToString().ToUpperInvariant()}, "
                    + $"{Number(spec.WeightBytes / 1e9, 1)} GB, {Markup.Escape(spec.Licence)}, {ModelFacts.Tested(spec)}");
            if (ModelFacts.Licence(spec) is { } licence)
            {
                console.WriteLine($"  licence: {licence}");
            }

            if (console.Profile.Width >= TableWidth)
            {
                console.Write(TableOf(model));
            }
            else
            {
                WriteList(console, model);
            }
        }

        console.WriteLine(
            "Memory is per GPU, in GiB. Context and requests are maximums; docs/sizing.md has the formulas and their measured error.");
    }

    private static Table TableOf(IEnumerable<FitResult> fits)
    {
        var table = new Table()
            .Border(TableBorder.Rounded)
            .AddColumn("size")
            .AddColumn(new TableColumn("USD/h").RightAligned())
            .AddColumn("fits")
            .AddColumn(new TableColumn("context").RightAligned())
            .AddColumn(new TableColumn("requests").RightAligned())
            .AddColumn(new TableColumn("KV tokens").RightAligned())
            .AddColumn(new TableColumn("weights").RightAligned())
            .AddColumn(new TableColumn("overhead").RightAligned())
            .AddColumn(new TableColumn("KV").RightAligned())
            .AddColumn("split")
            .AddColumn("why not");
        foreach (var fit in fits)
        {
            var row = PlanRow.Of(fit);
            table.AddRow(
                Markup.Escape(row.Size),
                Price(row),
                row.Fits ? "[green]yes[/]" : "[red]no[/]",
                Whole(row.MaxModelLen),
                Whole(row.Requests),
                Whole(row.KvTokens),
                Number(row.WeightsGiB, 1),
                Number(row.OverheadGiB, 1),
                Number(row.KvGiB, 1),
                Split(row),
                row.Fits ? "" : Markup.Escape(row.Reason));
        }

        return table;
    }

    private static void WriteList(IAnsiConsole console, IEnumerable<FitResult> fits)
    {
        foreach (var row in fits.Select(PlanRow.Of))
        {
            var fit = row.Fits ? "[green]fits[/]" : $"[red]does not fit[/]: {Markup.Escape(row.Reason)}";
            console.MarkupLine($"{Markup.Escape(row.Size)}, {(row.UsdPerHour is null ? "" : "USD/h ")}{Price(row)}: {fit}");
            if (row.MaxModelLen > 0)
            {
                console.WriteLine($"  context: {Whole(row.MaxModelLen)}");
                console.WriteLine($"  requests: {Whole(row.Requests)}");
                console.WriteLine($"  KV tokens: {Whole(row.KvTokens)}");
                console.WriteLine($"  split: {Split(row)}");
            }

            if (row.WeightsGiB is not null)
            {
                console.WriteLine(
                    $"  memory: weights {Number(row.WeightsGiB, 1)}, overhead {Number(row.OverheadGiB, 1)}, KV {Number(row.KvGiB, 1)}");
            }
        }
    }

    private static string Price(PlanRow row) => row.UsdPerHour?.ToString("0.00", CultureInfo.InvariantCulture) ?? "contract";

    private static string Split(PlanRow row) => row.TensorParallel is null ? ""
        : row.DataParallel > 1 ? $"TP {row.TensorParallel} x DP {row.DataParallel}"
        : $"TP {row.TensorParallel}";

    private static string Whole(long value) => value == 0 ? "" : value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Number(double? value, int digits) =>
        value is { } number ? number.ToString($"F{digits}", CultureInfo.InvariantCulture) : "";
}
