using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Certificates;
using Infra.Lab.DigitalOcean.Effects;
using Infra.Lab.DigitalOcean.Monitoring;
using Infra.Lab.Specs;

namespace Infra.Lab.DigitalOcean;

/// <summary>An account with its work under way, and the machine following its records. One of an account runs at a time.</summary>
internal sealed class RunningAccount : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CloudAccount _account;
    private readonly NetworkFollower _networks;

    /// <param name="account">The account. Work that an earlier process left continues.</param>
    /// <param name="host">What makes servers, disks and networks.</param>
    /// <param name="probe">Asks the targets of uptime checks; null: none is asked.</param>
    /// <param name="authority">Issues certificates; null: a <see cref="LocalAuthority"/>.</param>
    public RunningAccount(
        CloudAccount account, IHostRuntime host, IUptimeProbe? probe = null, ICertificateAuthority? authority = null)
    {
        _account = account;
        _networks = new NetworkFollower(account, host);
        var runner = new WorkRunner(account, CloudApi.Handlers(account, host, _networks, authority ?? new LocalAuthority(account)));
        var prober = probe is null ? null : new UptimeProber(account, probe);
        Work = RunAsync(prober is null
            ? [runner.RunAsync(_stop.Token), _networks.RunAsync(_stop.Token)]
            : [runner.RunAsync(_stop.Token), _networks.RunAsync(_stop.Token), prober.RunAsync(_stop.Token)]);
    }

    /// <summary>Ends only when it is disposed, or with an error of ours: then nothing that takes time would end any more.</summary>
    public Task Work { get; }

    /// <summary>Waits until the records are as wanted.</summary>
    /// <exception cref="Exception">The work of the account has ended: they would never be.</exception>
    public Task UntilAsync(Func<AccountState, bool> wanted, CancellationToken cancel) =>
        WhileRunningAsync(limit => _account.UntilAsync(wanted, limit), cancel);

    /// <summary>Waits until all that is recorded is in effect in the networks.</summary>
    /// <exception cref="Exception">The host runtime failed.</exception>
    public Task AppliedAsync(CancellationToken cancel) => WhileRunningAsync(_networks.AppliedAsync, cancel);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task WhileRunningAsync(Func<CancellationToken, Task> wait, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var waiting = wait(limit.Token);
        if (await Task.WhenAny(waiting, Work) == Work && !waiting.IsCompleted)
        {
            await limit.CancelAsync();
            await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Work;
        }
        await waiting;
    }

    /// <summary>Ends all parts with the first that ends.</summary>
    private async Task RunAsync(Task[] parts)
    {
        try
        {
            await await Task.WhenAny(parts);
        }
        finally
        {
            await _stop.CancelAsync();
            await Task.WhenAll(parts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
