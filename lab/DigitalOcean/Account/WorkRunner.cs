namespace Infra.Lab.DigitalOcean.Account;

/// <summary>Runs all recorded work of the account, each as a task of its own, including what an earlier process left.</summary>
internal sealed class WorkRunner(CloudAccount account, IEnumerable<IWorkHandler> handlers)
{
    private readonly Dictionary<string, IWorkHandler> _handlers = handlers.ToDictionary(handler => handler.Kind, StringComparer.Ordinal);

    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs until it is cancelled; work that is under way then is left to the next run.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var running = new Dictionary<string, Task>(StringComparer.Ordinal);
        try
        {
            while (true)
            {
                var next = account.NextChange;
                foreach (var done in running.Where(task => task.Value.IsCompleted).Select(task => task.Key).ToList())
                {
                    await running[done];
                    running.Remove(done);
                }
                foreach (var work in account.State.All<Work>().Where(work => !running.ContainsKey(work.Key)))
                {
                    running[work.Key] = RunAsync(work, cancel);
                }
                await await Task.WhenAny(next, _failed.Task).WaitAsync(cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await Task.WhenAll(running.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RunAsync(Work work, CancellationToken cancel)
    {
        // Never inside of the caller's change.
        await Task.Yield();
        var handler = _handlers[work.Kind];
        Exception? failure = null;
        try
        {
            await handler.RunAsync(work, cancel);
            if (work.DueAt - account.Clock.GetUtcNow() is { Ticks: > 0 } left)
            {
                await Task.Delay(left, account.Clock, cancel);
            }
        }
        catch (Exception exception) when (!cancel.IsCancellationRequested)
        {
            failure = exception;
        }
        try
        {
            End(work, handler, failure);
        }
        catch (Exception exception)
        {
            // An error of ours. Without this, the resource would wait for ever, and no one would know why.
            _failed.TrySetException(new InvalidOperationException(
                $"{work.Key} could not end after: {failure?.ToString() ?? "no failure"}", exception));
        }
    }

    private void End(Work work, IWorkHandler handler, Exception? failure) =>
        account.Change(change =>
        {
            // Deleted meanwhile: its end is of no interest.
            if (change.Find<Work>(work.Key) is null)
            {
                return;
            }
            change.Remove(work);
            if (work.ActionId is { } action)
            {
                AccountActions.End(change, action, failure);
            }
            handler.End(change, work, failure);
        });
}
