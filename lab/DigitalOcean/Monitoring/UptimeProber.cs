using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.Monitoring;

/// <summary>Asks a target once.</summary>
internal interface IUptimeProbe
{
    /// <summary>Whether it answers, within the API's ten seconds.</summary>
    public Task<bool> IsUpAsync(UptimeCheck check, CancellationToken cancel);
}

/// <summary>Asks all targets every minute, and records what changed.</summary>
internal sealed class UptimeProber(CloudAccount account, IUptimeProbe probe)
{
    // Specification 2.0, uptime: checks run every minute.
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(1);

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            await Task.Delay(s_interval, account.Clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var checks = account.State.All<UptimeCheck>().Where(check => check.Enabled).ToList();
            var answers = await Task.WhenAll(checks.Select(async check => (check.Id, IsUp: await probe.IsUpAsync(check, cancel))));
            if (checks.Count > 0 && !cancel.IsCancellationRequested)
            {
                account.Change(change =>
                {
                    foreach (var (id, isUp) in answers)
                    {
                        if (change.Find<UptimeCheck>(id) is { } check)
                        {
                            change.Put(check.After(isUp, change.Now));
                        }
                    }
                });
            }
        }
    }
}
