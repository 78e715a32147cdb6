using Infra.Tests.Node;

namespace Infra.Tests.Abuse;

/// <summary>Every script that changes a node, killed at each of its lines: the first and the last time that it comes there.</summary>
public sealed class KilledEverywhereTests
{
    public static TheoryData<string> Scripts => KilledScripts.All;

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task A_script_may_be_killed_at_any_line(string name)
    {
        using var script = await KilledScripts.OfAsync(name);
        foreach (var (at, line) in await script.MomentsAsync())
        {
            await script.KillAsync(at, line);
        }
    }
}
