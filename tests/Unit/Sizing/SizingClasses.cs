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

    /// <summary>
    /// Each source of a class, held out: the error of its logs, and the margin that the other sources alone would give. Promises with that
    /// margin that the logs did not have are the measure of how far a margin carries to a source that it has not seen.
    /// </summary>
    public static IReadOnlyList<HeldOut> HoldOut() =>
    [
        .. from rows in Logged().GroupBy(row => Key(All.ClassOf(row))).OrderBy(rows => rows.Key)
           from source in rows.GroupBy(row => ShortOf(row.Source)).OrderBy(source => source.Key, StringComparer.Ordinal)
           select HoldOut(rows.Key, source.Key, [.. source], [.. rows.Where(row => ShortOf(row.Source) != source.Key)]),
    ];

    private static HeldOut HoldOut((SizingFamily Family, GpuVendor Vendor, SizingLayout Layout) key, string source,
        IReadOnlyList<Observation> held, IReadOnlyList<Observation> others)
    {
        var rest = others.Count > 0 ? Of(key, others) : null;
        var shares = held.Select(row => rest?.MarginShare(EngineMemory.For(row.Engine)) ?? SizingClass.NoLogShare).ToList();
        var promised = held.Zip(shares).Count(pair => All.Plan(pair.First) is var plan
            && plan.KvGiB - MemoryBudget.SafetyMarginGiB - (pair.Second * (plan.WeightsGiB + plan.OverheadGiB))
                > LoggedGiB(pair.First, plan));
        var own = Of(key, held);
        return new(own, source, !Untouched.Contains(source), shares.Max(), promised);
    }

    /// <summary>Sources that gave no constant (the table of constants in docs/sizing.md): their logs were only compared.</summary>
    private static readonly string[] Untouched =
    [
        "LMCache documentation, FAQ", "llm-d-planner d3121e0, results_raw.csv", "public home-lab report",
        "public repository, qwen2.5-14b-h100",
    ];

    private static string ShortOf(string source) => source switch
    {
        _ when source.StartsWith("LMCache", StringComparison.Ordinal) => Untouched[0],
        _ when source.Contains("results_raw.csv", StringComparison.Ordinal) => Untouched[1],
        _ when source.StartsWith("public home-lab report", StringComparison.Ordinal) => Untouched[2],
        _ when source.Contains("qwen2.5-14b-h100", StringComparison.Ordinal) => Untouched[3],
        _ when source.Contains("accuracy_report.md", StringComparison.Ordinal) => "llm-d-planner, accuracy_report.md",
        _ when source.Contains("empirical-vllm-memory-results.md", StringComparison.Ordinal) =>
            "llm-d-benchmark, empirical-vllm-memory-results.md",
        _ => source.Split(';', ',')[0],
    };

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

/// <summary>A source of a class, held out.</summary>
/// <param name="Error">The errors of its logs.</param>
/// <param name="Source">Its name.</param>
/// <param name="GaveConstants">Whether a constant of the formulas was read from it.</param>
/// <param name="MarginShare">The margin that the other sources of the class give, as a share of weights and overhead.</param>
/// <param name="Promised">Its logs that had less than the plan promises with that margin.</param>
internal sealed record HeldOut(SizingClass Error, string Source, bool GaveConstants, double MarginShare, int Promised);
