using System.Globalization;

namespace Infra.Lab.Benches;

/// <summary>One boot: seconds from the Droplet's creation to the first answer, and the phases on the way.</summary>
internal sealed record BootRun(double Seconds, IReadOnlyDictionary<string, BootPhase> Phases);

/// <param name="Start">Seconds from the Droplet's creation.</param>
/// <param name="End">The same.</param>
internal sealed record BootPhase(double Start, double End)
{
    public double Seconds => End - Start;
}

/// <summary>The clock of a node's phase timeline: the monotonic clock of this machine.</summary>
internal static class MachineClock
{
    public static double Now()
    {
        var text = File.ReadAllText("/proc/uptime");
        return double.Parse(text[..text.IndexOf(' ', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
    }
}
