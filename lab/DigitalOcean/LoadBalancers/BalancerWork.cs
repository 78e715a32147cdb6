using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Faults;
using Infra.Lab.DigitalOcean.Networks;
using Infra.Lab.Specs;

namespace Infra.Lab.DigitalOcean.LoadBalancers;

/// <summary>A new load balancer gets its address, and starts.</summary>
internal sealed class StartBalancer(CloudAccount account, IHostRuntime host, INetworkGate networks) : IWorkHandler
{
    private const string Name = "start load balancer";

    private static readonly TimeSpan s_takes = TimeSpan.FromSeconds(90); // not measured

    public string Kind => Name;

    public static Work Of(AccountChange change, LoadBalancer balancer) => new(Name, balancer.Id, change.Now
        + change.Settings.Takes(s_takes) + change.TakeDuration(FaultKinds.LateAddress, balancer.Name));

    public async Task RunAsync(Work work, CancellationToken cancel)
    {
        if (account.State.Find<LoadBalancer>(work.Subject) is not { } balancer)
        {
            return;
        }
        var address = balancer.Network == LoadBalancer.Internal ? balancer.VpcAddress
            : await host.TakePublicAddressAsync(balancer.Id, cancel);
        account.Change(change =>
        {
            if (change.Find<LoadBalancer>(work.Subject) is { } waiting)
            {
                change.Put(waiting with { Address = address });
            }
        });
        await networks.AppliedAsync(cancel);
    }

    public void End(AccountChange change, Work work, Exception? failure)
    {
        if (change.Find<LoadBalancer>(work.Subject) is { } balancer)
        {
            LoadBalancers.EnsureDnsRecords(
                change, change.Put(balancer with { Status = failure is null ? LoadBalancer.Active : LoadBalancer.Errored }));
        }
    }
}

/// <summary>A deleted load balancer stops, and leaves its VPC.</summary>
internal sealed class RemoveBalancer(IHostRuntime host, INetworkGate networks) : IWorkHandler
{
    private const string Name = "remove load balancer";

    private static readonly TimeSpan s_takes = TimeSpan.FromSeconds(15); // not measured

    public string Kind => Name;

    public static Work Of(AccountChange change, LoadBalancer balancer) => new(Name, balancer.Id, change.Now
        + change.Settings.Takes(s_takes) + change.TakeDuration(FaultKinds.SlowDeletion, balancer.Name));

    /// <summary>Names of load balancers whose deletion takes longer: they are still in use.</summary>
    public static IEnumerable<string> HeldNames(AccountChange change) => change.All<Work>()
        .Where(work => work.Kind == Name && work.DueAt > change.Now)
        .Select(work => change.Find<DeletedMember>(LoadBalancer.UrnOf(work.Subject))?.Name).OfType<string>();

    public async Task RunAsync(Work work, CancellationToken cancel)
    {
        // Nothing applies its specification any more from here on.
        await networks.AppliedAsync(cancel);
        await host.RemoveBalancerAsync(work.Subject, cancel);
    }

    public void End(AccountChange change, Work work, Exception? failure)
    {
        if (change.Find<DeletedMember>(LoadBalancer.UrnOf(work.Subject)) is { } member)
        {
            change.Remove(member);
        }
    }
}
