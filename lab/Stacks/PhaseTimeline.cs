using System.Globalization;
using System.Text.Json;
using Infra.Cli.CommandLine;

namespace Infra.Lab.Stacks;

/// <summary>An event of a node's phase timeline: a phase started, ended or failed.</summary>
/// <param name="Phase">Its unit, without <c>inference-</c>.</param>
/// <param name="Event"><c>start</c>, <c>end</c>, <c>stop</c> or <c>failed</c>.</param>
/// <param name="MonotonicSeconds">Monotonic time, which a wrong date does not affect.</param>
/// <param name="Boot">Boot id of the node.</param>
internal sealed record PhaseEvent(string Phase, string Event, double MonotonicSeconds, string Boot);

/// <summary>Duration of a phase.</summary>
/// <param name="Phase">Its name.</param>
/// <param name="Start">Seconds from the first event of the boot.</param>
/// <param name="End">The same; null while it is running.</param>
/// <param name="Failed">Whether it failed.</param>
internal sealed record TimelinePhase(string Phase, double Start, double? End, bool Failed);

/// <summary>The phase timeline of a node: JSON, one event per line.</summary>
internal static class PhaseTimeline
{
    /// <summary>Path on a node.</summary>
    public const string Path = "/var/lib/inference/timeline/events.jsonl";

    private const string Engine = "vllm";
    private const int LongestWord = 40;
    private const double SameTime = 10;
    private const double MostSeconds = 1e12;
    private const string Probe = "ready";

    /// <summary>The events, without incomplete lines.</summary>
    public static IReadOnlyList<PhaseEvent> Parse(string text)
    {
        var events = new List<PhaseEvent>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                var json = JsonDocument.Parse(line).RootElement;
                string Text(string member) =>
                    Printable.Line(json.GetProperty(member).GetString() ?? throw new JsonException(member), LongestWord);
                var entry = new PhaseEvent(Text("phase"), Text("event"), json.GetProperty("monotonicSeconds").GetDouble(), Text("boot"));
                if (entry.MonotonicSeconds is >= 0 and <= MostSeconds && entry.Phase.Length > 0
                    && entry.Phase.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter == '-'))
                {
                    events.Add(entry);
                }
            }
            catch (Exception exception)
                when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
            {
                // Truncated, or not written by a node.
            }
        }

        return events;
    }

    /// <summary>
    /// The phases of the latest boot in order of their last start. A change of settings restarts some of them: an end event belongs to the
    /// latest start, never to an earlier one.
    /// </summary>
    public static IReadOnlyList<TimelinePhase> Phases(IReadOnlyList<PhaseEvent> events)
    {
        if (events.Count == 0)
        {
            return [];
        }

        // A clock that goes back means another boot, whatever its id; concurrent units may differ by moments.
        var first = events.Count - 1;
        while (first > 0 && events[first - 1].Boot == events[^1].Boot
            && events[first - 1].MonotonicSeconds <= events[first].MonotonicSeconds + SameTime)
        {
            first--;
        }

        var latest = events.Skip(first).OrderBy(entry => entry.MonotonicSeconds).ToArray();
        var began = latest[0].MonotonicSeconds;
        var phases = new Dictionary<string, TimelinePhase>(StringComparer.Ordinal);
        foreach (var entry in latest)
        {
            var at = entry.MonotonicSeconds - began;
            if (entry.Event == "start")
            {
                phases[entry.Phase] = new TimelinePhase(entry.Phase, at, null, false);
            }
            else if (phases.TryGetValue(entry.Phase, out var phase))
            {
                phases[entry.Phase] = phase with { End = phase.End ?? at, Failed = phase.Failed || entry.Event == "failed" };
            }

            // The engine keeps running; its start ends when it has answered.
            if (entry is { Phase: Probe, Event: "end" } && phases.TryGetValue(Engine, out var engine) && engine.End is null)
            {
                phases[Engine] = engine with { End = at };
            }
        }

        return [.. phases.Values.OrderBy(phase => phase.Start)];
    }

    /// <summary>A line for terminals: <c>packages 12.1 s, weights 3.0 s ...</c></summary>
    public static string Line(IReadOnlyList<TimelinePhase> phases, double? nowSeconds = null) =>
        string.Join(", ", phases.Select(phase => phase switch
    {
        { Failed: true } => $"{phase.Phase} failed",
        { End: { } end } => string.Create(CultureInfo.InvariantCulture, $"{phase.Phase} {end - phase.Start:0.0} s"),
        _ when nowSeconds is { } now =>
            string.Create(CultureInfo.InvariantCulture, $"{phase.Phase} ... {Math.Max(0, now - phase.Start):0} s"),
        _ => $"{phase.Phase} ...",
    }));
}
