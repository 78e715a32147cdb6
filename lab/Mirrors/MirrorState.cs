using System.Collections.Concurrent;

namespace Infra.Lab.Mirrors;

/// <summary>Current state of a mirror: its faults, remaining counts, and active requests.</summary>
internal sealed class MirrorState(MirrorKind kind, TimeProvider clock) : IDisposable
{
    /// <summary>
    /// Smaller bodies are listings, tokens and manifests: they are neither truncated nor affected by a corruption of <c>*</c>.
    /// </summary>
    public const long Large = 16 << 10;

    private readonly ConcurrentDictionary<Exchange, byte> _active = new();
    private readonly Lock _lock = new();
    private volatile MirrorFaults _faults = MirrorFaults.None;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _cutsLeft;
    private int _corruptionsLeft;
    private int _refusals;
    private Random _chance = new(0);

    public MirrorKind Kind => kind;

    public MirrorFaults Faults => _faults;

    public Throttle Throttle { get; } = new(clock);

    public TimeProvider Clock => clock;

    /// <summary>Applies new settings. Counts continue if their record is unchanged.</summary>
    public void Apply(MirrorFaults faults)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            if (faults == _faults)
            {
                return;
            }

            if (faults.Cut != _faults.Cut)
            {
                _cutsLeft = faults.Cut?.Times ?? 0;
            }

            if (faults.Refuse != _faults.Refuse)
            {
                (_refusals, _chance) = (0, new(faults.Refuse?.Seed ?? 0));
            }

            if (faults.Corrupt != _faults.Corrupt)
            {
                _corruptionsLeft = faults.Corrupt?.Times ?? 0;
            }

            _faults = faults;
            Throttle.BytesPerSecond = faults.BytesPerSecond;
            (changed, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        changed.TrySetResult();
        if (faults.Down)
        {
            foreach (var exchange in _active.Keys)
            {
                exchange.Reset();
            }
        }
    }

    /// <summary>Counts an active request; resets its connection if the mirror is down.</summary>
    public void Enter(Exchange exchange)
    {
        _active[exchange] = 0;
        if (_faults.Down)
        {
            exchange.Reset();
        }
    }

    public void Leave(Exchange exchange) => _active.TryRemove(exchange, out _);

    /// <summary>Returns when the mirror does not hang.</summary>
    public async ValueTask PassAsync(CancellationToken cancel)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (!_faults.Hang)
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancel);
        }
    }

    /// <summary>Number of bytes after which this response is truncated; null: not truncated. Updates the count.</summary>
    public long? TakeCut(long length)
    {
        lock (_lock)
        {
            if (_faults.Cut is { } cut && _cutsLeft > 0 && length >= Large && length > cut.AfterBytes)
            {
                _cutsLeft--;
                return cut.AfterBytes;
            }

            return null;
        }
    }

    /// <summary>Status with which this request is refused; null: not refused. Updates the count.</summary>
    public int? TakeRefusal(MirrorSite site)
    {
        lock (_lock)
        {
            if (_faults.Refuse is not { } refuse || (refuse.At != MirrorPart.All && refuse.At != MirrorSites.PartOf(site))
                || _refusals >= refuse.Times
                || (refuse.Rate is { } rate && _chance.NextDouble() >= rate))
            {
                return null;
            }

            return refuse.Statuses[_refusals++ % refuse.Statuses.Count];
        }
    }

    /// <summary>Whether this response is corrupted. Updates the count.</summary>
    public bool TakeCorruption(string name, long length)
    {
        lock (_lock)
        {
            if (_faults.Corrupt is { } corrupt && _corruptionsLeft > 0 && length > 0
                && (corrupt.File == "*" ? length >= Large : corrupt.File == name))
            {
                _corruptionsLeft--;
                return true;
            }

            return false;
        }
    }

    public void Dispose() => Throttle.Dispose();
}
