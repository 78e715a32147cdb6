using System.Globalization;

namespace Infra.Lab.Benches;

/// <summary>Output of <c>bench boot --json</c>. Seconds are medians over the rounds.</summary>
/// <param name="Rounds">Boots of each kind.</param>
/// <param name="Load">Load average of this machine over a minute, at start and end.</param>
/// <param name="Parameters">The parameters.</param>
/// <param name="Ours">This project.</param>
/// <param name="Tutorial">The tutorial's steps.</param>
/// <param name="LimitSeconds">The slower of the two downloads at line rate, without anything else.</param>
/// <param name="RatioToTutorial">Our boot time divided by the tutorial's, without the engine's own time, which no boot can save.</param>
/// <param name="RatioToLimit">Our boot time divided by the limit.</param>
/// <param name="RatioToTutorialWithEngine">The first ratio, including the engine's time.</param>
/// <param name="RatioToLimitWithEngine">The second ratio, including the engine's time.</param>
internal sealed record BootReport(
    int Rounds, IReadOnlyList<double> Load, BootParameters Parameters, BootSide Ours, BootSide Tutorial, double LimitSeconds,
    double RatioToTutorial, double RatioToLimit, double RatioToTutorialWithEngine, double RatioToLimitWithEngine)
{
    public static BootReport Of(BootParameters parameters, IReadOnlyList<BootRun> ours, IReadOnlyList<BootRun> tutorial,
        IReadOnlyList<double> load)
    {
        var (us, them) = (BootSide.Of(ours), BootSide.Of(tutorial));
        var engine = parameters.EngineSeconds;
        return new BootReport(
            ours.Count, load, parameters, us, them, Math.Round(parameters.LimitSeconds, 1),
            Math.Round((us.Seconds - engine) / (them.Seconds - engine), 3), Math.Round((us.Seconds - engine) / parameters.LimitSeconds, 3),
            Math.Round(us.Seconds / them.Seconds, 3), Math.Round(us.Seconds / parameters.LimitSeconds, 3));
    }
}

/// <param name="Seconds">From the Droplet's creation to the first answer.</param>
/// <param name="Fastest">Of the rounds.</param>
/// <param name="Slowest">Of the rounds.</param>
/// <param name="Phases">By name, in the order of their starts.</param>
internal sealed record BootSide(double Seconds, double Fastest, double Slowest, IReadOnlyDictionary<string, BootPhase> Phases)
{
    public static BootSide Of(IReadOnlyList<BootRun> runs) => new(
        Median(runs.Select(run => run.Seconds)), Math.Round(runs.Min(run => run.Seconds), 2), Math.Round(runs.Max(run => run.Seconds), 2),
        runs.SelectMany(run => run.Phases)
            .GroupBy(phase => phase.Key, StringComparer.Ordinal)
            .Select(phase =>
                (phase.Key, Value: new BootPhase(Median(phase.Select(one => one.Value.Start)), Median(phase.Select(one => one.Value.End)))))
            .OrderBy(phase => phase.Value.Start)
            .ToDictionary(phase => phase.Key, phase => phase.Value));

    private static double Median(IEnumerable<double> values) => Math.Round(Samples.Median(values), 2);
}

/// <summary>Statistics of measurements.</summary>
internal static class Samples
{
    /// <summary>Median; NaN without values.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Number of processes that wanted to run in the last minute.</summary>
    public static double Load() => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);
}
