namespace Infra.Lab.DigitalOcean.Account;

/// <summary>Waits by a clock.</summary>
internal static class Clocks
{
    // A timer has 49 days at most.
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    /// <summary>Waits until a time, however far away.</summary>
    public static async Task UntilAsync(this TimeProvider clock, DateTimeOffset time, CancellationToken cancel)
    {
        while (time - clock.GetUtcNow() is { Ticks: > 0 } left)
        {
            await Task.Delay(left < s_longest ? left : s_longest, clock, cancel);
        }
    }
}
