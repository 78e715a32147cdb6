using System.Collections.Concurrent;

namespace Infra.Lab.Mirrors;

/// <summary>One mirror as it is now: its faults, what is left of those that are counted, and the requests that are being answered.</summary>
internal sealed class MirrorState(MirrorKind kind, TimeProvider clock) : IDisposable
{
    /// <summary>Bodies below this are listings, tokens and manifests: they are neither cut nor hit by a corruption of <c>*</c>.</summary>
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

    /// <summary>From now on these hold. Counts that are under way go on where their record is the same.</summary>
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

    /// <summary>Counts a request as being answered; where the mirror is down, its connection is reset.</summary>
    public void Enter(Exchange exchange)
    {
        _active[exchange] = 0;
        if (_faults.Down)
        {
            exchange.Reset();
        }
    }

    public void Leave(Exchange exchange) => _active.TryRemove(exchange, out _);

    /// <summary>Ends when the mirror does not hang.</summary>
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

    /// <summary>After how many bytes this answer has to break off; null: it does not. Counts.</summary>
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

    /// <summary>The status with which this answer has to be refused; null: it is a real one. Counts.</summary>
    public int? TakeRefusal(MirrorSite site)
    {
        lock (_lock)
        {
            if (_faults.Refuse is not { } refuse || (refuse.At != MirrorPart.All && refuse.At != MirrorSites.PartOf(site)) || _refusals >= refuse.Times
                || (refuse.Rate is { } rate && _chance.NextDouble() >= rate))
            {
                return null;
            }

            return refuse.Statuses[_refusals++ % refuse.Statuses.Count];
        }
    }

    /// <summary>Whether a byte of this answer has to be wrong. Counts.</summary>
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
