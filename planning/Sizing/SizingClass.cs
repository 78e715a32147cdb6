using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Infra.Planning.Catalog;
using Infra.Planning.Reading;

namespace Infra.Planning.Sizing;

/// <summary>What decides how a model's memory is used: its attention and its feed-forward blocks.</summary>
public enum SizingFamily
{
    Dense,
    Experts,
    LatentAttention,
}

/// <summary>How the GPUs share it.</summary>
public enum SizingLayout
{
    /// <summary>One GPU, or copies on one GPU each.</summary>
    OneGpu,

    /// <summary>A split over GPUs with NVLink or its like.</summary>
    Split,

    /// <summary>A split over GPUs on PCIe.</summary>
    SplitOnPcie,

    /// <summary>Copies of the attention, with experts spread over all GPUs.</summary>
    SpreadExperts,
}

/// <summary>
/// The measured error of a class of plans against vLLM's logs, and the margin that follows from it. The rows of
/// <c>Catalog/data/sizing-classes.json</c> are computed from the observations of the tests, which compare them.
/// </summary>
public sealed record SizingClass
{
    /// <summary>Least margin, as a share of weights and overhead: the error of the constants.</summary>
    public const double LeastShare = 0.02;

    /// <summary>The margin of a class that has few logs, or none of the runner of the engine.</summary>
    public const double FewLogsShare = 0.04;

    /// <summary>The margin of a class without a log.</summary>
    public const double NoLogShare = 0.05;

    /// <summary>Logs below which a class has few.</summary>
    public const int Few = 3;

    private static readonly Lazy<IReadOnlyList<SizingClass>> s_measured = new(Load);

    public required SizingFamily Family { get; init; }
    public required GpuVendor Vendor { get; init; }
    public required SizingLayout Layout { get; init; }

    /// <summary>Starts that were logged.</summary>
    public required int Logs { get; init; }

    /// <summary>Newest release with a log; null: none.</summary>
    public required string? NewestEngine { get; init; }

    /// <summary>Median of the errors of the KV cache without their signs, in percent; null: no log.</summary>
    public required double? MedianErrorPercent { get; init; }

    /// <summary>Largest error, likewise.</summary>
    public required double? LargestErrorPercent { get; init; }

    /// <summary>
    /// Most that a plan had more than the log, beyond <see cref="MemoryBudget.SafetyMarginGiB"/>, as a share of its weights and overhead.
    /// </summary>
    public required double LargestExcessShare { get; init; }

    /// <summary>Source of the logs.</summary>
    public required string Source { get; init; }

    /// <summary>Date of the newest log: a day, or a month if the day is unknown; null: none.</summary>
    public required string? SourceDate { get; init; }

    /// <summary>All classes with a log.</summary>
    internal static IReadOnlyList<SizingClass> Measured => s_measured.Value;

    /// <summary>The class of a plan.</summary>
    internal static SizingClass Of(Architecture architecture, GpuVendor vendor, Layout layout, bool fastInterconnect)
    {
        var family = architecture.Mla is not null ? SizingFamily.LatentAttention
            : architecture.Moe is not null ? SizingFamily.Experts : SizingFamily.Dense;
        var sharing = layout.Together(architecture) == 1 ? SizingLayout.OneGpu
            : layout.DataParallel > 1 && architecture.Moe is not null ? SizingLayout.SpreadExperts
            : fastInterconnect ? SizingLayout.Split : SizingLayout.SplitOnPcie;
        return Measured.FirstOrDefault(row => (row.Family, row.Vendor, row.Layout) == (family, vendor, sharing)) ?? new SizingClass
        {
            Family = family,
            Vendor = vendor,
            Layout = sharing,
            Logs = 0,
            NewestEngine = null,
            MedianErrorPercent = null,
            LargestErrorPercent = null,
            LargestExcessShare = 0,
            Source = "no log is known",
            SourceDate = null,
        };
    }

    /// <summary>The margin for an engine, as a share of weights and overhead.</summary>
    internal double MarginShare(EngineMemory engine)
    {
        var least = Logs == 0 ? NoLogShare : Logs < Few || !IsLoggedOn(engine) ? FewLogsShare : LeastShare;

        // Half as much again: the next start may be worse than all so far.
        return Math.Max(least, 1.5 * LargestExcessShare);
    }

    /// <summary>The class and its measured error in a few words: what the margin follows from.</summary>
    internal string Describe(EngineMemory engine)
    {
        var family = Family switch
        {
            SizingFamily.Dense => "dense",
            SizingFamily.Experts => "mixture of experts",
            _ => "latent attention",
        };
        var card = Vendor == GpuVendor.Amd ? "AMD" : "NVIDIA";
        var layout = Layout switch
        {
            SizingLayout.OneGpu => $"one {card} GPU",
            SizingLayout.Split => $"several {card} GPUs",
            SizingLayout.SplitOnPcie => $"several {card} GPUs on PCIe",
            _ => $"{card} GPUs, experts spread",
        };
        var measured = Logs == 0
            ? "no log to compare with"
            : string.Create(CultureInfo.InvariantCulture, $"{Logs} {(Logs == 1 ? "log" : "logs")}, median error {MedianErrorPercent:0.0} %")
                + (IsLoggedOn(engine) ? "" : $", none newer than vLLM {NewestEngine}");
        return $"{family} on {layout}: {measured}";
    }

    private bool IsLoggedOn(EngineMemory engine) => NewestEngine is { } newest && EngineMemory.For(newest).From >= engine.From;

    private static IReadOnlyList<SizingClass> Load()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("catalog/sizing-classes.json")!;
        using var document = JsonDocument.Parse(stream);
        return [.. document.RootElement.EnumerateArray().Select(RecordBuilder.Build<SizingClass>)];
    }
}
