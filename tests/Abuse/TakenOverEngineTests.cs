using System.Runtime.CompilerServices;
using Infra.Tests.Lab;

namespace Infra.Tests.Abuse;

/// <summary>
/// An engine that was taken over, as a program (<c>takeover.py</c>): it starts in the engine's place, within exactly its walls and filters,
/// which a process that enters a container from outside does not have.
/// </summary>
[Collection(TestCluster.Collection)]
public sealed class TakenOverEngineTests(TestCluster cluster)
{
    private const string Start = """
        set -e
        serve=/usr/local/libexec/inference/serve
        sed "s#exec vllm serve \"\$@\"#exec python3 -c \"import base64, sys; exec(base64.b64decode(sys.argv.pop(1)))\" $3 $2#" $serve > $serve-takeover
        cmp -s $serve $serve-takeover && exit 3
        chmod 755 $serve-takeover
        mkdir -p /run/systemd/system/$1.d
        printf '[Service]\nExecStart=\nExecStart=%s %s\nRestart=no\n' "$serve-takeover" "$4" > /run/systemd/system/$1.d/takeover.conf
        systemctl daemon-reload
        systemctl restart $1
        """;

    private const string End = """
        rm -rf /run/systemd/system/$1.d /usr/local/libexec/inference/serve-takeover
        systemctl daemon-reload
        systemctl reset-failed $1
        systemctl restart $1
        """;

    [Theory]
    [InlineData("chat-0", "container")]
    [InlineData("chat-1", "container")]
    [InlineData(TestCluster.Amd, "container")]
    [InlineData(TestCluster.Venv, "venv")]
    public async Task It_gets_nowhere_and_leaves_nothing(string server, string install)
    {
        var (unit, mark) = ($"inference-vllm-{install}.service", $"taken{Guid.NewGuid():n}");
        var program = Convert.ToBase64String(await File.ReadAllBytesAsync(
            Path.Combine(Folder(), "takeover.py"), TestContext.Current.CancellationToken));
        try
        {
            var started = await cluster.Stack.InsideAsync(server, "bash", "-c", Start, "-", unit, mark, program, install);
            Assert.True(started.Status == 0, started.Errors);
            string[] lines = [];
            await RunningStack.UntilAsync($"{server}: the program has tried all", TimeSpan.FromSeconds(90), async () =>
                (lines = (await cluster.ShellAsync(server, $"journalctl -u {unit} -o cat --since -120s")).Split('\n')).Contains("done"));
            Assert.DoesNotContain(lines, line => Found.Any(found => line.StartsWith(found, StringComparison.Ordinal))
                || line.StartsWith("Traceback", StringComparison.Ordinal));
            // It ends as failed, and prints a forged next step for the operator.
            var reported = await cluster.Stack.InsideAsync(server, "/usr/local/libexec/inference/await-ready", "60");
            Assert.Equal($"next step: journalctl -u inference-vllm-{install} on the node, then run pulumi up again",
                reported.Errors.Split('\n').Single(line => line.StartsWith("next", StringComparison.Ordinal)));
            Assert.DoesNotContain("cause: the node", reported.Errors, StringComparison.Ordinal);
        }
        finally
        {
            await cluster.Stack.InsideAsync(server, "bash", "-c", End, "-", unit);
        }

        await cluster.Stack.UntilReadyAsync(server);
        await EngineMarks.GoneAsync(cluster, server, mark);
    }

    /// <summary>How each line of what it could do begins.</summary>
    private static readonly string[] Found =
        ["folder ", "socket ", "device ", "setting ", "process ", "call ", "family ", "interface ", "room "];

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
