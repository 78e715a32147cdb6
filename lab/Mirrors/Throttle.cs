namespace Infra.Lab.Mirrors;

/// <summary>
/// The shared bandwidth of a mirror. Schedules time slots instead of tokens: each piece takes a slot of its length, and later pieces
/// compensate for late timers, so the average rate is exact. Connections take turns in order of arrival.
/// </summary>
internal sealed class Throttle(TimeProvider clock) : IDisposable
{
    /// <summary>Largest piece, bytes.</summary>
    public const int Piece = 64 << 10;

    // Idle time is not compensated.
    private static readonly TimeSpan MostLate = TimeSpan.FromMilliseconds(200);

    // Timers have this resolution: pieces may be early by that much.
    private static readonly TimeSpan Finest = TimeSpan.FromMilliseconds(1);

    private readonly SemaphoreSlim _turn = new(1);
    private volatile State _state = new(null);
    private long _free = clock.GetTimestamp();

    /// <summary>Bytes per second; null: no limit. May change at any time.</summary>
    public long? BytesPerSecond
    {
        get => _state.Rate;
        set
        {
            var before = _state;
            if (before.Rate != value)
            {
                _state = new(value);
                before.Changed.TrySetResult();
            }
        }
    }

    /// <summary>Bytes to request at once: a tenth of a second, at most <see cref="Piece"/>, so that slow transfers flow, too.</summary>
    public int Portion => (int)Math.Clamp((BytesPerSecond ?? long.MaxValue) / 10, 512, Piece);

    /// <summary>Returns when the bytes may be sent.</summary>
    public async ValueTask TakeAsync(int bytes, CancellationToken cancel)
    {
        if (BytesPerSecond is null)
        {
            return;
        }

        await _turn.WaitAsync(cancel);
        try
        {
            await HoldAsync(bytes, cancel);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async ValueTask HoldAsync(double bytes, CancellationToken cancel)
    {
        var now = clock.GetTimestamp();
        if (clock.GetElapsedTime(_free, now) > MostLate)
        {
            _free = now;
        }

        while (_state is { Rate: { } rate } state)
        {
            var from = _free;
            var until = from + (long)(bytes / rate * clock.TimestampFrequency);
            var changed = false;
            while (!changed && clock.GetElapsedTime(clock.GetTimestamp(), until) is var wait && wait >= Finest)
            {
                changed = await WaitAsync(wait, state, cancel);
            }

            if (!changed)
            {
                _free = until;
                return;
            }

            // Bytes due at the old rate count as sent; the rest uses the new rate.
            now = Math.Max(clock.GetTimestamp(), from);
            bytes = Math.Max(0, bytes - (clock.GetElapsedTime(from, now).TotalSeconds * rate));
            _free = now;
        }
    }

    private async ValueTask<bool> WaitAsync(TimeSpan wait, State state, CancellationToken cancel)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var delay = Task.Delay(wait, clock, ended.Token);
        var first = await Task.WhenAny(delay, state.Changed.Task);
        await ended.CancelAsync();
        cancel.ThrowIfCancellationRequested();
        return first != delay;
    }

    private sealed class State(long? rate)
    {
        public long? Rate { get; } = rate;

        public TaskCompletionSource Changed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
