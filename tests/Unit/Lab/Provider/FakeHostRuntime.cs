using System.Collections.Concurrent;
using Infra.Lab.Specs;

namespace Infra.Tests.Unit.Lab.Provider;

/// <summary>Machines in memory. It outlives the clouds over it, as what is real outlives a lab that is killed.</summary>
internal sealed class FakeHostRuntime : IHostRuntime
{
    private readonly ConcurrentQueue<string> _calls = new();
    private int _addresses = 1;
    private int _steps;

    public ConcurrentDictionary<string, ServerSpec> Servers { get; } = new();
    public ConcurrentDictionary<string, VolumeSpec> Volumes { get; } = new();
    /// <summary>Servers that are powered off, by id.</summary>
    public ConcurrentDictionary<string, bool> Off { get; } = new();

    /// <summary>Ids of the servers that snapshots were taken of, by id of the snapshot.</summary>
    public ConcurrentDictionary<string, string> Snapshots { get; } = new();

    public ConcurrentDictionary<string, BalancerSpec> Balancers { get; } = new();
    public NetworkPolicy Policy { get; private set; } = new([], []);

    /// <summary>Whether every server must have a firewall.</summary>
    public bool AreAllGuarded { get; set; } = true;

    /// <summary>Everything that was asked for, in order.</summary>
    public IReadOnlyList<string> Calls => [.. _calls];

    /// <summary>Calls that change something, made until now.</summary>
    public int Steps => _steps;

    /// <summary>Called before and after each step; what it throws becomes the host runtime's failure.</summary>
    public Action<int, bool> OnStep { get; set; } = static (_, _) => { };

    /// <summary>What a command answers.</summary>
    public Func<SshRequest, SshAnswer> Answer { get; set; } = static _ => new(0, "", "");

    public Task<string> TakePublicAddressAsync(string owner, CancellationToken cancel) =>
        StepAsync($"address {owner}", () => Interlocked.Increment(ref _addresses) is var number
            ? $"198.51.{100 + (number / 250)}.{number % 250}" : "");

    public Task CreateServerAsync(ServerSpec server, CancellationToken cancel) => StepAsync($"boot {server.Name}", () =>
    {
        // A Droplet is never up without its firewall.
        Assert.Contains(Policy.Servers, policy => policy.ServerId == server.Id && policy.PrivateAddress == server.PrivateAddress
            && (policy.Guarded || !AreAllGuarded));
        Assert.All(server.VolumeIds, id => Assert.Contains(id, Volumes.Keys));
        Servers[server.Id] = server;
        return true;
    });

    public Task DestroyServerAsync(string id, CancellationToken cancel) =>
        StepAsync($"destroy {(Servers.TryGetValue(id, out var server) ? server.Name : id)}", () => Servers.TryRemove(id, out _));

    public bool HasServer(string id) => Servers.ContainsKey(id) && !Off.ContainsKey(id);

    public Task StopServerAsync(string id, bool hard, CancellationToken cancel) =>
        StepAsync($"{(hard ? "power off" : "shut down")} {Servers[id].Name}", () => Off[id] = true);

    public Task StartServerAsync(ServerSpec server, CancellationToken cancel) => StepAsync($"power on {server.Name}", () =>
    {
        Servers[server.Id] = server;
        return Off.TryRemove(server.Id, out _);
    });

    public Task RebootServerAsync(string id, bool hard, CancellationToken cancel) =>
        StepAsync($"{(hard ? "reset" : "reboot")} {Servers[id].Name}", () => true);

    public Task RenameServerAsync(ServerSpec server, CancellationToken cancel) =>
        StepAsync($"rename {server.Name}", () => Servers[server.Id] = server);

    public Task SnapshotServerAsync(string serverId, string snapshotId, CancellationToken cancel) =>
        StepAsync($"snapshot {Servers[serverId].Name}", () => Snapshots[snapshotId] = serverId);

    public Task SnapshotVolumeAsync(string id, string snapshotId, CancellationToken cancel) =>
        StepAsync($"copy {Volumes[id].Name}", () => Snapshots[snapshotId] = id);

    public Task DeleteVolumeSnapshotAsync(string snapshotId, CancellationToken cancel) =>
        StepAsync($"no copy {snapshotId}", () => Snapshots.TryRemove(snapshotId, out _));

    public Task DeleteSnapshotAsync(string snapshotId, CancellationToken cancel) =>
        StepAsync($"no snapshot {snapshotId}", () => Snapshots.TryRemove(snapshotId, out _));

    public Task CreateVolumeAsync(VolumeSpec volume, CancellationToken cancel) =>
        StepAsync($"volume {volume.Name}", () => Volumes[volume.Id] = volume);

    public Task DeleteVolumeAsync(string id, CancellationToken cancel) => StepAsync($"no volume {id}", () => Volumes.TryRemove(id, out _));

    public Task AttachVolumeAsync(string id, string serverId, CancellationToken cancel) => StepAsync($"attach {id}", () => true);

    public Task DetachVolumeAsync(string id, string serverId, CancellationToken cancel) => StepAsync($"detach {id}", () => true);

    public Task ApplyPolicyAsync(NetworkPolicy policy, CancellationToken cancel) => StepAsync("policy", () => Policy = policy);

    public Task ApplyBalancerAsync(BalancerSpec balancer, CancellationToken cancel) =>
        StepAsync($"balance {balancer.Address}", () => Balancers[balancer.Id] = balancer);

    public Task RemoveBalancerAsync(string id, CancellationToken cancel) =>
        StepAsync($"no balancer {id}", () => Balancers.TryRemove(id, out _));

    public Task<SshAnswer> SshAsync(SshRequest request, CancellationToken cancel) =>
        StepAsync($"ssh {request.Host} {request.Command}", () =>
    {
        Assert.Contains(Servers.Values, server => server.PublicAddress == request.Host);
        return Answer(request);
    });

    private async Task<T> StepAsync<T>(string call, Func<T> effect)
    {
        await Task.Yield();
        var step = Interlocked.Increment(ref _steps);
        OnStep(step, false);
        _calls.Enqueue(call);
        var result = effect();
        OnStep(step, true);
        return result;
    }
}
