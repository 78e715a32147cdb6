using System.Text.Json;
using Infra.Lab.Provider.Resources;
using Infra.Lab.Specs;

namespace Infra.Lab.Provider;

/// <summary>
/// Updates networks and load balancers to the complete state. Called after each change of the state; the last caller includes all changes.
/// </summary>
internal sealed class VirtualNetwork(CloudState state, IHostRuntime runtime, CancellationToken cancel)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _balancers = new(StringComparer.Ordinal);
    private Task _last = Task.CompletedTask;
    private string? _policy;

    /// <summary>Loads the network policy if it changed.</summary>
    public Task ApplyPolicyAsync() => InTurnAsync(async () =>
    {
        var policy = PolicyOf.State(state, runtime);
        var text = JsonSerializer.Serialize(policy);
        if (text != _policy)
        {
            await runtime.ApplyPolicyAsync(policy, cancel);
            _policy = text;
        }
    });

    /// <summary>Updates load balancers with a changed specification, for example after changes of their Droplets.</summary>
    public Task ApplyBalancersAsync() => InTurnAsync(async () =>
    {
        foreach (var balancer in BalancersOf.State(state, runtime))
        {
            var text = JsonSerializer.Serialize(balancer);
            if (text != _balancers.GetValueOrDefault(balancer.Id))
            {
                await runtime.ApplyBalancerAsync(balancer, cancel);
                _balancers[balancer.Id] = text;
            }
        }
    });

    public Task RemoveBalancerAsync(string id) => InTurnAsync(async () =>
    {
        await runtime.RemoveBalancerAsync(id, cancel);
        _balancers.Remove(id);
    });

    private Task InTurnAsync(Func<Task> work)
    {
        lock (_lock)
        {
            return _last = AfterAsync(_last, work);
        }
    }

    private static async Task AfterAsync(Task before, Func<Task> work)
    {
        // The previous caller handles its own failure.
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        await work();
    }
}
