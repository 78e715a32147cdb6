using Infra.Tests.Abuse;

namespace Infra.Tests.Node;

/// <summary>
/// Scripts that change a node end, when they are run again, as if they had never been killed. A sample of moments;
/// <see cref="KilledEverywhereTests"/> has all.
/// </summary>
public sealed class KilledScriptTests
{
    private const int Sample = 2;

    public static TheoryData<string> Scripts => KilledScripts.All;

    [Theory]
    [MemberData(nameof(Scripts))]
    public Task A_script_that_was_killed_or_found_the_disk_full_is_finished_by_the_next_run(string name) =>
        Chance.WithSeedAsync(name, async chance =>
        {
            using var script = await KilledScripts.OfAsync(name);
            var moments = await script.MomentsAsync();
            Assert.True(moments.Count > 4 * Sample, $"{name} has {moments.Count} moments");
            foreach (var (at, line) in chance.GetItems([.. moments], Sample).Distinct())
            {
                await script.KillAsync(at, line);
            }

            await script.FullDiskAsync();
        });
}
