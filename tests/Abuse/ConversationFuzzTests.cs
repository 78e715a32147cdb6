using System.Diagnostics;
using Infra.Tests.Node;

namespace Infra.Tests.Abuse;

/// <summary>Nearly right requests for minutes, several at once: the engine answers each, and grows no memory over them.</summary>
public sealed class ConversationFuzzTests
{
    private const int AtOnce = 4;

    // Of an hour of the adversary's the engine alone needs less: what this finds, it finds in the first tens of thousands.
    private static readonly TimeSpan Share = Chance.Duration / 12;

    [Fact]
    public Task What_is_nearly_a_request_makes_no_error_of_the_engines_own() => Chance.WithSeedAsync("conversations", async chance =>
    {
        using var engine = await EngineFuzzTests.StartAsync();
        var begun = Stopwatch.GetTimestamp();
        var seeds = Enumerable.Range(0, AtOnce).Select(_ => chance.Next()).ToList();
        await Task.WhenAll(seeds.Select(async seed =>
        {
            var fuzz = new RequestFuzz(new Random(seed));
            while (Stopwatch.GetElapsedTime(begun) < Share)
            {
                await EngineFuzzTests.SendAsync(engine, fuzz.Next());
            }
        }));
        Assert.Equal(200, (await engine.AskAsync("/health")).Status);
        Assert.InRange(engine.Resident, 0, 512 << 10);
    });
}
