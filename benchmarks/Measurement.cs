using System.Diagnostics;
using System.Text.Json;

namespace Infra.Benchmarks;

/// <summary>
/// Seconds from the start of <c>Main</c>, peak memory of the process, and how many resources were declared, as one line of JSON.
/// </summary>
internal static class Measurement
{
    private const double BytesPerMB = 1e6;

    public static async Task<int> RunAsync(Func<Task<int>> program)
    {
        var clock = Stopwatch.StartNew();
        var resources = await program();
        var seconds = clock.Elapsed.TotalSeconds;
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(JsonSerializer.Serialize(new { resources, seconds, peakMB = process.PeakWorkingSet64 / BytesPerMB }));
        return 0;
    }

    public static int Usage()
    {
        Console.Error.WriteLine("usage: Infra.Benchmarks stack|bare NODES");
        return 1;
    }
}
