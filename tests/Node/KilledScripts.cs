using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Infra.Node;

namespace Infra.Tests.Node;

/// <summary>
/// A script that changes a node, killed with all of its processes at a line, run again, and compared with one that was never killed.
/// </summary>
internal sealed partial class KilledScripts : IDisposable
{
    // Sourced by each bash script before its first line. What subshells do is counted with the line of the script that waits for them.
    private const string Trap = """
        if [[ $0 == "$KILLED_SCRIPT" ]]; then
          set -o functrace
          killed_count=0
          trap '((BASH_SUBSHELL)) || {
            ((++killed_count))
            [[ -z $KILLED_LOG ]] || echo "$killed_count ${BASH_SOURCE[0]##*/}:$LINENO" >> "$KILLED_LOG"
            ((killed_count != KILLED_AT)) || kill -KILL 0
          }' DEBUG
        fi
        """;

    private readonly RunningNode _before;
    private readonly string _script;
    private readonly string _input;
    private string? _expected;

    private KilledScripts(string script, RunningNode before, string input) => (_script, _before, _input) = (script, before, input);

    /// <summary>The scripts.</summary>
    public static TheoryData<string> All =>
    [
        "apply-settings", "store-secrets", "store-secrets (first)", "install-host-key", "retire-bootstrap-key", "set-operators", "firewall",
        "grow-storage",
        "first-boot", "timeline",
    ];

    /// <summary>A node on which a script has something to do.</summary>
    public static async Task<KilledScripts> OfAsync(string name)
    {
        var before = new RunningNode();
        var node = before.Node;
        // The node's scripts are at the paths of user data, together with their test root.
        node.Write("/trap", Trap);
        var environment = node.Read(NodeEnvironment.Path);
        var input = "";
        switch (name)
        {
            case "apply-settings":
                await StoreAsync(node, SecretsTests.Secrets(node));
                await before.StartAsync();
                input = RunningNode.With(
                    environment, ("VLLM_ARGS", "--max-num-seqs 7"), ("MODEL_FORMAT", "hf"), ("FIREWALL_CLIENT_CIDRS", "10.20.0.9"),
                    ("API_CORS_ORIGINS", "https://app.example.com"), ("STORAGE_VOLUME", "a-volume"), ("GPU_COUNT", "2"),
                    ("ENDPOINT_NAME", "other"));
                break;
            case "store-secrets":
                await StoreAsync(node, SecretsTests.Secrets(node, "hf_old"));
                await before.StartAsync();
                input = SecretsTests.Secrets(node, "hf_new");
                break;
            case "store-secrets (first)":
                node.Write("/etc/inference/secrets/huggingface.token", "");
                input = SecretsTests.Secrets(node, "hf_new");
                break;
            case "install-host-key":
                await SshAsync(before, "ecdsa", "rsa");
                node.Write("/etc/ssh/ssh_host_ed25519_key", "the image's");
                input = await HostKeyTests.KeyAsync(node, "ed25519");
                break;
            case "retire-bootstrap-key":
                await SshAsync(before, "ecdsa", "ed25519");
                node.Write("/etc/ssh/sshd_config.d/09-bootstrap-host-key.conf", "HostKey\n");
                break;
            case "set-operators":
                node.Write("/home/ops/.ssh/authorized_keys", "ssh-ed25519 AAAA who left\n");
                await HostKeyTests.KeyAsync(node, "ed25519");
                input = $"{node.Read("/key.pub")}# end\n";
                break;
            case "firewall":
                await before.StartAsync();
                node.Write(NodeEnvironment.Path, RunningNode.With(environment, ("FIREWALL_ADMIN_CIDRS", "192.0.2.0/24")));
                break;
            case "grow-storage":
                before.Running("inference-storage.service");
                node.Write(NodeEnvironment.Path, RunningNode.With(environment, ("STORAGE_VOLUME", "a-volume")));
                node.Write("/dev/disk/by-id/scsi-0DO_Volume_a-volume", "");
                node.Stub("blockdev", "echo $((20 << 30))");
                node.Stub("resize2fs", "echo 20 > \"$INFERENCE_ROOT/world/size\"");
                input = "20\n";
                break;
            case "first-boot":
                node.Stub("systemd-sysusers", ":");
                node.Stub("systemd-tmpfiles", ":");
                node.Stub("apt-get", ":");
                node.Write("/etc/os-release", "PRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\nID=debian\nVERSION_ID=\"13\"\n");
                break;
            default:
                Assert.Equal("timeline", name);
                break;
        }

        return new KilledScripts(name.Split(' ')[0], before, input);

        static async Task StoreAsync(StagedNode node, string material)
        {
            var stored = await node.RunAsync("store-secrets", material);
            Assert.True(stored.ExitCode == 0, stored.All);
        }
    }

