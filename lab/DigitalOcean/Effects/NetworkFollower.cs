using System.Text.Json;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Networks;
using Infra.Lab.Specs;

namespace Infra.Lab.DigitalOcean.Effects;

/// <summary>
/// Makes the networks and load balancers of this machine what the account's records say, after each change. Several changes at once are
/// applied together, and what is as it was is left alone.
/// </summary>
internal sealed class NetworkFollower(CloudAccount account, IHostRuntime host) : INetworkGate
{
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _balancers = new(StringComparer.Ordinal);
    private List<TaskCompletionSource> _waiting = [];
    private TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private NetworkPolicy? _policy;

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
                // Who asks from here on may have recorded something that the state below does not have.
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
            using var retry = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var again = Task.Delay(failure is null ? Timeout.InfiniteTimeSpan : s_retry, account.Clock, retry.Token);
            await Task.WhenAny(next, asked, again);
            await retry.CancelAsync();
        }
    }

    /// <summary>Applies what differs; a part that fails does not hold up the others.</summary>
    private async Task<Exception?> ApplyAsync(AccountState state, CancellationToken cancel)
    {
        var policy = PolicyOf.State(state);
        var balancers = BalancersOf.State(state);
        // Compared by its values: as text, that of a thousand servers would take as long as all else.
        var failure = _policy is not null && PolicyOf.IsSame(policy, _policy) ? null
            : await TryAsync(() => host.ApplyPolicyAsync(policy, cancel), () => _policy = policy);
        foreach (var balancer in balancers)
        {
            var text = JsonSerializer.Serialize(balancer);
            var problem = text == _balancers.GetValueOrDefault(balancer.Id) ? null
                : await TryAsync(() => host.ApplyBalancerAsync(balancer, cancel), () => _balancers[balancer.Id] = text);
            failure ??= problem;
        }
        // What is deleted is removed by its own work, which survives a restart.
        foreach (var gone in _balancers.Keys.Except(balancers.Select(balancer => balancer.Id)).ToList())
        {
            _balancers.Remove(gone);
        }
        return failure;
    }

    private static async Task<Exception?> TryAsync(Func<Task> apply, Action done)
    {
        try
        {
            await apply();
            done();
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }
}
