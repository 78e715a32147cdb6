using Infra.Tests.Node;

namespace Infra.Tests.Abuse;

/// <summary>
/// Hubs that lie, one after the other: none gets a file served that the catalog does not have, none makes a node fail silently.
/// </summary>
public sealed class LyingHubTests
{
    [Fact]
    public Task No_lie_of_a_hub_is_served_and_each_ends_in_the_right_files_or_a_refusal() =>
        Chance.WithSeedAsync("a lying hub", async chance =>
        {
            var end = TimeProvider.System.GetUtcNow() + (Chance.Duration / 4);
            while (TimeProvider.System.GetUtcNow() < end)
            {
                await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => HubLies.HoldAsync(chance.Next())));
            }
        });

    [Fact]
    public Task Listings_at_random_end_in_a_list_or_a_refusal() => Chance.WithSeedAsync("listings", async chance =>
    {
        using var node = new StagedNode();
        var result = await ListingFuzz.RunAsync(node, chance.Next(), count: 200_000);
        Assert.True(result.ExitCode == 0, result.All);
    });
}
