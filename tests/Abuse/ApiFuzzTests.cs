using Infra.Tests.Unit.Lab.DigitalOcean.Specification;

namespace Infra.Tests.Abuse;

/// <summary>Random requests to DigitalOcean's API for minutes: see <see cref="FuzzTests"/>.</summary>
public sealed class ApiFuzzTests
{
    private const int RequestsOfAccount = 2_000;

    // Many accounts of some thousand requests each find more than one: an account fills up, and then refuses all that is new.
    private static readonly TimeSpan s_share = Chance.Duration / 6;

    [Fact]
    public Task Random_requests_get_known_answers_and_leave_nothing() => Chance.WithSeedAsync("digitalocean", async chance =>
    {
        var begun = System.Diagnostics.Stopwatch.GetTimestamp();
        while (System.Diagnostics.Stopwatch.GetElapsedTime(begun) < s_share)
        {
            await FuzzTests.RunAsync(new Random(chance.Next()), requests => requests < RequestsOfAccount
                && System.Diagnostics.Stopwatch.GetElapsedTime(begun) < s_share);
        }
    });
}
