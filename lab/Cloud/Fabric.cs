using System.Text.Json;
using Infra.Lab.Cloud.Resources;
using Infra.Lab.Specs;

namespace Infra.Lab.Cloud;

/// <summary>
/// Makes networks and load balancers be as the state says, whole each time. Whoever changes the state calls it; the last one to come through
/// has seen every change.
/// </summary>
internal sealed class Fabric(CloudState state, IMachineRoom machines, CancellationToken cancel)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _balancers = new(StringComparer.Ordinal);
    private Task _last = Task.CompletedTask;
    private string? _policy;

    /// <summary>What may pass, if that has changed.</summary>
    public Task ApplyPolicyAsync() => InTurnAsync(async () =>
    {
        var policy = PolicyOf.State(state, machines);
        var text = JsonSerializer.Serialize(policy);
        if (text != _policy)
        {
            await machines.ApplyPolicyAsync(policy, cancel);
            _policy = text;
        }
    });

    /// <summary>The load balancers whose specification has changed, as that of one whose Droplets come and go.</summary>
    public Task ApplyBalancersAsync() => InTurnAsync(async () =>
    {
        foreach (var balancer in BalancersOf.State(state, machines))
        {
            var text = JsonSerializer.Serialize(balancer);
            if (text != _balancers.GetValueOrDefault(balancer.Id))
            {
                await machines.ApplyBalancerAsync(balancer, cancel);
                _balancers[balancer.Id] = text;
            }
        }
    });

    public Task RemoveBalancerAsync(string id) => InTurnAsync(async () =>
    {
        await machines.RemoveBalancerAsync(id, cancel);
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
        // Whether the one before has failed is for its own caller to know.
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        await work();
    }
}