    /// <summary>Where the script can be killed: the first and the last time that it comes to a line.</summary>
    public async Task<IReadOnlyList<(int At, string Line)>> MomentsAsync()
    {
        using var copy = Copy();
        var log = copy.At("/moments");
        var result = await RunAsync(copy, at: 0, log);
        Assert.True(result.ExitCode == 0, result.All);
        var moments = File.ReadAllLines(log).Select(line => line.Split(' '))
            .Select(parts => (At: int.Parse(parts[0], CultureInfo.InvariantCulture), Line: parts[1])).ToArray();
        File.Delete(log);
        _expected = Snapshot(copy);
        return [.. moments.GroupBy(moment => moment.Line).SelectMany(line => new[] { line.First(), line.Last() }.Distinct()).Order()];
    }

    /// <summary>Killed there, run again, and like a node on which it was never killed; no secret lies about.</summary>
    public async Task KillAsync(int at, string line)
    {
        using var copy = Copy();
        var killed = await RunAsync(copy, at, log: "");
        Assert.True(killed.ExitCode == 137, $"{_script} was to be killed at {line}, and ended with {killed.ExitCode}: {killed.All}");
        await FinishAsync(copy, $"killed at {line}");
    }

    /// <summary>Each of its writes fails once, as on a full disk.</summary>
    public async Task FullDiskAsync()
    {
        using var copy = Copy();
        const string Full = "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"${@:2}\" < \"$1\"";
        var full = await copy.RunAsync(_script, path => ["bash", "-c", Full, path, Input(copy), .. Arguments]);
        Assert.True(full.ExitCode != 0, full.All);
        if (_script != "timeline") // whose failure is its unit's
        {
            Assert.Contains("error: ", full.Errors, StringComparison.Ordinal);
            Assert.Contains("\nnext: ", full.Errors, StringComparison.Ordinal);
        }

        await FinishAsync(copy, "without room to write");
    }

    public void Dispose() => _before.Dispose();

    private string[] Arguments => _script == "timeline" ? ["vllm", "start"] : [];

    private async Task FinishAsync(StagedNode copy, string what)
    {
        var again = await copy.RunAsync(_script, Arguments, _input);
        Assert.True(again.ExitCode == 0, $"{_script}, {what}, does not end the next time: {again.All}");
        var now = Snapshot(copy);
        Assert.True(_expected == now,
            $"{_script}, {what} and run again, leaves something else than one that was never killed:\n{_expected}\nand\n{now}");
    }

    private Task<ToolResult> RunAsync(StagedNode node, int at, string log) => node.RunInsideAsync(
        _script, path => ["setsid", "bash", "-c", "exec \"$0\" \"${@:2}\" < \"$1\"", path, Input(node), .. Arguments],
        [
            ("BASH_ENV", node.At("/trap")), ("KILLED_SCRIPT", node.At($"/usr/local/libexec/inference/{_script}")), ("KILLED_AT", $"{at}"),
            ("KILLED_LOG", log),
        ]);

    private string Input(StagedNode node)
    {
        node.Write("/input", _input);
        return node.At("/input");
    }

    private StagedNode Copy()
    {
        var copy = new StagedNode();
        var copied = Tool.RunAsync("cp", "-a", "--remove-destination", $"{_before.Node.Root}/.", copy.Root).GetAwaiter().GetResult();
        Assert.True(copied.ExitCode == 0, copied.All);
        return copy;
    }

    /// <summary>Every file, link and folder with its content, except records of runs.</summary>
    private static string Snapshot(StagedNode node)
    {
        var text = new StringBuilder();
        foreach (var entry in Directory.EnumerateFileSystemEntries(node.Root, "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal))
        {
            var path = SetName().Replace(Path.GetRelativePath(node.Root, entry), "set.N");
            var file = new FileInfo(entry);
            if (path is "called" or "input" or "trap" || path.EndsWith(".lock", StringComparison.Ordinal)
                || path.EndsWith("first-boot.log", StringComparison.Ordinal)
                || path.StartsWith("stubs/", StringComparison.Ordinal) || path.StartsWith("usr/", StringComparison.Ordinal))
            {
                continue;
            }

            var content = file.LinkTarget is { } target ? $"-> {SetName().Replace(target, "set.N")}"
                : Directory.Exists(entry) ? ""
                : path.EndsWith("events.jsonl", StringComparison.Ordinal) ? "events"
                : File.ReadAllText(entry);
            var mode = file.LinkTarget is null ? Convert.ToString((int)File.GetUnixFileMode(entry), 8) : "";
            text.Append(CultureInfo.InvariantCulture, $"{path} {mode} {content}\n");
        }

        return text.ToString();
    }

    private static async Task SshAsync(RunningNode node, params string[] types)
    {
        foreach (var type in types)
        {
            node.Node.Write("/etc/ssh/sshd_config", "");
            var made = await Tool.RunAsync("ssh-keygen", "-q", "-t", type, "-N", "", "-f", node.Node.At($"/etc/ssh/ssh_host_{type}_key"));
            Assert.True(made.ExitCode == 0, made.All);
        }

        node.Running("ssh.service");
        await node.SystemctlAsync("reload", "ssh.service");
    }

    [GeneratedRegex(@"set\.[0-9]+")]
    private static partial Regex SetName();
}
