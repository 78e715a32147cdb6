using Infra.Tests.Unit.Lab.DigitalOcean.Sequences;

namespace Infra.Tests.Abuse;

/// <summary>Random sequences of requests next to a model of the account, for minutes: see <see cref="SequenceTests"/>.</summary>
public sealed class ApiSequenceTests
{
    private const int Steps = 300;
    private const int Bursts = 60;

    private static readonly TimeSpan s_share = Chance.Duration / 6;

    [Fact]
    public Task An_account_has_what_a_model_of_it_has_and_all_lists_agree() => Chance.WithSeedAsync("sequences", async chance =>
    {
        var begun = System.Diagnostics.Stopwatch.GetTimestamp();
        while (System.Diagnostics.Stopwatch.GetElapsedTime(begun) < s_share)
        {
            await SequenceTests.OneByOneAsync(new Random(chance.Next()), Steps);
            await SequenceTests.AtOnceAsync(new Random(chance.Next()), Bursts, isSlow: chance.Next(2) == 0);
        }
    });
}
