using System.Globalization;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.Specs;

namespace Infra.Lab.DigitalOcean.Storage;

/// <summary>Makes the disk of a new Volume.</summary>
internal sealed class VolumeCreation(CloudAccount account, IHostRuntime host) : IWorkHandler
{
    public const string WorkKind = "volume-create";

    public string Kind => WorkKind;

    public async Task RunAsync(Work work, CancellationToken cancel)
    {
        if (account.State.Find<Volume>(work.Subject) is { } volume)
        {
            if (volume.SnapshotId is { } snapshot)
            {
                await account.UntilAsync(state => VolumeCopy.IsDone(state, snapshot), cancel);
            }
            await host.CreateVolumeAsync(volume.Spec(), cancel);
        }
    }

    public void End(AccountChange change, Work work, Exception? failure)
    {
        // Attaching it makes the disk again.
        if (failure is not null && change.Find<Volume>(work.Subject) is { } volume)
        {
            change.Put(volume with { Problem = failure.Message });
        }
    }
}

/// <summary>Deletes the disk of a Volume that is gone.</summary>
internal sealed class VolumeDeletion(CloudAccount account, IHostRuntime host) : IWorkHandler
{
    public const string WorkKind = "volume-delete";

    public string Kind => WorkKind;

    /// <summary>
    /// After what still makes or reads the disk: a snapshot that was accepted before is whole, and nothing makes the disk again.
    /// </summary>
    public async Task RunAsync(Work work, CancellationToken cancel)
    {
        await account.UntilAsync(state => Volumes.HasDisk(state, work.Subject) && !VolumeCopy.IsReading(state, work.Subject), cancel);
        await host.DeleteVolumeAsync(work.Subject, cancel);
    }

    public void End(AccountChange change, Work work, Exception? failure)
    {
        // A file that is left goes with the lab.
    }
}

/// <summary>Attaches, detaches or grows a Volume.</summary>
internal sealed class VolumeEventWork(CloudAccount account, IHostRuntime host) : IWorkHandler
{
    public const string WorkKind = "volume-event";

    public string Kind => WorkKind;

    public async Task RunAsync(Work work, CancellationToken cancel)
    {
        // Only one at a time makes the disk.
        await account.UntilAsync(state => Volumes.HasDisk(state, work.Subject), cancel);
        if (account.State.Find<Volume>(work.Subject) is not { Pending: { } pending } volume)
        {
            return;
        }
        await host.CreateVolumeAsync(volume.Spec() with { SizeGiB = pending.SizeGigabytes ?? volume.SizeGigabytes }, cancel);
        // A server that is off gets its Volumes when it starts.
        if (pending.DropletId?.ToString(CultureInfo.InvariantCulture) is { } server && host.HasServer(server))
        {
            await (pending.Type == VolumeActions.Attach
                ? host.AttachVolumeAsync(volume.Id, server, cancel) : host.DetachVolumeAsync(volume.Id, server, cancel));
        }
    }

    public void End(AccountChange change, Work work, Exception? failure)
    {
        if (change.Find<Volume>(work.Subject) is not { Pending: { } pending } volume)
        {
            return;
        }
        volume = volume with { Pending = null, Problem = failure?.Message };
        change.Put(failure is not null ? volume : pending.Type switch
        {
            // A Droplet that was deleted meanwhile gets nothing.
            VolumeActions.Attach => volume with
            {
                DropletId = change.State.AllOf<IVolumeHolder>().FirstOrDefault(droplet => droplet.Id == pending.DropletId)?.Id,
            },
            VolumeActions.Detach => volume with { DropletId = null },
            _ => volume with { SizeGigabytes = pending.SizeGigabytes ?? volume.SizeGigabytes },
        });
    }
}

/// <summary>Copies a Volume to a snapshot.</summary>
internal sealed class VolumeCopy(CloudAccount account, IHostRuntime host) : IWorkHandler
{
    public const string WorkKind = "volume-snapshot";

    public string Kind => WorkKind;

    /// <summary>Whether a snapshot of the Volume is being taken.</summary>
    public static bool IsReading(AccountState state, string volume) => state.All<Work>().Any(
        work => work.Kind == WorkKind && state.Find<VolumeSnapshot>(work.Subject)?.VolumeId == volume);

    /// <summary>Whether a snapshot is there as a whole.</summary>
    public static bool IsDone(AccountState state, string snapshot) =>
        !state.All<Work>().Any(work => work.Kind == WorkKind && work.Subject == snapshot);

    /// <summary>Also of a Volume that was deleted since: its deletion waits.</summary>
    public async Task RunAsync(Work work, CancellationToken cancel)
    {
        if (account.State.Find<VolumeSnapshot>(work.Subject) is { } snapshot)
        {
            await account.UntilAsync(state => Volumes.HasDisk(state, snapshot.VolumeId), cancel);
            if (account.State.Find<Volume>(snapshot.VolumeId) is { } volume)
            {
                await host.CreateVolumeAsync(volume.Spec(), cancel);
            }
            await host.SnapshotVolumeAsync(snapshot.VolumeId, snapshot.Id, cancel);
        }
    }

    public void End(AccountChange change, Work work, Exception? failure)
    {
        // A snapshot whose copy failed is none.
        if (failure is not null && change.Find<VolumeSnapshot>(work.Subject) is { } snapshot)
        {
            change.Remove(snapshot);
        }
    }
}

/// <summary>Deletes the copy of a Volume.</summary>
internal sealed class VolumeCopyDeletion(CloudAccount account, IHostRuntime host) : IWorkHandler
{
    public const string WorkKind = "volume-snapshot-delete";

    public string Kind => WorkKind;

    /// <summary>After its own end, and after the Volumes that were created from it have their disks.</summary>
    public async Task RunAsync(Work work, CancellationToken cancel)
    {
        await account.UntilAsync(state => VolumeCopy.IsDone(state, work.Subject) && state.All<Volume>()
            .Where(volume => volume.SnapshotId == work.Subject).All(volume => Volumes.HasDisk(state, volume.Id)), cancel);
        await host.DeleteVolumeSnapshotAsync(work.Subject, cancel);
    }

    public void End(AccountChange change, Work work, Exception? failure)
    {
        // A file that is left goes with the lab.
    }
}
