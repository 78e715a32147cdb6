using System.Globalization;
using System.Text.RegularExpressions;
using Infra.Node;

namespace Infra.Tests.Node;

/// <summary>systemd parses every unit without a warning, and none is more exposed than the table allows.</summary>
public sealed partial class SystemdTests
{
    private const string UnitFolder = "/etc/systemd/system/";

    /// <summary>
    /// Highest exposure of each service by <c>systemd-analyze security</c>, 0.0 to 10.0. Those above 8 run podman or apt, whose work is to
    /// change the machine; what the container itself may do is held by <see cref="EngineScriptTests"/>.
    /// </summary>
    public static TheoryData<string, double> Exposure => new()
    {
        { "inference-engine-container.service", 9.0 },
        { "inference-engine-gpus.service", 1.4 },
        { "inference-engine-venv.service", 1.7 },
        { "inference-firewall.service", 2.1 },
        { "inference-firewall-watch.service", 2.1 },
        { "inference-gpu-check.service", 4.7 },
        { "inference-monitoring.service", 1.9 },
        { "inference-nginx.service", 2.2 },
        { "inference-packages.service", 9.0 },
        { "inference-ready.service", 1.1 },
        { "inference-serving-packages.service", 9.0 },
        { "inference-storage.service", 4.6 },
        { "inference-vllm-container.service", 6.9 },
        { "inference-vllm-venv.service", 1.4 },
        { "inference-weights.service", 1.5 },
    };

    private static IEnumerable<string> Units => NodeFiles.All.Where(file => file.Path.StartsWith(UnitFolder, StringComparison.Ordinal))
        .Select(file => file.Path[UnitFolder.Length..]);

    [Fact]
    public void Every_service_has_a_floor() =>
        Assert.Equal(Units.Where(unit => unit.EndsWith(".service", StringComparison.Ordinal)).Order(),
            Exposure.Select(row => row.Data.Item1).Order());

    [Fact]
    public async Task Verify_finds_nothing()
    {
        using var node = Staged();
        var result = await Tool.RunAsync("systemd-analyze",
            ["verify", $"--root={node.Root}", "--recursive-errors=no", .. Units.Select(unit => node.At(UnitFolder + unit))], null, null);
        Assert.True(result.ExitCode == 0 && result.All.Length == 0, result.All);
    }

    [Fact]
    public void Every_unit_has_a_description_in_noun_form_and_documentation() =>
        Assert.All(Units, unit =>
        {
            var content = Content(unit);
            // `systemctl status` and the journal print it after "Starting" and "Started".
            Assert.Matches(@"(?m)^Description=[A-Zv][A-Za-z0-9 ()]{3,60}$", content);
            // Not man: `systemd-analyze verify` runs `man` for it, and the image may have no manual pages.
            Assert.All(
                Regex.Match(content, @"(?m)^Documentation=(.+)$").Groups[1].Value.Split(' '),
                address => Assert.True(
                    address.StartsWith("https://", StringComparison.Ordinal)
                    || (address.StartsWith("file:/", StringComparison.Ordinal)
                        && NodeFiles.All.Any(file => file.Path == address["file:".Length..])),
                    $"{unit}: '{address}'"));
        });

    [Theory]
    [MemberData(nameof(Exposure))]
    public async Task A_service_is_not_more_exposed_than_the_table_allows(string unit, double highest)
    {
        using var node = Staged();
        var threshold = (highest * 10).ToString("0", CultureInfo.InvariantCulture);
        var result = await Tool.RunAsync("systemd-analyze", "security", "--offline=true", $"--root={node.Root}", "--no-pager",
            $"--threshold={threshold}", unit);
        Assert.True(result.ExitCode == 0,
            result.All.Split('\n').LastOrDefault(line => line.Contains("exposure", StringComparison.Ordinal)) ?? result.All);
    }

    [Fact]
    public void Every_service_writes_its_start_and_its_end_into_the_phase_timeline() =>
        // The two that have the rules loaded again are no phases of a boot.
        Assert.All(
            Files(".service").Where(file => !file.Path.EndsWith("/inference-monitoring.service", StringComparison.Ordinal)
                && !file.Path.EndsWith("-watch.service", StringComparison.Ordinal)),
            file =>
            {
                var phase = PhaseTimeline().Match(file.Content).Groups[1].Value;
                Assert.Contains($"ExecStartPre=+/usr/local/libexec/inference/timeline {phase} start", file.Content,
                    StringComparison.Ordinal);
                Assert.Contains($"ExecStopPost=+/usr/local/libexec/inference/timeline {phase} stop", file.Content,
                    StringComparison.Ordinal);
            });

