namespace Infra.Tests.Unit.Lab.Mirrors;

/// <summary>A clock that jumps to each timer as it is set, late by as much as a test wants: waiting takes no time.</summary>
internal sealed class SelfAdvancingClock(Func<TimeSpan>? lateness = null) : TimeProvider
{
    private long _ticks = TimeSpan.TicksPerDay;

    internal TimeSpan Elapsed => TimeSpan.FromTicks(_ticks - TimeSpan.TicksPerDay);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > TimeSpan.Zero)
        {
            Advance(dueTime + (lateness?.Invoke() ?? TimeSpan.Zero));
        }

        if (dueTime >= TimeSpan.Zero)
        {
            ThreadPool.QueueUserWorkItem(_ => callback(state));
        }

        return new Fired();
    }

    internal void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

    private sealed class Fired : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}

/// <summary>A clock that only a test advances.</summary>
internal sealed class StandingClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Pending> _timers = [];
    private TimeSpan _now = TimeSpan.FromDays(1);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_lock)
        {
            return _now.Ticks;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Pending(() => callback(state));
        lock (_lock)
        {
            timer.At = _now + dueTime;
            _timers.Add(timer);
        }

        return timer;
    }

    internal void Advance(TimeSpan by)
    {
        List<Pending> due;
        lock (_lock)
        {
            _now += by;
            due = _timers.Where(timer => timer.At <= _now).ToList();
            _timers.RemoveAll(due.Contains);
        }

        due.ForEach(timer => timer.Fire());
    }

    private sealed class Pending(Action fire) : ITimer
    {
        private bool _disposed;

        internal TimeSpan At { get; set; }

        internal void Fire()
        {
            if (!_disposed)
            {
                fire();
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose() => _disposed = true;

        public ValueTask DisposeAsync()
        {
            _disposed = true;
            return default;
        }
    }
}
