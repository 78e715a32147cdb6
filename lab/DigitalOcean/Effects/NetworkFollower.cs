using System.Text.Json;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Networks;
using Infra.Lab.Specs;

namespace Infra.Lab.DigitalOcean.Effects;

/// <summary>
/// Makes the networks and load balancers of this machine what the account's records say, after each change. Several changes at once are
/// applied together.
/// </summary>
internal sealed class NetworkFollower(CloudAccount account, IHostRuntime host) : INetworkGate
{
    private readonly Lock _lock = new();
    private List<TaskCompletionSource> _waiting = [];
    private TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _policy;

    public Task AppliedAsync(CancellationToken cancel)
    {
        var applied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Add(applied);
            _asked.TrySetResult();
        }
        return applied.Task.WaitAsync(cancel);
    }

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            var next = account.NextChange;
            List<TaskCompletionSource> waiting;
            Task asked;
            lock (_lock)
            {
                // Who asks from here on may have recorded something that the state below has not.
                (waiting, _waiting) = (_waiting, []);
                if (_asked.Task.IsCompleted)
                {
                    _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
                }
                asked = _asked.Task;
            }
            var failure = await ApplyAsync(account.State, cancel);
            foreach (var waiter in waiting)
            {
                _ = failure is null ? waiter.TrySetResult() : waiter.TrySetException(failure);
            }
            await Task.WhenAny(next, asked).WaitAsync(cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Exception?> ApplyAsync(AccountState state, CancellationToken cancel)
    {
        try
        {
            var policy = PolicyOf.State(state);
            var text = JsonSerializer.Serialize(policy);
            if (text != _policy)
            {
                await host.ApplyPolicyAsync(policy, cancel);
                _policy = text;
            }
            return null;
        }
        catch (Exception exception) when (!cancel.IsCancellationRequested)
        {
            return exception;
        }
        catch (OperationCanceledException exception)
        {
            return exception;
        }
    }
}
