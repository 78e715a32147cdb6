namespace Pulumi;

/// <summary>The tasks that a deployment waits for. The code that starts one need not keep it.</summary>
internal sealed class PendingWork
{
    private readonly Lock _lock = new();
    private readonly List<Exception> _failures = [];
    private int _running;
    private TaskCompletionSource<IReadOnlyList<Exception>>? _done;

    public void Add(Task task)
    {
        lock (_lock)
        {
            _running++;
        }

        _ = task.ContinueWith(Completed, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Waits until nothing runs any more, or something has failed. Answers with what failed until then.</summary>
    public Task<IReadOnlyList<Exception>> WhenDoneOrFailedAsync()
    {
        lock (_lock)
        {
            _done ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            CompleteIfDone();
            return _done.Task;
        }
    }

    private void Completed(Task task)
    {
        lock (_lock)
        {
            _running--;
            _failures.AddRange(task.Exception?.InnerExceptions
                ?? (IEnumerable<Exception>)(task.IsCanceled ? [new TaskCanceledException(task)] : []));
            CompleteIfDone();
        }
    }

    private void CompleteIfDone()
    {
        if (_failures.Count > 0 || _running == 0)
        {
            // One failure shows up in every output that was made from it.
            _done?.TrySetResult([.. _failures.Distinct()]);
        }
    }
}
