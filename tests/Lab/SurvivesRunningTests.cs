using System.Globalization;
using Infra.Lab.Linux;
using Infra.Lab.Mirrors;
using Infra.Lab.Stacks.Views;
using static Infra.Tests.Lab.SurvivesStage;

namespace Infra.Tests.Lab;

/// <summary>Faults from which a running server recovers by itself. Every test leaves it serving.</summary>
[Collection(SerialLabs.Name)]
public sealed class SurvivesRunningTests(SurvivesRunningServer server) : IClassFixture<SurvivesRunningServer>
{
    private const string Node = SurvivesRunningServer.Node;
    private readonly RunningStack _stack = server.Stack;

    [Fact]
    public Task Mirrors_that_were_down_for_a_while_only_cost_time() => _stack.AnswersAsync("chat");

    [Fact]
    public void An_interrupted_download_continues_where_it_stopped()
    {
        Assert.Equal(3, server.Weights.Count);
        Assert.Equal(1, server.Weights.Count(line => line.Range!.StartsWith("bytes=0-", StringComparison.Ordinal)));
        var size = server.Weights.Max(line =>
            long.Parse(line.Range![(line.Range!.IndexOf('-', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture)) + 1;
        Assert.InRange(server.Weights.Sum(line => line.Bytes), size, (long)(1.3 * size));
    }

    [Fact]
    public async Task An_engine_that_is_killed_is_started_again()
    {
        await HealthyAsync();
        var engine = (await _stack.EngineAsync(Node))!;
        await _stack.InsideAsync(Node, "kill", "-9", engine);
        await _stack.UntilReadyAsync(Node, ready: false);
        await _stack.UntilReadyAsync(Node);
        Assert.NotEqual(engine, await _stack.EngineAsync(Node));
        await _stack.AnswersAsync("chat");
    }

    [Fact]
    public async Task An_engine_that_hangs_is_found_and_started_again()
    {
        await HealthyAsync();
        var engine = (await _stack.EngineAsync(Node))!;
        await _stack.InsideAsync(Node, "kill", "-STOP", engine);
        await _stack.UntilReadyAsync(Node, ready: false);
        await RunningStack.UntilAsync("the engine is another", Patience,
            async () => await _stack.EngineAsync(Node) is { } another && another != engine);
        await _stack.UntilReadyAsync(Node);
        Assert.Contains("error: the engine sent no answer and generated no token for 4 s: it hangs",
            await _stack.JournalAsync(Node, "inference-ready"), StringComparison.Ordinal);
        await _stack.AnswersAsync("chat");
    }

    [Fact]
    public async Task A_reboot_needs_no_network_and_keeps_the_keys()
    {
        await HealthyAsync();
        _stack.AllMirrors(new() { Down = true });
        await RebootAsync();
        await _stack.AnswersAsync("chat", "bob");
        _stack.AllMirrors(MirrorFaults.None);

        // Microseconds since the boot: the firewall stood before anything could come in.
        var firewall = await ActiveSinceAsync("inference-firewall.service");
        Assert.True(firewall > 0, "the firewall is not active");
        Assert.InRange(firewall, 1, await ActiveSinceAsync("network-pre.target"));
        Assert.InRange(firewall, 1, await ActiveSinceAsync("systemd-networkd.service"));
        Assert.InRange(firewall, 1, await ActiveSinceAsync("inference-nginx.service"));
        Assert.DoesNotContain(_stack.Requests(Node, MirrorKind.Hub), line => line.Status == 0 && line.At > _rebooted);
    }

    [Fact]
    public async Task An_ssh_session_that_is_cut_in_the_readiness_gate_fails_the_run_and_the_next_one_only_waits_again()
    {
        await HealthyAsync();
        var droplet = _stack.Node(Node).Id;
        var speed = _stack.Speed;
        _stack.Speed = speed with { LoadSeconds = 5 };
        var other = SurvivesStage.ConfigValues(("chat", SurvivesStage.Endpoint(contextLength: 2048)));
        var up = Task.Run(() => _stack.UpAgainAsync(other));
        await RunningStack.UntilAsync("the gate waits", Patience, async () =>
            up.IsCompleted || (await HostProgram.AskAsync("pkill",
                ["-9", "-f", $"^ssh .*{_stack.Folder.Path}.*ops@{_stack.Node(Node).PublicAddress} .*await-ready"])).Status == 0);
        var cut = await up;
        _stack.Speed = speed;
        var failure = Assert.Single(cut.Failures);
        Assert.Equal("chat-0-ready", failure.Name);

        var again = await _stack.UpAgainAsync();
        Assert.Empty(again.Failures.Select(left => left.Message));
        Assert.Equal(["chat-0-ready"], _stack.Changed);
        Assert.Equal(droplet, _stack.Node(Node).Id);
        await _stack.AnswersAsync("chat");
    }

    [Fact]
    public async Task A_setting_that_needs_no_other_server_is_changed_in_place()
    {
        await HealthyAsync();
        var (droplet, arguments) = (_stack.Node(Node).Id, await ArgumentsAsync());
        var result = await _stack.UpAgainAsync(SurvivesStage.ConfigValues(("chat", SurvivesStage.Endpoint(contextLength: 3072))));
        Assert.Empty(result.Failures.Select(left => left.Message));
        Assert.Equal(droplet, _stack.Node(Node).Id);
        Assert.NotEqual(arguments, await ArgumentsAsync());
        Assert.Contains("--max-model-len 3072", await ArgumentsAsync(), StringComparison.Ordinal);
        await _stack.AnswersAsync("chat");

        async Task<string> ArgumentsAsync() => (await _stack.InsideAsync(Node, "grep", "^VLLM_ARGS=", "/etc/inference/node.env")).Output;
    }

    // As after a run that was killed between a host key's place and the reload, and after a program that takes all rules away.
    private const string BehindItsBack = """
        set -euo pipefail
        key=/etc/ssh/ssh_host_ed25519_key
        served() { ssh-keyscan -t ed25519 127.0.0.1 2> /dev/null | sed -n 's/^127[^ ]* ssh-ed25519 //p'; }
        cp -p $key $key.pub /root/
        ssh-keygen -q -t ed25519 -N '' -f /root/other
        mv /root/other $key && mv /root/other.pub $key.pub && systemctl reload ssh.service
        for ((i = 0; i < 10; i++)); do [[ $(served) != "$(cut -d' ' -f2 $key.pub)" ]] || break; sleep 1; done
        cp -p /root/ssh_host_ed25519_key /root/ssh_host_ed25519_key.pub /etc/ssh/
        [[ $(served) != "$(cut -d' ' -f2 $key.pub)" ]]
        /usr/local/libexec/inference/install-host-key < /root/ssh_host_ed25519_key > /dev/null
        [[ $(served) == "$(cut -d' ' -f2 $key.pub)" ]]
        rm /root/ssh_host_ed25519_key*
        nft flush ruleset
        for ((i = 0; i < 50; i++)); do ! /usr/local/libexec/inference/firewall check 2> /dev/null || exit 0; sleep 0.1; done
        exit 1
        """;

    [Fact]
    public async Task Host_keys_and_rules_that_run_are_what_counts()
    {
        await HealthyAsync();
        Assert.Equal("active\n", (await _stack.InsideAsync(Node, "systemctl", "is-active", "inference-firewall-watch.service")).Output);
        var result = await _stack.InsideAsync(Node, "bash", "-c", BehindItsBack);
        Assert.True(result.Status == 0, result.Output + result.Errors);
        await _stack.AnswersAsync("chat");
    }

    [Fact]
    public async Task A_lab_that_was_killed_reports_it_and_is_restarted()
    {
        await HealthyAsync();
        await _stack.Sandbox.KillAsync(TestContext.Current.CancellationToken);
        Assert.False(_stack.LabStack.IsUp);
        var status = await StatusReport.OfAsync(_stack.LabStack, TestContext.Current.CancellationToken);
        Assert.False(status.Up);
        var result = await _stack.UpAgainAsync();
        Assert.Empty(result.Failures.Select(left => left.Message));
        Assert.Single(_stack.LabStack.Nodes());
        await _stack.AnswersAsync("chat");
    }

    private DateTimeOffset _rebooted;

    private Task HealthyAsync() => _stack.UntilReadyAsync(Node);

    private async Task RebootAsync()
    {
        var server = _stack.LabStack.Server(_stack.Node(Node));
        var leader = server.Leader;
        _rebooted = DateTimeOffset.UtcNow;
        await _stack.InsideAsync(Node, "systemctl", "reboot", "--no-block");
        await RunningStack.UntilAsync("it boots again", Patience, () => Task.FromResult(server.Leader is { } now && now != leader));
        await _stack.UntilReadyAsync(Node);
    }

    private async Task<long> ActiveSinceAsync(string unit) =>
        long.Parse(
            (await _stack.InsideAsync(Node, "systemctl", "show", "--value", "-p", "ActiveEnterTimestampMonotonic", unit)).Output.Trim(),
            CultureInfo.InvariantCulture);
}
