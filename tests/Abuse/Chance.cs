using System.Globalization;

namespace Infra.Tests.Abuse;

/// <summary>
/// The chance that an adversary takes: repeatable. A failure prints its seed, and <c>ABUSE_SEED=seed ./infra test abuse</c> does the same
/// again; without one each day has its own.
/// </summary>
internal static class Chance
{
    /// <summary>Seed of this run.</summary>
    public static int Seed { get; } = int.TryParse(
        Environment.GetEnvironmentVariable("ABUSE_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
        ? seed : DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().Date).DayNumber;

    /// <summary>Duration of tests with a time limit: <c>ABUSE_MINUTES</c>, or an hour.</summary>
    public static TimeSpan Duration { get; } = TimeSpan.FromMinutes(
        int.TryParse(Environment.GetEnvironmentVariable("ABUSE_MINUTES"), NumberStyles.None, CultureInfo.InvariantCulture, out var minutes)
            ? minutes : 60);

    /// <summary>Random numbers for one purpose: a seed gives the same numbers, whatever other tests draw.</summary>
    public static Random For(string purpose) => new(unchecked(purpose.Aggregate(Seed, static (hash, letter) => hash * 31 + letter)));

    /// <summary>Runs something; a failure names the seed that reproduces it.</summary>
    public static async Task WithSeedAsync(string what, Func<Random, Task> act)
    {
        try
        {
            await act(For(what));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{what}: again with ABUSE_SEED={Seed} ./infra test abuse", failure);
        }
    }
}
