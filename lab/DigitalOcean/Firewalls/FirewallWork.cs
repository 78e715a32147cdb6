using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Networks;

namespace Infra.Lab.DigitalOcean.Firewalls;

/// <summary>A change of a firewall comes into effect.</summary>
internal sealed class FirewallWork(INetworkGate networks) : IWorkHandler
{
    private const string Name = "apply firewall";

    // From changing a rule to its effect; not measured.
    private static readonly TimeSpan s_takes = TimeSpan.FromSeconds(3);

    public string Kind => Name;

    /// <summary>Work of its own for each change, so that the last one ends the waiting.</summary>
    public static Work Of(AccountChange change, string id) =>
        new(Name, id, change.Now + change.Settings.Takes(s_takes), change.NextNumber());

    public Task RunAsync(Work work, CancellationToken cancel) => networks.AppliedAsync(cancel);

    public void End(AccountChange change, Work work, Exception? failure)
    {
        if (change.Find<Firewall>(work.Subject) is not { } firewall
            || change.All<Work>().Any(other => other.Kind == Name && other.Subject == work.Subject))
        {
            return;
        }
        change.Put(failure is null
            ? firewall with { Status = Firewall.Succeeded, PendingChanges = [] }
            : firewall with { Status = Firewall.Failed });
    }
}
