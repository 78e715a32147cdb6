using System.Globalization;
using Infra.Planning.Placements;
using Spectre.Console;

namespace Infra.Cli.Plan;

/// <summary>The hardware table for terminals.</summary>
internal static class PlanView
{
    public static void Write(IAnsiConsole console, IReadOnlyList<FitResult> fits)
    {
        foreach (var model in fits.GroupBy(fit => fit.Model.Id))
        {
            var spec = model.First().Model;
            console.MarkupLine(
                $"[bold]{Markup.Escape(model.Key)}[/]  {spec.Precision.ToString().ToUpperInvariant()}, "
                    + $"{Number(spec.WeightBytes / 1e9, 1)} GB");
            console.Write(TableOf(model));
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
                row.UsdPerHour is { } price ? price.ToString("0.00", CultureInfo.InvariantCulture) : "contract",
                row.Fits ? "[green]yes[/]" : "[red]no[/]",
                Whole(row.MaxModelLen),
                Whole(row.Requests),
                Whole(row.KvTokens),
                Number(row.WeightsGiB, 1),
                Number(row.OverheadGiB, 1),
                Number(row.KvGiB, 1),
                row.TensorParallel is null ? ""
                    : row.DataParallel > 1 ? $"TP {row.TensorParallel} x DP {row.DataParallel}"
                    : $"TP {row.TensorParallel}",
                row.Fits ? "" : Markup.Escape(row.Reason));
        }

        return table;
    }

    private static string Whole(long value) => value == 0 ? "" : value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Number(double? value, int digits) =>
        value is { } number ? number.ToString($"F{digits}", CultureInfo.InvariantCulture) : "";
}
