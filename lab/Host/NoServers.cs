using System.Collections.Concurrent;
using System.Globalization;
using Infra.Lab.Specs;

namespace Infra.Lab.Host;

/// <summary>
/// A host without servers: everything succeeds at once, and nothing boots. For an account whose API alone is of interest, and for a
/// thousand Droplets.
/// </summary>
internal sealed class NoServers : IHostRuntime
{
    /// <summary>From the range for benchmarks (RFC 2544), whose upper half this is: 198.19.0.0/16.</summary>
    private const int AddressesOfByte = 256;

    private readonly ConcurrentDictionary<string, string> _addresses = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _taken = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _servers = new(StringComparer.Ordinal);
    private int _next;

    /// <param name="taken">Addresses by owner that an earlier process gave.</param>
    public NoServers(IEnumerable<(string Owner, string Address)> taken)
    {
        foreach (var (owner, address) in taken)
        {
            _addresses[owner] = address;
            _taken[address] = true;
        }
    }

    public Task<string> TakePublicAddressAsync(string owner, CancellationToken cancel) => Task.FromResult(_addresses.GetOrAdd(owner, _ =>
    {
        string address;
        do
        {
            var number = Interlocked.Increment(ref _next);
            address = string.Create(CultureInfo.InvariantCulture,
                $"198.19.{number / AddressesOfByte % AddressesOfByte}.{number % AddressesOfByte}");
        }
        while (!_taken.TryAdd(address, true));
        return address;
    }));

    public Task CreateServerAsync(ServerSpec server, CancellationToken cancel) => StartServerAsync(server, cancel);

    public Task DestroyServerAsync(string id, CancellationToken cancel)
    {
        Release(id);
        return StopServerAsync(id, hard: true, cancel);
    }

    public bool HasServer(string id) => _servers.ContainsKey(id);

    public Task StopServerAsync(string id, bool hard, CancellationToken cancel)
    {
        _servers.TryRemove(id, out _);
        return Task.CompletedTask;
    }

    public Task StartServerAsync(ServerSpec server, CancellationToken cancel)
    {
        _servers[server.Id] = true;
        return Task.CompletedTask;
    }

    public Task RebootServerAsync(string id, bool hard, CancellationToken cancel) => Task.CompletedTask;

    public Task RenameServerAsync(ServerSpec server, CancellationToken cancel) => Task.CompletedTask;

    public Task SnapshotServerAsync(string serverId, string snapshotId, CancellationToken cancel) => Task.CompletedTask;

    public Task DeleteSnapshotAsync(string snapshotId, CancellationToken cancel) => Task.CompletedTask;

    public Task SnapshotVolumeAsync(string id, string snapshotId, CancellationToken cancel) => Task.CompletedTask;

    public Task DeleteVolumeSnapshotAsync(string snapshotId, CancellationToken cancel) => Task.CompletedTask;

    public Task CreateVolumeAsync(VolumeSpec volume, CancellationToken cancel) => Task.CompletedTask;

    public Task DeleteVolumeAsync(string id, CancellationToken cancel) => Task.CompletedTask;

    public Task AttachVolumeAsync(string id, string serverId, CancellationToken cancel) => Task.CompletedTask;

    public Task DetachVolumeAsync(string id, string serverId, CancellationToken cancel) => Task.CompletedTask;

    public Task ApplyPolicyAsync(NetworkPolicy policy, CancellationToken cancel) => Task.CompletedTask;

    public Task ApplyBalancerAsync(BalancerSpec balancer, CancellationToken cancel) => Task.CompletedTask;

    public Task RemoveBalancerAsync(string id, CancellationToken cancel)
    {
        Release(id);
        return Task.CompletedTask;
    }

    public Task<SshAnswer> SshAsync(SshRequest request, CancellationToken cancel) =>
        throw new InvalidOperationException("a host without servers has no SSH");

    private void Release(string owner)
    {
        if (_addresses.TryRemove(owner, out var address))
        {
            _taken.TryRemove(address, out _);
        }
    }
}
