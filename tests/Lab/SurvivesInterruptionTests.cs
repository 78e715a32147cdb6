using Infra.Lab.Cloud.Resources;
using Infra.Lab.Laboratories;
using Infra.Lab.Linux;
using Infra.Lab.Mirrors;
using static Infra.Tests.Lab.SurvivesStage;

namespace Infra.Tests.Lab;

/// <summary>Runs of the command line's program that are cut short, and runs side by side.</summary>
[Collection(SerialLaboratories.Name)]
public sealed class SurvivesInterruptionTests
{
    private const int CacheVolumeGiB = 30;

    [Fact]
    public async Task A_run_that_is_killed_at_any_moment_is_taken_up_by_the_next_and_nothing_stays_after_down()
    {
        await using var project = new SurvivesProject();
        var endpoint = Endpoint();
        endpoint["cacheVolumeGiB"] = CacheVolumeGiB;
        project.Write("cut", Settings(("chat", endpoint)));
        var laboratory = project.Laboratory("cut");
        var traces = new SurvivesTraces(laboratory);
        // A hub that says nothing keeps the server from being ready, however long the runs before take: the gate has to wait.
        laboratory.Folder.Create();
        Hub(new() { Hang = true });

        await KilledWhenAsync("there is a VPC", () => Has(laboratory, Types.Vpc));
        await KilledWhenAsync("a server boots", () => laboratory.Nodes() is [var node] && laboratory.Server(node).Leader is not null);
        await KilledWhenAsync("the host key is adopted", () => Runs("install-host-key", laboratory));
        using (var up = project.Start("up", "cut"))
        {
            await UntilAsync(up, "the readiness gate waits", () => Runs("await-ready", laboratory));
            traces.Look(laboratory);
            Assert.NotEqual(0, await up.InterruptAsync());
        }

        // What waits on the node ends with its session, and not after an hour.
        await RunningStack.UntilAsync("the gate's script has ended", TimeSpan.FromSeconds(30), async () =>
            (await laboratory.Server(laboratory.Nodes().Single()).AskAsync(["pgrep", "-f", "libexec/inference/await-ready"])).Status != 0);

        Hub(MirrorFaults.None);

        using (var up = project.Start("up", "cut"))
        {
            Assert.True(await up.EndAsync() == 0, up.Said);
        }

        traces.Look(laboratory);
        var server = Assert.Single(laboratory.Nodes());
        Assert.Single(Peek(laboratory), resource => resource.Type == Types.Droplet);
        Assert.Single(traces.Cgroups());
        Assert.Equal(1, SurvivesTraces.ServersIn(laboratory));
        Assert.Single(await traces.LoopDevicesAsync());
        Assert.NotNull(laboratory.Server(server).Leader);

        using (var down = project.Start("down", "cut"))
        {
            Assert.True(await down.EndAsync() == 0, down.Said);
        }

        Assert.Empty(await traces.LeftAsync());

        void Hub(MirrorFaults faults) => new MirrorControl().With(MirrorKind.Hub, faults).Save(laboratory.Folder.MirrorControl);

        async Task KilledWhenAsync(string what, Func<bool> isSo)
        {
            using var up = project.Start("up", "cut");
            await UntilAsync(up, what, isSo);
            traces.Look(laboratory);
            await up.KillAsync();
        }
    }

    [Fact]
    public async Task Three_laboratories_and_three_runs_of_one_of_them_go_side_by_side()
    {
        await using var project = new SurvivesProject();
        string[] stacks = ["one", "two", "three"];
        foreach (var stack in stacks)
        {
            project.Write(stack, Settings(("chat", Endpoint())));
        }

        var runs = stacks.Concat(["one", "one"]).Select(stack => project.Start("up", stack)).ToArray();
        try
        {
            foreach (var run in runs)
            {
                Assert.True(await run.EndAsync() == 0, run.Said);
            }
        }
        finally
        {
            // Those that still run hold the lab that is taken down next.
            foreach (var run in runs)
            {
                run.Dispose();
            }
        }

        var traces = stacks.Select(stack => new SurvivesTraces(project.Laboratory(stack))).ToArray();
        foreach (var (stack, trace) in stacks.Zip(traces))
        {
            Assert.Single(project.Laboratory(stack).Nodes());
            Assert.Single(trace.Cgroups());
            Assert.Equal(1, SurvivesTraces.ServersIn(project.Laboratory(stack)));
        }

        // Another size is another Droplet, in the place of the old one.
        var before = project.Laboratory("two").Nodes().Single();
        project.Write("two", Settings(("chat", Endpoint(size: LargerSize))));
        using (var up = project.Start("up", "two"))
        {
            Assert.True(await up.EndAsync() == 0, up.Said);
        }

        var after = project.Laboratory("two").Nodes().Single();
        Assert.NotEqual(before.Id, after.Id);
        Assert.Equal(LargerSize, after.Size);
        Assert.Single(traces[1].Cgroups());
        traces[1].Look(project.Laboratory("two"));

        // One that is taken down while it comes up: its first answer is in, and then it is gone.
        using (var up = project.Start("up", "one"))
        {
            await UntilAsync(up, "the run has the lab",
                () => File.ReadLines("/proc/locks").Any(line => line.Contains($" WRITE {up.Pid} ", StringComparison.Ordinal)));
            using var down = project.Start("down");
            Assert.True(await up.EndAsync() == 0, up.Said);
            Assert.True(await down.EndAsync() == 0, down.Said);
        }

        foreach (var trace in traces)
        {
            Assert.Empty(await trace.LeftAsync());
        }
    }

    private static Task UntilAsync(SurvivesCommand up, string what, Func<bool> isSo) => RunningStack.UntilAsync(what, Patience, () =>
    {
        Assert.False(up.HasEnded, $"{what} was not seen before the run ended: {up.Said}");
        return Task.FromResult(isSo());
    });

    private static bool Has(Laboratory laboratory, string type) =>
        Peek(laboratory).Any(resource => resource.Type == type && resource.Status == ResourceStatus.Ok);

    private static IEnumerable<CloudResource> Peek(Laboratory laboratory) => CloudState.Peek(laboratory.Folder.Cloud)?.Resources ?? [];

    /// <summary>Whether a command of that name is under way over SSH.</summary>
    private static bool Runs(string script, Laboratory laboratory) =>
        laboratory.Nodes() is [var node] && HostProgram.AskAsync("pgrep",
            ["-f", $"^ssh .*{laboratory.Folder.Path}.*@{node.PublicAddress} .*{script}"]).GetAwaiter().GetResult().Status == 0;
}
