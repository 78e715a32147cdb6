using Infra.Planning.Catalog;
using Infra.Planning.Sizing;

namespace Infra.Tests.Unit.Sizing;

/// <summary>The error of each class, computed from the observations.</summary>
internal static class SizingClasses
{
    private static readonly Observations All = Observations.Load();

    /// <summary>One row for each class with a log, in the order of the enums.</summary>
    public static IReadOnlyList<SizingClass> Measure() =>
        [.. Logged().GroupBy(row => Key(All.ClassOf(row))).OrderBy(rows => rows.Key).Select(rows => Of(rows.Key, [.. rows]))];

    /// <summary>Plans of the class whose promise, the tokens after the margin, was more than the log.</summary>
    public static int Promised(SizingClass measured) => Logged()
        .Where(row => Key(All.ClassOf(row)) == Key(measured))
        .Count(row => All.Plan(row) is var plan && plan.KvGiB - plan.MarginGiB > LoggedGiB(row, plan));

    /// <summary>Starts whose card was not shared and whose cache is no remainder.</summary>
    private static IEnumerable<Observation> Logged() => All.Rows.Where(row => row.Fits && row.Group is not ("shared" or "tiny"));

    private static (SizingFamily, GpuVendor, SizingLayout) Key(SizingClass row) => (row.Family, row.Vendor, row.Layout);

    private static SizingClass Of(
        (SizingFamily Family, GpuVendor Vendor, SizingLayout Layout) key, IReadOnlyList<Observation> rows)
    {
        var errors = rows.Select(row => 100 * Math.Abs(ObservationTests.Error(row))).Order().ToList();
        return new SizingClass
        {
            Family = key.Family,
            Vendor = key.Vendor,
            Layout = key.Layout,
            Logs = rows.Count,
            NewestEngine = rows.Select(row => row.Engine).MaxBy(Version.Parse),
            MedianErrorPercent = Math.Round((errors[(errors.Count - 1) / 2] + errors[errors.Count / 2]) / 2, 1),
            LargestErrorPercent = Math.Round(errors[^1], 1),
            LargestExcessShare = Math.Round(Math.Max(0, rows.Max(Excess)), 4),
            Source = "tests/Unit/Sizing/observations.json",
            SourceDate = rows.Max(row => row.SourceDate),
        };
    }

    private static double Excess(Observation row)
    {
        var plan = All.Plan(row);
        return (plan.KvGiB - LoggedGiB(row, plan) - MemoryBudget.SafetyMarginGiB) / (plan.WeightsGiB + plan.OverheadGiB);
    }

    private static double LoggedGiB(Observation row, MemoryPlan plan) => row.KvGiB ?? Gib.Of(row.KvTokens!.Value * plan.KvBytesPerToken);
}
