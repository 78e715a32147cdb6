using Infra.Lab.Linux;
using Infra.Lab.Mirrors;
using Infra.Lab.Provider.Resources;
using Infra.Lab.Stacks;
using static Infra.Tests.Lab.SurvivesStage;

namespace Infra.Tests.Lab;

/// <summary>Runs of <c>up</c> that are killed or interrupted, and runs side by side.</summary>
[Collection(SerialLabs.Name)]
public sealed class SurvivesInterruptionTests
{
    private const int CacheVolumeGiB = 30;

    [Fact]
    public async Task The_next_run_resumes_one_that_was_killed_at_any_moment_and_down_leaves_nothing()
    {
        await using var project = new SurvivesProject();
        var endpoint = Endpoint();
        endpoint["cacheVolumeGiB"] = CacheVolumeGiB;
        project.Write("cut", ConfigValues(("chat", endpoint)));
        var lab = project.LabStack("cut");
        var traces = new SurvivesTraces(lab);
        // A silent hub keeps the server from becoming ready, however long the previous runs take: the gate has to wait.
        lab.Folder.Create();
        Hub(new() { Hang = true });

        await KilledWhenAsync("there is a VPC", () => Has(lab, Types.Vpc));
        await KilledWhenAsync("a server boots", () => lab.Nodes() is [var node] && lab.Server(node).Leader is not null);
        await KilledWhenAsync("the host key is adopted", () => Runs("install-host-key", lab));
        using (var up = project.Start("up", "cut"))
        {
            await UntilAsync(up, "the readiness gate waits", () => Runs("await-ready", lab));
            traces.Look(lab);
            Assert.NotEqual(0, await up.InterruptAsync());
        }

        // A process that waits on the node ends with its session, not after an hour.
        await RunningStack.UntilAsync("the gate's script has ended", TimeSpan.FromSeconds(30), async () =>
            (await lab.Server(lab.Nodes().Single()).AskAsync(["pgrep", "-f", "libexec/inference/await-ready"])).Status != 0);

        Hub(MirrorFaults.None);

        using (var up = project.Start("up", "cut"))
        {
            Assert.True(await up.EndAsync() == 0, up.Output);
        }

        traces.Look(lab);
        var server = Assert.Single(lab.Nodes());
        Assert.Single(Peek(lab), resource => resource.Type == Types.Droplet);
        Assert.Single(traces.Cgroups());
        Assert.Equal(1, SurvivesTraces.ServersIn(lab));
        Assert.Single(await traces.LoopDevicesAsync());
        Assert.NotNull(lab.Server(server).Leader);

        using (var down = project.Start("down", "cut"))
        {
            Assert.True(await down.EndAsync() == 0, down.Output);
        }

        Assert.Empty(await traces.LeftAsync());

        void Hub(MirrorFaults faults) => new MirrorControl().With(MirrorKind.Hub, faults).Save(lab.Folder.MirrorControl);

        async Task KilledWhenAsync(string what, Func<bool> isSo)
        {
            using var up = project.Start("up", "cut");
            await UntilAsync(up, what, isSo);
            traces.Look(lab);
            await up.KillAsync();
        }
    }

    [Fact]
    public async Task Two_labs_and_three_runs_of_one_of_them_go_side_by_side()
    {
        await using var project = new SurvivesProject();
        string[] stacks = ["one", "two"];
        foreach (var stack in stacks)
        {
            project.Write(stack, ConfigValues(("chat", Endpoint())));
        }

        var runs = stacks.Concat(["one", "one"]).Select(stack => project.Start("up", stack)).ToArray();
        try
        {
            foreach (var run in runs)
            {
                Assert.True(await run.EndAsync() == 0, run.Output);
            }
        }
        finally
        {
            // The ones that still run hold the lock of the lab that is deleted next.
            foreach (var run in runs)
            {
                run.Dispose();
            }
        }

        var traces = stacks.Select(stack => new SurvivesTraces(project.LabStack(stack))).ToArray();
        foreach (var (stack, trace) in stacks.Zip(traces))
        {
            Assert.Single(project.LabStack(stack).Nodes());
            Assert.Single(trace.Cgroups());
            Assert.Equal(1, SurvivesTraces.ServersIn(project.LabStack(stack)));
        }

        // A lab that is stopped while it starts: it gets its first answer, and then it is gone.
        using (var up = project.Start("up", "one"))
        {
            await UntilAsync(up, "the run has the lab",
                () => File.ReadLines("/proc/locks").Any(line => line.Contains($" WRITE {up.Pid} ", StringComparison.Ordinal)));
            using var down = project.Start("down");
            Assert.True(await up.EndAsync() == 0, up.Output);
            Assert.True(await down.EndAsync() == 0, down.Output);
        }

        foreach (var trace in traces)
        {
            Assert.Empty(await trace.LeftAsync());
        }
    }

    private static Task UntilAsync(SurvivesCommand up, string what, Func<bool> isSo) => RunningStack.UntilAsync(what, Patience, () =>
    {
        Assert.False(up.HasEnded, $"{what} was not seen before the run ended: {up.Output}");
        return Task.FromResult(isSo());
    });

    private static bool Has(LabStack lab, string type) =>
        Peek(lab).Any(resource => resource.Type == type && resource.Status == ResourceStatus.Ok);

    private static IEnumerable<CloudResource> Peek(LabStack lab) =>
        CloudState.Peek(lab.Folder.Cloud) is { } state ? CloudState.In(state) : [];

    /// <summary>Whether a command of that name is under way over SSH.</summary>
    private static bool Runs(string script, LabStack lab) =>
        lab.Nodes() is [var node] && HostProgram.AskAsync("pgrep",
            ["-f", $"^ssh .*{lab.Folder.Path}.*@{node.PublicAddress} .*{script}"]).GetAwaiter().GetResult().Status == 0;
}