    [Fact]
    public void The_check_of_gpu_access_for_wheels_has_the_restrictions_of_their_engine()
    {
        static IEnumerable<string> Walls(string unit) => Content(unit).Split('\n').SkipWhile(line => line != "[Service]")
            .Where(line => Wall().IsMatch(line) && !line.StartsWith("ReadWritePaths", StringComparison.Ordinal)
                && !line.StartsWith("LogRate", StringComparison.Ordinal) && !line.StartsWith("Environment", StringComparison.Ordinal));
        Assert.Equal(Walls("inference-vllm-venv.service"), Walls("inference-engine-gpus.service"));
        Assert.Contains("User=vllm", Walls("inference-engine-gpus.service"));
        Assert.Contains("DeviceAllow=char-nvidia-uvm rw", Walls("inference-engine-gpus.service"));
    }

    [Fact]
    public void Gpu_access_is_proven_before_wheels_come_and_in_a_control_group_of_its_own()
    {
        Assert.Contains("\nRequires=inference-packages.service inference-engine-gpus.service\n", Content("inference-engine-venv.service"),
            StringComparison.Ordinal);
        // Device rules are of a control group, which podman can make only where it was handed one.
        Assert.Contains("\nDelegate=yes\n", Content("inference-engine-container.service"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("inference-vllm-venv.service")]
    [InlineData("inference-engine-gpus.service")]
    public void An_engine_of_wheels_sees_no_socket_of_the_system_and_writes_only_into_memory(string unit)
    {
        Assert.Contains("\nTemporaryFileSystem=/tmp:", Content(unit), StringComparison.Ordinal);
        Assert.Contains(" -/run/systemd/private -/run/systemd/journal ", Content(unit), StringComparison.Ordinal);
        Assert.DoesNotMatch("ReadWritePaths=(?!/run/inference/engine\n)", Content(unit));
        // Commands with a + see these as well, and engine-access writes into /run.
        Assert.DoesNotMatch("\n(TemporaryFileSystem|BindPaths)=[^\n]*/run[: \n]", Content(unit));
        Assert.DoesNotContain("StateDirectory", Content(unit), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("inference-weights.service")]
    [InlineData("inference-engine-venv.service")]
    [InlineData("inference-ready.service")]
    public void What_reads_or_runs_others_data_cannot_write_lines_into_the_journal_in_another_name(string unit)
    {
        Assert.Contains("-/run/systemd/journal/dev-log -/run/systemd/journal/socket", Content(unit), StringComparison.Ordinal);
    }

    [Fact]
    public void An_engine_in_a_container_has_no_user_namespace_to_be_root_in() =>
        Assert.Contains("\nRestrictNamespaces=~user\n", Content("inference-vllm-container.service"), StringComparison.Ordinal);

    [Theory]
    [InlineData("container")]
    [InlineData("venv")]
    public void Access_to_an_engine_is_closed_before_each_start_and_opened_after_the_probe(string install)
    {
        Assert.Contains("\nExecStartPre=+/usr/local/libexec/inference/engine-access close\n", Content($"inference-vllm-{install}.service"),
            StringComparison.Ordinal);
        Assert.Contains("\nExecStartPost=+/usr/local/libexec/inference/engine-access open\n", Content("inference-ready.service"),
            StringComparison.Ordinal);
        var proxy = NodeFiles.All.Single(file => file.Path == "/etc/inference/nginx/nginx.conf").Content;
        Assert.Contains("server unix:/run/inference/open/vllm.sock", proxy, StringComparison.Ordinal);
        Assert.DoesNotContain("/run/inference/engine", proxy, StringComparison.Ordinal);
    }

    [Fact]
    public void No_unit_asks_podman_to_signal_the_engine() =>
        Assert.All(Files(".service"), file => Assert.DoesNotMatch("podman (stop|kill)", file.Content));

    [Fact]
    public void No_service_restarts_for_ever() =>
        Assert.All(Files(".service").Where(file => file.Content.Contains("Restart=always", StringComparison.Ordinal)
            && !file.Path.EndsWith("/inference-ready.service", StringComparison.Ordinal)
            // Nothing depends on the watch, which does nothing but look.
            && !file.Path.EndsWith("-watch.service", StringComparison.Ordinal)), file =>
            Assert.Matches("(?s)StartLimitIntervalSec=[1-9].*StartLimitBurst=[1-9]", file.Content));

    [Fact]
    public void Nginx_starts_with_the_target_once_its_secrets_are_there()
    {
        Assert.Contains("inference-nginx.service", Content("inference.target"), StringComparison.Ordinal);
        Assert.Contains("ConditionPathExists=/etc/inference/secrets/complete\n", Content("inference-nginx.service"),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("inference-nginx.service")]
    [InlineData("inference-vllm-container.service")]
    [InlineData("inference-vllm-venv.service")]
    public void What_holds_prompts_leaves_no_core_dump(string unit) =>
        Assert.Contains("\nLimitCORE=0\n", Content(unit), StringComparison.Ordinal);

    [Theory]
    [InlineData("run-inference-engine.mount", "size=1m,", ",nosymfollow")]
    [InlineData("run-inference-bodies.mount", "size=20%,", "mode=0700")]
    public async Task A_folder_that_others_fill_is_a_file_system_of_its_own(string unit, string limit, string also)
    {
        var options = MountOptions().Match(Content(unit)).Groups[1].Value;
        Assert.Contains(limit, options, StringComparison.Ordinal);
        Assert.Contains(also, options, StringComparison.Ordinal);
        using var node = new StagedNode();
        var result = await Tool.RunAsync("unshare",
            [.. Tool.OwnNamespace("mount", "-t", "tmpfs", "-o", Owner().Replace(options, ""), "tmpfs", node.At("/stubs"))], null, null);
        Assert.True(result.ExitCode == 0, result.All);
    }

    [Fact]
    public void No_unit_waits_for_cloud_init_which_waits_for_the_units_it_starts() =>
        Assert.All(NodeFiles.All.Where(file => file.Path.StartsWith(UnitFolder, StringComparison.Ordinal)), file =>
            Assert.DoesNotMatch("After=.*cloud-", file.Content));

    [Fact]
    public void Every_script_that_a_unit_names_is_there() =>
        Assert.All(Files("").SelectMany(file => Programs().Matches(file.Content).Select(match => match.Value)), program =>
            Assert.Contains(NodeFiles.All, file => file.Path == program));

    private static string Content(string unit) => NodeFiles.All.Single(file => file.Path == UnitFolder + unit).Content;

    private static IEnumerable<NodeFile> Files(string ending) =>
        NodeFiles.All.Where(file => file.Path.StartsWith(UnitFolder, StringComparison.Ordinal)
            && file.Path.EndsWith(ending, StringComparison.Ordinal));

    private static StagedNode Staged()
    {
        var node = new StagedNode();
        foreach (var program in (string[])["/usr/sbin/nginx", "/usr/sbin/nft", "/usr/bin/test", "/usr/bin/systemctl", "/usr/bin/podman",
            "/bin/kill"])
        {
            node.Write(program, "#!/bin/sh\n", (UnixFileMode)Convert.ToInt32("755", 8));
        }

        // The targets that the units refer to.
        foreach (var target in (string[])["multi-user", "network-pre", "network-online", "shutdown", "umount", "sysinit", "basic",
            "local-fs", "paths", "timers", "sockets"])
        {
            node.Write($"/usr/lib/systemd/system/{target}.target", $"[Unit]\nDescription={target}\n");
        }

        return node;
    }

    [GeneratedRegex(@"libexec/inference/timeline ([a-z-]+) start")]
    private static partial Regex PhaseTimeline();

    // A namespace of someone who is not root knows no other user.
    [GeneratedRegex("[ug]id=[0-9]+,")]
    private static partial Regex Owner();

    [GeneratedRegex("Options=(.+)")]
    private static partial Regex MountOptions();

    // The sandbox of a service: all its settings except those about how and when it runs.
    [GeneratedRegex("^(?!Type|RemainAfterExit|Timeout|Exec|Restart|KillMode|#)[A-Z][A-Za-z]+=")]
    private static partial Regex Wall();

    [GeneratedRegex("/usr/local/libexec/inference/[a-z-]+")]
    private static partial Regex Programs();
}
