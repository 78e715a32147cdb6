using Infra.Tests.Abuse;

namespace Infra.Tests.Node;

/// <summary>Scripts that change a node end, when they are run again, as if they had never been killed. A sample; <see cref="KilledEverywhereTests"/> has all.</summary>
public sealed class KilledScriptTests
{
    private const int Sample = 5;

    public static TheoryData<string> Scripts => KilledScripts.All;

    [Theory]
    [MemberData(nameof(Scripts))]
    public Task A_script_that_was_killed_is_finished_by_the_next_run(string name) => Chance.WithSeedAsync(name, async chance =>
    {
        using var script = await KilledScripts.OfAsync(name);
        var moments = await script.MomentsAsync();
        Assert.True(moments.Count > Sample, $"{name} has {moments.Count} moments");
        foreach (var (at, line) in chance.GetItems([.. moments], Sample).Distinct())
        {
            await script.KillAsync(at, line);
        }
    });

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task A_script_that_finds_the_disk_full_says_so_and_is_finished_by_the_next_run(string name)
    {
        using var script = await KilledScripts.OfAsync(name);
        await script.FullDiskAsync();
    }
}
