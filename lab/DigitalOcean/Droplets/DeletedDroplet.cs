using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Networks;

namespace Infra.Lab.DigitalOcean.Droplets;

/// <summary>A Droplet that is gone, and that lists by tag and its VPC still have for a moment.</summary>
internal sealed record DeletedDroplet(Droplet Droplet) : IRecord
{
    public const string WorkKind = "droplet-forget";

    public string Key => Droplet.Key;
}

/// <summary>Forgets a deleted Droplet.</summary>
internal sealed class DropletOblivion : IWorkHandler
{
    public string Kind => DeletedDroplet.WorkKind;

    public Task RunAsync(Work work, CancellationToken cancel) => Task.CompletedTask;

    public void End(AccountChange change, Work work, Exception? failure)
    {
        if (change.Find<DeletedDroplet>(work.Subject) is { } deleted)
        {
            change.Remove(deleted);
            if (change.Find<DeletedMember>(deleted.Droplet.Urn) is { } member)
            {
                change.Remove(member);
            }
        }
    }
}
