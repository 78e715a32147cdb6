using System.Diagnostics;
using System.Globalization;

namespace Infra.Tests.Unit.Config;

/// <summary>CPU time of this thread, which other work does not lengthen. On systems other than Linux, the elapsed time.</summary>
internal static class ThreadTime
{
    // The first number is the thread's time on a CPU, in nanoseconds.
    private const string Schedule = "/proc/thread-self/schedstat";

    public static TimeSpan Now => File.Exists(Schedule)
        ? TimeSpan.FromMicroseconds(long.Parse(File.ReadAllText(Schedule).Split(' ')[0], CultureInfo.InvariantCulture) / 1000.0)
        : Stopwatch.GetElapsedTime(0);
}
