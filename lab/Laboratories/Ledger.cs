using System.Globalization;
using System.Text.Json;
using Infra.Cli.CommandLine;

namespace Infra.Lab.Laboratories;

/// <summary>An event of a node's ledger: a phase of its bring-up started, ended or failed.</summary>
/// <param name="Phase">Its unit, without <c>inference-</c>.</param>
/// <param name="Event"><c>start</c>, <c>end</c>, <c>stop</c> or <c>failed</c>.</param>
/// <param name="MonotonicSeconds">On the machine's clock that a wrong date leaves alone.</param>
/// <param name="Boot">Which boot of the node it was.</param>
internal sealed record LedgerEvent(string Phase, string Event, double MonotonicSeconds, string Boot);

/// <summary>How long a phase took.</summary>
/// <param name="Phase">Its name.</param>
/// <param name="Start">Seconds from the first event of the boot.</param>
/// <param name="End">The same; null while it is under way.</param>
/// <param name="Failed">Whether it ended in failure.</param>
internal sealed record LedgerPhase(string Phase, double Start, double? End, bool Failed);

/// <summary>What a node wrote of its bring-up: JSON, an event a line.</summary>
internal static class Ledger
{
    /// <summary>Where a node keeps it.</summary>
    public const string Path = "/var/lib/inference/timeline/events.jsonl";

    private const string Engine = "vllm";
    private const int LongestWord = 40;
    private const double SameTime = 10;
    private const double MostSeconds = 1e12;
    private const string Proof = "ready";

    /// <summary>The events; a line that is being written is left out.</summary>
    public static IReadOnlyList<LedgerEvent> Parse(string text)
    {
        var events = new List<LedgerEvent>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                var json = JsonDocument.Parse(line).RootElement;
                string Text(string member) =>
                    Printable.Line(json.GetProperty(member).GetString() ?? throw new JsonException(member), LongestWord);
                var entry = new LedgerEvent(Text("phase"), Text("event"), json.GetProperty("monotonicSeconds").GetDouble(), Text("boot"));
                if (entry.MonotonicSeconds is >= 0 and <= MostSeconds && entry.Phase.Length > 0
                    && entry.Phase.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter == '-'))
                {
                    events.Add(entry);
                }
            }
            catch (Exception exception)
                when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
            {
                // Cut in the middle, or not what a node writes.
            }
        }

        return events;
    }

    /// <summary>
    /// The phases of the latest boot in the order of their last start. A change of settings starts some of them again: what an event ends
    /// is what started last, and never what had ended before.
    /// </summary>
    public static IReadOnlyList<LedgerPhase> Phases(IReadOnlyList<LedgerEvent> events)
    {
        if (events.Count == 0)
        {
            return [];
        }

        // A clock that goes back is another boot's, whatever its name: units that write at once differ by moments.
        var first = events.Count - 1;
        while (first > 0 && events[first - 1].Boot == events[^1].Boot
            && events[first - 1].MonotonicSeconds <= events[first].MonotonicSeconds + SameTime)
        {
            first--;
        }

        var latest = events.Skip(first).OrderBy(entry => entry.MonotonicSeconds).ToArray();
        var began = latest[0].MonotonicSeconds;
        var phases = new Dictionary<string, LedgerPhase>(StringComparer.Ordinal);
        foreach (var entry in latest)
        {
            var at = entry.MonotonicSeconds - began;
            if (entry.Event == "start")
            {
                phases[entry.Phase] = new LedgerPhase(entry.Phase, at, null, false);
            }
            else if (phases.TryGetValue(entry.Phase, out var phase))
            {
                phases[entry.Phase] = phase with { End = phase.End ?? at, Failed = phase.Failed || entry.Event == "failed" };
            }

            // The engine goes on; its start is over when it has answered.
            if (entry is { Phase: Proof, Event: "end" } && phases.TryGetValue(Engine, out var engine) && engine.End is null)
            {
                phases[Engine] = engine with { End = at };
            }
        }

        return [.. phases.Values.OrderBy(phase => phase.Start)];
    }

    /// <summary>A line for people: <c>packages 12.1 s, weights 3.0 s ...</c></summary>
    public static string Line(IReadOnlyList<LedgerPhase> phases, double? nowSeconds = null) => string.Join(", ", phases.Select(phase => phase switch
    {
        { Failed: true } => $"{phase.Phase} failed",
        { End: { } end } => string.Create(CultureInfo.InvariantCulture, $"{phase.Phase} {end - phase.Start:0.0} s"),
        _ when nowSeconds is { } now => string.Create(CultureInfo.InvariantCulture, $"{phase.Phase} ... {Math.Max(0, now - phase.Start):0} s"),
        _ => $"{phase.Phase} ...",
    }));
}
