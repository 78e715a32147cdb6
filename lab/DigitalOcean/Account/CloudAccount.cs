namespace Infra.Lab.DigitalOcean.Account;

/// <summary>
/// The account: its records, and the only way to change them. Changes come one after another, each is on disk before anyone sees it, and
/// a refused one changes nothing. What takes time is recorded as <see cref="Work"/> in the same change.
/// </summary>
/// <param name="store">The records on disk.</param>
/// <param name="settings">What this account may have.</param>
/// <param name="clock">The clock of all that takes time.</param>
internal sealed class CloudAccount(AccountStore store, AccountSettings settings, TimeProvider clock) : IDisposable
{
    private readonly Lock _lock = new();
    private AccountState _state = store.Load(RecordTypes.ByName);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public AccountSettings Settings => settings;

    public TimeProvider Clock => clock;

    /// <summary>All records at this moment.</summary>
    public AccountState State => Volatile.Read(ref _state);

    /// <summary>Reads and changes atomically.</summary>
    /// <exception cref="ApiError">The change was refused; nothing has changed.</exception>
    public T Change<T>(Func<AccountChange, T> change)
    {
        try
        {
            return Apply(change);
        }
        catch (ApiError error) when (error.StillRecords is { } record)
        {
            Change(record);
            throw;
        }
    }

    public void Change(Action<AccountChange> change) => Change(next =>
    {
        change(next);
        return true;
    });

    /// <summary>Completes at the next change. Take it before the state is read, so that no change is missed.</summary>
    public Task NextChange => Volatile.Read(ref _changed).Task;

    /// <summary>Waits until the records are as wanted.</summary>
    public async Task UntilAsync(Func<AccountState, bool> wanted, CancellationToken cancel)
    {
        for (; ; )
        {
            var next = NextChange;
            if (wanted(State))
            {
                return;
            }
            await next.WaitAsync(cancel);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            store.Dispose();
        }
    }

    private T Apply<T>(Func<AccountChange, T> change)
    {
        TaskCompletionSource changed;
        T result;
        lock (_lock)
        {
            var next = new AccountChange(settings, _state, clock.GetUtcNow());
            result = change(next);
            if (!next.HasChanges)
            {
                return result;
            }
            // The disk is written first: a failed write leaves memory and file the same.
            store.Write(next.State, next.Written, next.Removed);
            Volatile.Write(ref _state, next.State);
            changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        changed.SetResult();
        return result;
    }
}
