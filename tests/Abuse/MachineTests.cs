using Infra.Lab.Host;
using Infra.Lab.Linux;
using Infra.Tests.Lab;

namespace Infra.Tests.Abuse;

/// <summary>
/// Machines that are full, read-only or without rights: the command line's program, past the look of <c>./infra</c>, ends in one message
/// with a fix.
/// </summary>
[Collection(SerialLabs.Name)]
public sealed class MachineTests
{
    /// <summary>Time limit of a run, because a fault that is not reported at once would hang.</summary>
    private const int LongestSeconds = 120;

    private static readonly string s_images = Path.Combine(LabFolder.CacheFolder(), "images");

    public static TheoryData<string> States => new()
    {
        "setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin",
        "setpriv --bounding-set=-net_admin --inh-caps=-net_admin",
        "setpriv --bounding-set=-all --inh-caps=-all",
        // The images exist: the disk has no room for the lab.
        "mount -t tmpfs -o size=256k tmpfs /mnt && mkdir -p /mnt/images && mount --bind \"$images\" /mnt/images && INFRA_CACHE=/mnt",
        "mount -t tmpfs -o size=40m tmpfs /mnt && mkdir -p /mnt/images && mount --bind \"$images\" /mnt/images && INFRA_CACHE=/mnt",
        "mount -t tmpfs tmpfs /mnt && mount -o remount,ro /mnt && INFRA_CACHE=/mnt",
        "INFRA_CACHE='/var/cache/a folder: with, all'",
        $"INFRA_CACHE=/var/cache/{new string('x', 200)}",
        "INFRA_CACHE=/dev/null",
        "INFRA_CACHE=/proc/infra",
    };

    [Theory]
    [MemberData(nameof(States))]
    public async Task A_state_of_the_machine_is_one_message_with_a_fix(string state)
    {
        await using var project = new SurvivesProject();
        project.Write("poor", SurvivesStage.ConfigValues(("chat", SurvivesStage.Endpoint())));
        var run = state.StartsWith("setpriv", StringComparison.Ordinal) ? $"exec {state} \"$@\""
            : $"export {Last(state)}; exec \"$@\"";
        var answer = await HostProgram.AskAsync("unshare",
        [
            "--mount", "--propagation", "private", "sh", "-c", $"images={s_images}; cd {project.Folder} && {Before(state)}{run}", "-",
            "timeout", $"{LongestSeconds}", HostProgram.Dotnet, typeof(Sandbox).Assembly.Location, "up", "poor",
        ], cancel: TestContext.Current.CancellationToken);
        var output = answer.Output + answer.Errors;
        Assert.True(answer.Status == 1, $"{state}: {answer.Status}: {output}");
        Assert.Contains("\n  fix: ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    // The first mount, and the last variable.
    private static string Before(string state) => state.Contains(" && INFRA_CACHE", StringComparison.Ordinal)
        ? $"{state[..state.LastIndexOf(" && ", StringComparison.Ordinal)]} && " : "";

    private static string Last(string state) => state[Math.Max(0, state.LastIndexOf("INFRA_CACHE", StringComparison.Ordinal))..];
}
