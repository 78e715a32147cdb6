using System.Text.Json;
using Infra.Lab.Laboratories;
using Infra.Lab.Linux;
using Infra.Tests.Lab;

namespace Infra.Tests.Abuse;

/// <summary>
/// Processes of a stack that runs are killed, one by one and at random, while commands come as they like. Whatever happened, <c>status</c>
/// claims nothing that is not so, and <c>up</c> repairs it or ends in one message whose command helps.
/// </summary>
[Collection(SerialLaboratories.Name)]
public sealed class KilledTests
{
    private const string Stack = "killed";

    [Fact]
    public async Task Each_process_that_is_killed_is_started_again_or_missed_by_status_and_brought_back_by_up()
    {
        await using var project = await UpAsync();
        var laboratory = project.Laboratory(Stack);
        var killed = new HashSet<string>(StringComparer.Ordinal);
        while (LabProcesses.OfLab(laboratory).Concat(LabProcesses.OfServers(laboratory))
            .FirstOrDefault(process => killed.Add(process.What)) is { Pid: > 0 } next)
        {
            Signals.Kill(next.Pid);
            await TruthfulAsync(project, laboratory, next.What);
            await RepairedAsync(project, next.What);
        }

        Assert.InRange(killed.Count, 12, int.MaxValue);
    }

    [Fact]
    public Task Kills_and_commands_at_random_leave_a_stack_that_comes_up_again() => Chance.WithSeedAsync("kills", async chance =>
    {
        await using var project = await UpAsync();
        var laboratory = project.Laboratory(Stack);
        var traces = new SurvivesTraces(laboratory);
        var end = DateTime.UtcNow + Chance.Duration;
        while (DateTime.UtcNow < end)
        {
            traces.Look(laboratory);
            var did = new List<string>();
            var running = new List<SurvivesCommand>();
            for (var left = chance.Next(1, 5); left > 0; left--)
            {
                did.Add(Act(chance, project, laboratory, running));
            }

            var what = string.Join(", ", did);
            foreach (var command in running)
            {
                Said(await command.EndAsync(), command.Said, what);
                command.Dispose();
            }

            await TruthfulAsync(project, laboratory, what);
            await RepairedAsync(project, what);
        }

        using var down = project.Start("down", Stack);
        Assert.Equal(0, await down.EndAsync());
        Assert.Empty(await traces.LeftAsync());
    });

    /// <summary>One thing that an adversary, or a hurried person, does.</summary>
    private static string Act(Random chance, SurvivesProject project, Laboratory laboratory, List<SurvivesCommand> running)
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

        if (kind == 4 && Directory.Exists(laboratory.Folder.Path))
        {
            string[] files = ["cloud/cloud.json", "endpoints.json", "addresses.json", "neighbour.json"];
            var file = Path.Combine(laboratory.Folder.Path, files[chance.Next(files.Length)]);
            if (File.Exists(file))
            {
                using var cut = new FileStream(file, FileMode.Open);
                cut.SetLength(chance.NextInt64(cut.Length + 1));
            }

            return $"cut {Path.GetFileName(file)}";
        }

        var processes = chance.Next(2) == 0 ? LabProcesses.OfLab(laboratory) : LabProcesses.OfServers(laboratory);
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
        project.Write(Stack, SurvivesStage.Settings(("chat", SurvivesStage.Endpoint(replicas: 2, access: "internal"))));
        await RepairedAsync(project, "the first up");
        return project;
    }

    /// <summary>What <c>status</c> calls ready or healthy answers.</summary>
    private static async Task TruthfulAsync(SurvivesProject project, Laboratory laboratory, string what)
    {
        using var status = project.Start("status", Stack, "--json");
        if (Said(await status.EndAsync(), status.Said, what) != 0)
        {
            return;
        }

        var report = JsonDocument.Parse(status.Said[status.Said.IndexOf('[', StringComparison.Ordinal)..]).RootElement[0];
        var ready = report.GetProperty("nodes").EnumerateArray()
            .Where(node => node.GetProperty("state").GetString() == "ready")
            .Select(node => node.GetProperty("name").GetString()!).ToArray();
        foreach (var node in laboratory.Nodes().Where(node => ready.Contains(node.Name)))
        {
            Assert.True(laboratory.Server(node).Leader is not null, $"{what}: {node.Name} is called ready and is off");
            var network = await laboratory.Server(node).AskAsync(["ip", "-4", "address", "show", "dev", "eth0"]);
            Assert.True(network.Output.Contains($"{node.PublicAddress}/", StringComparison.Ordinal),
                $"{what}: {node.Name} is called ready and has no network");
        }
    }

    /// <summary><c>up</c> repairs it, or says what helps, which does.</summary>
    private static async Task RepairedAsync(SurvivesProject project, string what)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var up = project.Start("up", Stack);
            var status = Said(await up.EndAsync(), up.Said, what);
            if (status == 0)
            {
                break;
            }

            Assert.True(attempt < 2, $"{what}: not repaired: {up.Said}");
            // The command that the message names.
            using var down = project.Start("down", Stack);
            Assert.True(Said(await down.EndAsync(), down.Said, what) == 0, down.Said);
        }

        using var ask = project.Start("ask", "Hello?", "--stack", Stack);
        Assert.True(Said(await ask.EndAsync(), ask.Said, what) == 0, $"{what}: {ask.Said}");
    }

    private static int Said(int status, string said, string what)
    {
        Assert.False(
            said.Contains("   at Infra.", StringComparison.Ordinal) || said.Contains("Internal error", StringComparison.Ordinal),
            $"{what}: {status}: {said}");
        return status;
    }
}
