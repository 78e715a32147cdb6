using CsCheck;
using Infra.Lab.Mirrors;
using Microsoft.Extensions.Time.Testing;

namespace Infra.Tests.Unit.Lab.Mirrors;

public sealed class ThrottleTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>For any rate, sizes of pieces and delays of timers: within 3 percent of the rate after two seconds.</summary>
    [Fact]
    public async Task Keeps_its_rate_within_three_percent()
    {
        await Gen.Select(Gen.Long[20_000, 2_000_000_000], Gen.Int[0, 40], Gen.Int).SampleAsync(
            async (rate, latest, seed) =>
            {
                var random = new Random(seed);
                var clock = new SelfAdvancingClock(() => TimeSpan.FromMilliseconds(random.NextDouble() * latest));
                using var throttle = new Throttle(clock) { BytesPerSecond = rate };
                long sent = 0;
                while (sent < Math.Min(rate * 2, 2_000L * Throttle.Piece))
                {
                    var piece = random.Next(1, throttle.Portion + 1);
                    await throttle.TakeAsync(piece, Cancel);
                    sent += piece;
                }

                var seconds = clock.Elapsed.TotalSeconds;
                // One timer may be late at the end, and one piece may be early by a millisecond.
                Assert.InRange(seconds, ((double)sent / rate * 0.97) - 0.001, ((double)sent / rate * 1.03) + (latest / 1000.0));
            },
            iter: 40, threads: 1);
    }

    [Fact]
    public async Task Connections_share_the_rate_and_take_turns()
    {
        var clock = new SelfAdvancingClock();
        using var throttle = new Throttle(clock) { BytesPerSecond = 10_000_000 };
        var sent = new long[8];
        await Task.WhenAll(Enumerable.Range(0, sent.Length).Select(async connection =>
        {
            for (var i = 0; i < 50; i++)
            {
                await throttle.TakeAsync(Throttle.Piece, Cancel);
                sent[connection] += Throttle.Piece;
            }
        }));
        Assert.InRange(sent.Sum() / clock.Elapsed.TotalSeconds, 9_700_000, 10_300_000);
    }

    [Fact]
    public async Task Idle_time_is_not_compensated()
    {
        var clock = new SelfAdvancingClock();
        using var throttle = new Throttle(clock) { BytesPerSecond = 1_000_000 };
        await throttle.TakeAsync(50_000, Cancel);
        clock.Advance(TimeSpan.FromMinutes(1));
        var before = clock.Elapsed;
        await throttle.TakeAsync(50_000, Cancel);
        Assert.InRange((clock.Elapsed - before).TotalMilliseconds, 49, 51);
    }

    [Fact]
    public async Task A_new_rate_also_applies_to_waiting_transfers()
    {
        var clock = new FakeTimeProvider();
        using var throttle = new Throttle(clock) { BytesPerSecond = 1000 };
        var waiting = throttle.TakeAsync(60_000, Cancel).AsTask();
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.False(waiting.IsCompleted);
        // Half is sent. The other half takes 3 s now instead of 30.
        throttle.BytesPerSecond = 10_000;
        for (var i = 0; i < 31 && !waiting.IsCompleted; i++)
        {
            // The waiter notices the new rate on a thread of its own; its timer must exist before time advances.
            await Task.Delay(20, Cancel);
            clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        await waiting.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
    }

    [Fact]
    public async Task Removing_the_limit_releases_waiting_transfers()
    {
        using var throttle = new Throttle(new FakeTimeProvider()) { BytesPerSecond = 1 };
        var waiting = throttle.TakeAsync(60_000, Cancel).AsTask();
        throttle.BytesPerSecond = null;
        await waiting.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
    }

    [Fact]
    public async Task A_cancelled_transfer_leaves_the_bandwidth_to_others()
    {
        var clock = new FakeTimeProvider();
        using var throttle = new Throttle(clock) { BytesPerSecond = 1 };
        using var leaves = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var first = throttle.TakeAsync(60_000, leaves.Token).AsTask();
        var second = throttle.TakeAsync(1, Cancel).AsTask();
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        throttle.BytesPerSecond = null;
        await second.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
    }

    [Theory]
    [InlineData(null, 65536)]
    [InlineData(10_000_000L, 65536)]
    [InlineData(100_000L, 10_000)]
    [InlineData(10L, 512)]
    public void Slow_lines_flow_in_small_portions(long? rate, int portion)
    {
        using var throttle = new Throttle(TimeProvider.System) { BytesPerSecond = rate };
        Assert.Equal(portion, throttle.Portion);
    }
}
