using System.Globalization;
using Infra.Cli.CommandLine;
using Infra.Planning.Placements;
using Spectre.Console;

namespace Infra.Cli.Plan;

/// <summary>The hardware table for terminals.</summary>
internal static class PlanView
{
    /// <summary>Columns of a terminal that the table needs; in a narrower one each size is a list.</summary>
    private const int TableWidth = 145;

    public static void Write(IAnsiConsole console, IReadOnlyList<FitResult> fits)
    {
        foreach (var model in fits.GroupBy(fit => fit.Model.Id))
        {
            var spec = model.First().Model;
            console.WriteStyled((model.Key, Styled.Bold),
                ($"  {spec.Precision.ToString().ToUpperInvariant()}, {Number(spec.WeightBytes / 1e9, 1)} GB, {spec.Licence}, "
                    + ModelFacts.Tested(spec), Styled.Plain));
            if (ModelFacts.Licence(spec) is { } licence)
            {
                console.WriteLine($"  licence: {licence}");
            }

            if (console.Profile.Width >= TableWidth)
            {
                console.Write(TableOf(model));
                WriteClasses(console, model);
                WriteMost(console, model);
            }
            else
            {
                WriteList(console, model);
            }
        }

        console.WriteLine(
            "Memory is per GPU, in GiB. Context and requests are maximums of what is promised, which is what is expected less the margin; "
                + "the most requests are those of any layout. docs/sizing.md has the formulas and their measured error.");
    }

    private static Table TableOf(IEnumerable<FitResult> fits)
    {
        var table = new Table()
            .Border(TableBorder.Rounded)
            .WithColumns("size")
            .WithNumbers("USD/h")
            .WithColumns("fits")
            .WithNumbers("context", "requests", "KV tokens", "promised", "weights", "overhead", "KV", "margin")
            .WithColumns("split", "why not");
        foreach (var fit in fits)
        {
            var row = PlanRow.Of(fit);
            table.AddRow(
                new Text(row.Size),
                new Text(Price(row)),
                row.Fits ? new Text("yes", Styled.Green) : new Text("no", Styled.Red),
                new Text(Whole(row.MaxModelLen)),
                new Text(Requests(row)),
                new Text(Whole(row.KvTokens)),
                new Text(Whole(row.SafeKvTokens)),
                new Text(Number(row.WeightsGiB, 1)),
                new Text(Number(row.OverheadGiB, 1)),
                new Text(Number(row.KvGiB, 1)),
                new Text(Number(row.MarginGiB, 1)),
                new Text(Split(row)),
                new Text(row.Fits ? "" : row.Reason));
        }

        return table;
    }

    /// <summary>What the margins follow from, with the sizes of each class.</summary>
    private static void WriteClasses(IAnsiConsole console, IEnumerable<FitResult> fits)
    {
        foreach (var same in fits.Where(fit => fit.Memory is not null).GroupBy(fit => fit.Memory!.MarginReason))
        {
            console.WriteLine($"margin of {string.Join(", ", same.Select(fit => fit.Size.Slug))}: {same.Key}");
        }
    }

    private static void WriteMost(IAnsiConsole console, IEnumerable<FitResult> fits)
    {
        foreach (var fit in fits.Where(fit => Most(fit).Length > 0))
        {
            console.WriteLine($"most requests of {fit.Size.Slug}: {Most(fit)}");
        }
    }

    private static void WriteList(IAnsiConsole console, IEnumerable<FitResult> fits)
    {
        foreach (var (fit, row) in fits.Select(fit => (fit, PlanRow.Of(fit))))
        {
            console.WriteStyled(
                ($"{row.Size}, {(row.UsdPerHour is null ? "" : "USD/h ")}{Price(row)}: ", Styled.Plain),
                row.Fits ? ("fits", Styled.Green) : ("does not fit", Styled.Red),
                (row.Fits ? "" : $": {row.Reason}", Styled.Plain));
            if (row.MaxModelLen > 0)
            {
                console.WriteLine($"  context: {Whole(row.MaxModelLen)}");
                console.WriteLine($"  requests: {Whole(row.Requests)}{(Most(fit) is { Length: > 0 } most ? $" (most {most})" : "")}");
                console.WriteLine($"  KV tokens: {Whole(row.KvTokens)} expected, {Whole(row.SafeKvTokens)} promised");
                console.WriteLine($"  split: {Split(row)}");
            }

            if (row.WeightsGiB is not null)
            {
                console.WriteLine(
                    $"  memory: weights {Number(row.WeightsGiB, 1)}, overhead {Number(row.OverheadGiB, 1)}, KV {Number(row.KvGiB, 1)}");
                console.WriteLine($"  margin: {Number(row.MarginGiB, 1)}; {row.Margin}");
            }
        }
    }

    private static string Price(PlanRow row) => row.UsdPerHour?.ToString("0.00", CultureInfo.InvariantCulture) ?? "contract";

    private static string Split(PlanRow row) => row.TensorParallel is null ? ""
        : row.DataParallel > 1 ? $"TP {row.TensorParallel} x DP {row.DataParallel}"
        : $"TP {row.TensorParallel}";

    /// <summary>The requests of the chosen layout, and the most of any if that is more.</summary>
    private static string Requests(PlanRow row) =>
        Whole(row.Requests) + (row.Requests > 0 && row.MostRequests > row.Requests ? $" (most {Whole(row.MostRequests)})" : "");

    /// <summary>The most requests that the size holds, with the options for it; empty if the chosen layout holds as many.</summary>
    private static string Most(FitResult fit) => PlanRow.Of(fit) is { Requests: > 0, MostRequestsWith: { } settings } row
        ? $"{Whole(row.MostRequests)} with {settings.Typed(fit.Size.GpuCount)}" : "";

    private static string Whole(long value) => value == 0 ? "" : value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Number(double? value, int digits) =>
        value is { } number ? number.ToString($"F{digits}", CultureInfo.InvariantCulture) : "";
}
