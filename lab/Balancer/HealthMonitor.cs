using System.Net;
using Infra.Lab.Specs;

namespace Infra.Lab.Balancer;

/// <summary>Checks one server again and again, the first time at once.</summary>
internal sealed class HealthMonitor : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Task _running;

    public HealthMonitor(BalancerCheck check, IPAddress source, Backend backend, TimeProvider time) =>
        _running = RunAsync(check, source, backend, time, _end.Token);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        _end.Dispose();
    }

    private static async Task RunAsync(BalancerCheck check, IPAddress source, Backend backend, TimeProvider time, CancellationToken cancel)
    {
        using var probe = new HealthProbe(check, source, backend.Address, time);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(check.IntervalSeconds), time);
        try
        {
            do
            {
                backend.Checked(await probe.RunAsync(cancel), check.UnhealthyThreshold, check.HealthyThreshold);
            }
            while (await timer.WaitForNextTickAsync(cancel));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
        }
    }
}
