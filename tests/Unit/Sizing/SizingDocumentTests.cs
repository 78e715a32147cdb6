using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Infra.Planning.Catalog;
using Infra.Planning.Placements;
using Infra.Planning.Sizing;

namespace Infra.Tests.Unit.Sizing;

/// <summary>The tables of docs/sizing.md match the code: set GOLDEN_ACCEPT=1 and run these tests to rewrite them.</summary>
public sealed class SizingDocumentTests
{
    private static readonly Observations All = Observations.Load();
    private static readonly ModelCatalog Catalog = ModelCatalog.Load();

    [Fact]
    public void The_documentation_shows_the_measured_error_of_every_row() => Holds("measured error", MeasuredError());

    [Fact]
    public void The_documentation_explains_the_hardware_table_with_numbers() => Holds("hardware table", HardwareTable());

    [Fact]
    public void The_documentation_shows_the_measured_error_of_every_class() => Holds("error by class", ErrorByClass());

    [Fact]
    public void The_documentation_shows_the_error_of_every_source_that_is_held_out() => Holds("held out", HeldOutSources());

    private static string HeldOutSources()
    {
        var table = new StringBuilder("| model | cards | layout | source held out | constants from it | logs | median error | largest "
            + "| margin of the others | promised more than logged |\n|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (var row in SizingClasses.HoldOut())
        {
            var error = row.Error;
            table.Append(CultureInfo.InvariantCulture,
                $"| {CatalogWords.Of(error.Family)} | {error.Vendor.ToString().ToUpperInvariant()} | {CatalogWords.Of(error.Layout)} "
                    + $"| {row.Source} | {(row.GaveConstants ? "yes" : "no")} | {error.Logs} | {error.MedianErrorPercent:0.0} % "
                    + $"| {error.LargestErrorPercent:0.0} % | {100 * row.MarginShare:0.0} % | {row.Promised} |\n");
        }

        return table.ToString();
    }

    private static string ErrorByClass()
    {
        var table = new StringBuilder(
            "| model | cards | layout | logs | newest engine | median error | largest | promised more than logged | margin on 0.31 |\n");
        table.Append("|---|---|---|---|---|---|---|---|---|\n");
        var engine = EngineMemory.For("0.31.0");
        foreach (var row in SizingClasses.Measure())
        {
            table.Append(CultureInfo.InvariantCulture,
                $"| {CatalogWords.Of(row.Family)} | {row.Vendor.ToString().ToUpperInvariant()} | {CatalogWords.Of(row.Layout)} "
                    + $"| {row.Logs} | {row.NewestEngine} | {row.MedianErrorPercent:0.0} % | {row.LargestErrorPercent:0.0} % "
                    + $"| {SizingClasses.Promised(row)} | {100 * row.MarginShare(engine):0.0} % |\n");
        }

        return table.ToString();
    }

    private static string HardwareTable()
    {
        var table = new StringBuilder(
            "| model | hardware | visible | budget | weights | overhead | KV cache | longest single request | "
                + "|\n|---|---|---|---|---|---|---|---|---|\n");
        Row("mistralai/Mistral-Large-3-675B-Instruct-2512", "8 x NVIDIA H200", Catalog.Gpus["NVIDIA H200"], 8, new());
        Row("mistralai/Mistral-Large-3-675B-Instruct-2512", "8 x NVIDIA H100", Catalog.Gpus["NVIDIA H100"], 8, new());
        Row("mistralai/Mistral-Large-3-675B-Instruct-2512-NVFP4", "8 x NVIDIA H100", Catalog.Gpus["NVIDIA H100"], 8, new());
        Row("mistralai/Ministral-3-14B-Instruct-2512", "24 GB", Card(23.56), 1, new());
        Row("mistralai/Ministral-3-8B-Instruct-2512", "12 GB", Card(11.76), 1, new());
        Row("mistralai/Ministral-3-8B-Instruct-2512", "12 GB, no images, utilization 0.95", Card(11.76), 1,
            new() { Vision = false, GpuMemoryUtilization = 0.95 });
        Row("mistralai/Ministral-3-3B-Instruct-2512", "8 GB", Card(7.65), 1, new());
        return table.ToString();

        void Row(string id, string hardware, Gpu gpu, int count, EngineOptions options)
        {
            var model = Catalog.Models[id];
            var fit = NodeFit.Of(new PlacementRequest { Model = model, Engine = Catalog.Engines["0.31.0"], Options = options },
                Sample.Size("shown", gpu, count), gpu);
            var plan = fit.Memory!;
            table.Append(CultureInfo.InvariantCulture,
                $"| {model.Id.Split('/')[1]} | {hardware} | {plan.VisibleGiB:F2} | {plan.BudgetGiB:F1} | {plan.WeightsGiB:F1} "
                    + $"| {plan.OverheadGiB:F1} | {plan.KvGiB:F1} | {fit.LongestContext:N0} | {(fit.Fits ? "fits" : "rejected")} |\n");
        }
    }

    private static string MeasuredError()
    {
        var table = new StringBuilder(
            "| group | model | GPU | vLLM | util. | TP | weights | overhead | KV predicted | KV logged | error |\n");
        table.Append("|---|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (var row in All.Rows.Where(row => row.Fits))
        {
            var plan = All.Plan(row);
            var predicted = row.KvTokens is null ? $"{plan.KvGiB:F2} GiB" : $"{plan.KvTokens:N0}";
            var logged = row.KvTokens is { } tokens ? $"{tokens:N0}" : $"{row.KvGiB:F2} GiB";
            table.Append(CultureInfo.InvariantCulture,
                $"| {row.Group} | {row.Model.Split('/')[^1]} | {row.Gpu.Split('-')[0]} | {row.Engine} | {row.Utilization:0.00} "
                    + $"| {row.TensorParallel} | {plan.WeightsGiB:F2} | {plan.OverheadGiB:F2} | {predicted} | {logged} | "
                    + $"{100 * Math.Round(ObservationTests.Error(row), 3):+0.0;-0.0;0.0} % |\n");
        }

        table.Append("\nRejected, as observed:\n\n");
        foreach (var row in All.Rows.Where(row => !row.Fits))
        {
            table.Append(CultureInfo.InvariantCulture,
                $"- {row.Model.Split('/')[^1]} on {row.TensorParallel} x {row.Gpu} at {row.Utilization:0.00} with "
                    + $"{row.ContextLength:N0} tokens ({row.Source}, {row.SourceDate})\n");
        }

        table.Append("\nNot used:\n\n");
        foreach (var row in All.Unusable)
        {
            table.Append(CultureInfo.InvariantCulture, $"- {row.What}: {row.Reason} ({row.Source})\n");
        }

        return table.ToString();
    }

    private static Gpu Card(double visibleGiB) => Sample.Gpu("a card", GpuArchitecture.Ada, visibleGiB);

    private static void Holds(string name, string table, [CallerFilePath] string here = "")
    {
        var path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/sizing.md"));
        var document = File.ReadAllText(path);
        var opening = $"<!-- {name}: start -->";
        var start = document.IndexOf(opening, StringComparison.Ordinal);
        var end = document.IndexOf($"<!-- {name}: end -->", StringComparison.Ordinal);
        Assert.True(start >= 0 && end > start, $"{path} has no place for the table '{name}'.");
        var expected = document[..(start + opening.Length)] + "\n\n" + table + "\n" + document[end..];
        if (Environment.GetEnvironmentVariable("GOLDEN_ACCEPT") == "1")
        {
            File.WriteAllText(path, expected);
        }

        Assert.Equal(expected, File.ReadAllText(path));
    }
}
