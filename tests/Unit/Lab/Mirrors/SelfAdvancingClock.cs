using Microsoft.Extensions.Time.Testing;

namespace Infra.Tests.Unit.Lab.Mirrors;

/// <summary>A clock that jumps to each timer as it is set, late by as much as a test wants: waiting takes no time.</summary>
internal sealed class SelfAdvancingClock(Func<TimeSpan>? lateness = null) : FakeTimeProvider
{
    internal TimeSpan Elapsed => GetUtcNow() - Start;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > TimeSpan.Zero)
        {
            Advance(dueTime + (lateness?.Invoke() ?? TimeSpan.Zero));
            dueTime = TimeSpan.Zero;
        }

        return base.CreateTimer(callback, state, dueTime, period);
    }
}
