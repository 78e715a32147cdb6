using Microsoft.Extensions.Time.Testing;

namespace Infra.Tests.Unit.Lab.Provider;

/// <summary>Runs during which time passes on a clock that no one else moves.</summary>
internal static class PassingTime
{
    /// <param name="clock">The clock of the account.</param>
    /// <param name="step">How far it goes at a time.</param>
    /// <param name="run">The run.</param>
    /// <param name="when">Whether time may pass now. Default: always.</param>
    public static async Task<Run> DuringAsync(this FakeTimeProvider clock, TimeSpan step, Func<Task<Run>> run, Func<bool>? when = null)
    {
        // On another thread: the official SDK begins the program, and waits for its first answers, before it returns.
        var running = Task.Run(run, TestContext.Current.CancellationToken);
        while (!running.IsCompleted)
        {
            if (when?.Invoke() != false)
            {
                clock.Advance(step);
            }
            await Task.WhenAny(running, Task.Delay(1, TestContext.Current.CancellationToken));
        }
        return await running;
    }
}
