using System.Diagnostics;
using System.Text.Json;
using Infra.Lab.Specs;

namespace Infra.Lab.Balancer;

/// <summary>
/// The process of a load balancer: follows a specification file and says in another what it does. It reads the file instead of
/// watching its time, which two writes in a row can share.
/// </summary>
internal static class BalancerServer
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Runs until it is cancelled, and then ends in peace.</summary>
    /// <param name="specFile">A <see cref="BalancerSpec"/>, replaced as a whole; it may come later than the process.</param>
    /// <param name="statusFile">A <see cref="BalancerStatus"/>, at most 200 ms old.</param>
    /// <param name="cancel">Ends it; connections are cut.</param>
    public static async Task RunAsync(string specFile, string statusFile, CancellationToken cancel)
    {
        await using var balancer = new LoadBalancer(TimeProvider.System);
        byte[] read = [], written = [];
        var said = Stopwatch.StartNew();
        var (stamp, error) = ("", (string?)null);
        using var timer = new PeriodicTimer(s_pause);
        try
        {
            do
            {
                try
                {
                    var bytes = await File.ReadAllBytesAsync(specFile, cancel);
                    if (!bytes.AsSpan().SequenceEqual(read))
                    {
                        read = bytes;
                        balancer.Apply(JsonSerializer.Deserialize(bytes, BalancerJson.Default.BalancerSpec) ?? throw new JsonException("it is null"));
                        stamp = BalancerFiles.Stamp(bytes);
                        error = null;
                    }
                }
                catch (Exception wrong)
                    when (wrong is IOException or UnauthorizedAccessException or JsonException or FormatException or ArgumentException)
                {
                    error = $"{specFile}: {wrong.Message}";
                }

                balancer.OpenPorts();
                var status = balancer.Status(stamp);
                var text = JsonSerializer.SerializeToUtf8Bytes(status with { Error = error ?? status.Error }, BalancerJson.Default.BalancerStatus);
                if (!text.AsSpan().SequenceEqual(written) || said.Elapsed > BalancerFiles.SignOfLife)
                {
                    try
                    {
                        BalancerFiles.Write(statusFile, text);
                        written = text;
                        said.Restart();
                    }
                    catch (Exception full) when (full is IOException or UnauthorizedAccessException)
                    {
                        // A full disk: the status file becomes outdated, and connections continue.
                    }
                }
            }
            while (await timer.WaitForNextTickAsync(cancel));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
        }
    }
}
