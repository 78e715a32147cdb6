using System.Collections.Concurrent;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Networks;
using Infra.Lab.Specs;

namespace Infra.Lab.DigitalOcean.Droplets;

/// <summary>The servers behind Droplets.</summary>
internal sealed class DropletMachines
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _locks = new(StringComparer.Ordinal);

    /// <summary>Waits until nobody else works on the server: a deletion waits for the boot that it interrupts.</summary>
    /// <returns>Ends it.</returns>
    public async Task<IDisposable> EnterAsync(string id, CancellationToken cancel)
    {
        var held = _locks.GetOrAdd(id, static _ => new SemaphoreSlim(1));
        await held.WaitAsync(cancel);
        return new Held(held);
    }

    /// <summary>The server of a Droplet that has its addresses.</summary>
    public static ServerSpec Spec(AccountState state, AccountSettings settings, Droplet droplet)
    {
        var size = CloudSize.Find(settings, droplet.Size);
        var basic = size?.Gpu is null ? size : null;
        return new(droplet.Key, droplet.Name, droplet.UserData, droplet.VpcId!, state.Get<Vpc>(droplet.VpcId!).IpRange,
            droplet.PublicAddress!, droplet.VpcAddress!, droplet.Size, droplet.Image.Slug ?? droplet.Image.BaseSlug ?? "",
            [.. DropletRecords.Volumes(state, droplet).Select(volume => volume.Key)])
        {
            Region = droplet.Region,
            PublicKeys = droplet.PublicKeys,
            Vcpus = basic?.Vcpus,
            MemoryMiB = basic?.MemoryMiB,
            SnapshotId = droplet.Image.IsPublic ? null : droplet.Image.Key,
        };
    }

    private sealed class Held(SemaphoreSlim semaphore) : IDisposable
    {
        public void Dispose() => semaphore.Release();
    }
}
