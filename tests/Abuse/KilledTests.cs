using System.Text.Json;
using Infra.Lab.Linux;
using Infra.Lab.Stacks;
using Infra.Tests.Lab;

namespace Infra.Tests.Abuse;

/// <summary>
/// Processes of a stack that runs are killed, one by one and at random, while commands come as they like. Whatever happened, <c>status</c>
/// claims nothing that is not so, and <c>up</c> repairs it or ends in one message whose command helps.
/// </summary>
[Collection(SerialLabs.Name)]
public sealed class KilledTests
{
    private const string Stack = "killed";

    [Fact]
    public async Task A_killed_process_is_restarted_or_reported_by_status_and_restarted_by_up()
    {
        await using var project = await UpAsync();
        var lab = project.LabStack(Stack);
        var killed = new HashSet<string>(StringComparer.Ordinal);
        while (LabProcesses.OfLab(lab).Concat(LabProcesses.OfServers(lab))
            .FirstOrDefault(process => killed.Add(process.What)) is { Pid: > 0 } next)
        {
            Signals.Kill(next.Pid);
            await TruthfulAsync(project, lab, next.What);
            await RepairedAsync(project, next.What);
        }

        Assert.InRange(killed.Count, 12, int.MaxValue);
    }

    [Fact]
    public Task Kills_and_commands_at_random_leave_a_stack_that_comes_up_again() => Chance.WithSeedAsync("kills", async chance =>
    {
        await using var project = await UpAsync();
        var lab = project.LabStack(Stack);
        var traces = new SurvivesTraces(lab);
        var end = DateTime.UtcNow + Chance.Duration;
        while (DateTime.UtcNow < end)
        {
            traces.Look(lab);
            var did = new List<string>();
            var running = new List<SurvivesCommand>();
            for (var left = chance.Next(1, 5); left > 0; left--)
            {
                did.Add(Act(chance, project, lab, running));
            }

            var what = string.Join(", ", did);
            foreach (var command in running)
            {
                Checked(await command.EndAsync(), command.Output, what);
                command.Dispose();
            }

            await TruthfulAsync(project, lab, what);
            await RepairedAsync(project, what);
        }

        using var down = project.Start("down", Stack);
        Assert.Equal(0, await down.EndAsync());
        Assert.Empty(await traces.LeftAsync());
    });

    /// <summary>One thing that an adversary, or a hurried person, does.</summary>
    private static string Act(Random chance, SurvivesProject project, LabStack lab, List<SurvivesCommand> running)
    {
        string[][] commands =
        [
            ["status"], ["status", "--json"], ["ask", "Hello?", "--stack", Stack], ["mirrors", "--stack", Stack],
            ["exec", "operator", "--stack", Stack, "--", "true"],
            ["exec", "chat-0", "--stack", Stack, "--", "true"], ["logs", "chat-1", "--stack", Stack],
            ["ssh", "chat-0", "--stack", Stack, "--", "true"], ["up", Stack], ["up", Stack],
            ["down", Stack],
        ];
        var kind = chance.Next(10);
        if (kind < 4)
        {
            var words = commands[chance.Next(commands.Length)];
            running.Add(project.Start(words));
            return string.Join(' ', words);
        }

        if (kind == 4 && Directory.Exists(lab.Folder.Path))
        {
            string[] files = ["cloud/account.db", "endpoints.json", "addresses.json", "neighbour.json"];
            var file = Path.Combine(lab.Folder.Path, files[chance.Next(files.Length)]);
            if (File.Exists(file))
            {
                using var cut = new FileStream(file, FileMode.Open);
                cut.SetLength(chance.NextInt64(cut.Length + 1));
            }

            return $"cut {Path.GetFileName(file)}";
        }

        var processes = chance.Next(2) == 0 ? LabProcesses.OfLab(lab) : LabProcesses.OfServers(lab);
        if (processes.Count == 0)
        {
            return "nothing runs";
        }

        var process = processes[chance.Next(processes.Count)];
        Signals.Kill(process.Pid);
        return $"kill {process.What}";
    }

    private static async Task<SurvivesProject> UpAsync()
    {
        var project = new SurvivesProject();
        project.Write(Stack, SurvivesStage.ConfigValues(("chat", SurvivesStage.Endpoint(replicas: 2, access: "internal"))));
        await RepairedAsync(project, "the first up");
        return project;
    }

    /// <summary>A node that <c>status</c> calls ready or healthy answers.</summary>
    private static async Task TruthfulAsync(SurvivesProject project, LabStack lab, string what)
    {
        using var status = project.Start("status", Stack, "--json");
        if (Checked(await status.EndAsync(), status.Output, what) != 0)
        {
            return;
        }

        var report = JsonDocument.Parse(status.Output[status.Output.IndexOf('[', StringComparison.Ordinal)..]).RootElement[0];
        var ready = report.GetProperty("nodes").EnumerateArray()
            .Where(node => node.GetProperty("state").GetString() == "ready")
            .Select(node => node.GetProperty("name").GetString()!).ToArray();
        foreach (var node in lab.Nodes().Where(node => ready.Contains(node.Name)))
        {
            Assert.True(lab.Server(node).Leader is not null, $"{what}: {node.Name} is called ready and is off");
            var network = await lab.Server(node).AskAsync(["ip", "-4", "address", "show", "dev", "eth0"]);
            Assert.True(network.Output.Contains($"{node.PublicAddress}/", StringComparison.Ordinal),
                $"{what}: {node.Name} is called ready and has no network");
        }
    }

    /// <summary><c>up</c> repairs it, or reports a fix that works.</summary>
    private static async Task RepairedAsync(SurvivesProject project, string what)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var up = project.Start("up", Stack);
            var status = Checked(await up.EndAsync(), up.Output, what);
            if (status == 0)
            {
                break;
            }

            Assert.True(attempt < 2, $"{what}: not repaired: {up.Output}");
            // The command that the message names.
            using var down = project.Start("down", Stack);
            Assert.True(Checked(await down.EndAsync(), down.Output, what) == 0, down.Output);
        }

        using var ask = project.Start("ask", "Hello?", "--stack", Stack);
        Assert.True(Checked(await ask.EndAsync(), ask.Output, what) == 0, $"{what}: {ask.Output}");
    }

    private static int Checked(int status, string output, string what)
    {
        Assert.False(
            output.Contains("   at Infra.", StringComparison.Ordinal) || output.Contains("Internal error", StringComparison.Ordinal),
            $"{what}: {status}: {output}");
        return status;
    }
}
