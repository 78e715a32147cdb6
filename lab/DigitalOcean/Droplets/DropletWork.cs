using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Faults;
using Infra.Lab.DigitalOcean.Networks;
using Infra.Lab.Specs;

namespace Infra.Lab.DigitalOcean.Droplets;

/// <summary>Does the actions of Droplets, their creation among them.</summary>
internal sealed class DropletWork(CloudAccount account, IHostRuntime host, INetworkGate networks, DropletMachines machines) : IWorkHandler
{
    public const string WorkKind = "droplet";

    public string Kind => WorkKind;

    public async Task RunAsync(Work work, CancellationToken cancel)
    {
        using var held = await machines.EnterAsync(work.Subject, cancel);
        if (Find(work) is not { Pending: { } asked } droplet)
        {
            return;
        }
        switch (asked.Type)
        {
            case DropletActions.Create:
                await BootAsync(work, droplet, cancel);
                break;
            case DropletActions.PowerOn when droplet.Status != Droplet.Active:
                await host.StartServerAsync(Spec(droplet), cancel);
                break;
            case DropletActions.PowerOff or DropletActions.Shutdown:
                await host.StopServerAsync(droplet.Key, asked.Type == DropletActions.PowerOff, cancel);
                break;
            case DropletActions.Reboot or DropletActions.PowerCycle:
                await host.RebootServerAsync(droplet.Key, asked.Type == DropletActions.PowerCycle, cancel);
                break;
            case DropletActions.Rename:
                await host.RenameServerAsync(Spec(droplet with { Name = asked.Name! }), cancel);
                break;
            case DropletActions.Snapshot:
                await host.SnapshotServerAsync(droplet.Key, Images.CloudImage.KeyOf(asked.ActionId), cancel);
                break;
        }
    }

    public void End(AccountChange change, Work work, Exception? failure)
    {
        if (change.Find<Droplet>(work.Subject) is not { Pending: { } done } droplet || done.ActionId != work.ActionId)
        {
            return;
        }
        droplet = droplet with { Pending = null, Problem = failure?.Message };
        change.Put(failure is null ? DropletActions.Apply(change, droplet, done) : droplet);
    }

    private async Task BootAsync(Work work, Droplet droplet, CancellationToken cancel)
    {
        await account.DelayAsync(FaultKinds.LateAddress, droplet.Name, cancel);
        var address = droplet.PublicAddress ?? await host.TakePublicAddressAsync(droplet.Key, cancel);
        var known = account.Change(change =>
            change.Find<Droplet>(droplet.Key) is { } now ? change.Put(now with { PublicAddress = address }) : null);
        // A server is never up without its firewall.
        await networks.AppliedAsync(cancel);
        // Nor without the disks that it was created with.
        await account.UntilAsync(
            state => DropletRecords.Volumes(state, droplet).All(volume => Storage.Volumes.HasDisk(state, volume.Key)), cancel);
        if (known is not null && Find(work) is not null)
        {
            await host.CreateServerAsync(Spec(known), cancel);
            await account.HoldAsync(FaultKinds.StuckNew, droplet.Name, _ => Find(work) is not null, cancel);
        }
    }

    /// <summary>The Droplet whose event this is; null: it is deleted meanwhile.</summary>
    private Droplet? Find(Work work) =>
        account.State.Find<Droplet>(work.Subject) is { IsDeleting: false } droplet && droplet.Pending?.ActionId == work.ActionId
            ? droplet : null;

    private ServerSpec Spec(Droplet droplet) => DropletMachines.Spec(account.State, account.Settings, droplet);
}

/// <summary>Deletes Droplets.</summary>
internal sealed class DropletDeletion(CloudAccount account, IHostRuntime host, INetworkGate networks, DropletMachines machines)
    : IWorkHandler
{
    public const string WorkKind = "droplet-delete";

    public string Kind => WorkKind;

    public async Task RunAsync(Work work, CancellationToken cancel)
    {
        if (account.State.Find<Droplet>(work.Subject)?.Name is { } name)
        {
            await account.DelayAsync(FaultKinds.SlowDeletion, name, cancel);
            account.FailIf(FaultKinds.FailedDeletion, name);
        }
        // Out of its load balancers first, so that they send it nothing new.
        await networks.AppliedAsync(cancel);
        using var held = await machines.EnterAsync(work.Subject, cancel);
        await host.DestroyServerAsync(work.Subject, cancel);
    }

    public void End(AccountChange change, Work work, Exception? failure)
    {
        if (change.Find<Droplet>(work.Subject) is not { } droplet)
        {
            return;
        }
        Droplet? left = null;
        if (failure is null)
        {
            DropletRecords.Remove(change, droplet);
        }
        else
        {
            left = change.Put(droplet with { IsDeleting = false, Problem = failure.Message });
        }
        if (change.Find<AssociatedDeletion>(work.Subject) is { CompletedAt: null } deletion)
        {
            AssociatedResources.Finish(change, deletion, left);
        }
    }
}

/// <summary>Boots what should run and does not: after a kill of the lab, its servers are gone.</summary>
internal sealed class DropletRevival(CloudAccount account, IHostRuntime host, INetworkGate networks, DropletMachines machines)
    : IWorkHandler
{
    private const string WorkKind = "droplet-revive";

    public string Kind => WorkKind;

    /// <summary>Records the work, at the start of the API.</summary>
    public static void Begin(CloudAccount account, IHostRuntime host) => account.Change(change =>
    {
        foreach (var droplet in change.All<Droplet>()
            .Where(droplet => droplet.IsUp && droplet.Pending is null && !host.HasServer(droplet.Key)))
        {
            change.Put(new Work(WorkKind, droplet.Key, change.Now));
        }
    });

    public async Task RunAsync(Work work, CancellationToken cancel)
    {
        await networks.AppliedAsync(cancel);
        using var held = await machines.EnterAsync(work.Subject, cancel);
        if (account.State.Find<Droplet>(work.Subject) is { IsUp: true } droplet)
        {
            await host.StartServerAsync(DropletMachines.Spec(account.State, account.Settings, droplet), cancel);
        }
    }

    public void End(AccountChange change, Work work, Exception? failure)
    {
        if (change.Find<Droplet>(work.Subject) is { IsUp: true, Pending: null } droplet && failure is not null)
        {
            change.Put(droplet with { Status = Droplet.Off, Problem = failure.Message });
        }
    }
}
