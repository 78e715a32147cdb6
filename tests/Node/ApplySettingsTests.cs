using Infra.Node;

namespace Infra.Tests.Node;

/// <summary><c>apply-settings</c>: the settings of a node that is up, changed in place, until what runs has them.</summary>
public sealed class ApplySettingsTests
{
    [Theory]
    [InlineData("ENDPOINT_NAME", "other", "", "")]
    [InlineData("VLLM_ARGS", "--max-num-seqs 7", "vllm",
        "systemctl stop inference-vllm-container.service inference-vllm-venv.service inference-ready.service\n")]
    [InlineData("MODEL_REVISION", "0000000000000000000000000000000000000000", "weights vllm",
        "systemctl stop inference-weights.service inference-engine-container.service")]
    [InlineData("GPU_COUNT", "2", "gpu-check vllm", "systemctl stop inference-gpu-check.service")]
    [InlineData("STORAGE_VOLUME", "dev-chat-0-weights", "storage weights",
        "systemctl stop inference-storage.service inference-weights.service\n")]
    [InlineData("FIREWALL_CLIENT_CIDRS", "10.20.0.9", "", "systemctl reload-or-restart inference-firewall.service\n")]
    [InlineData("API_CORS_ORIGINS", "https://app.example.com", "", "systemctl try-reload-or-restart inference-nginx.service\n")]
    public async Task Only_the_units_of_a_changed_key_restart(
        string key, string value, string restarted, string call)
    {
        using var node = await UpAsync();
        var after = RunningNode.With(node.Node.Read(NodeEnvironment.Path), (key, value));
        var result = await node.Node.RunAsync("apply-settings", after);
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Equal($"changed: {key.Split('_')[0]}\n", result.Output);
        Assert.Equal(after, node.Node.Read(NodeEnvironment.Path));
        Assert.All(restarted.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            phase => Assert.Contains($"\n{key}={value}\n", node.Started(phase), StringComparison.Ordinal));
        Assert.Contains(call, node.Node.Called, StringComparison.Ordinal);
        Assert.Equal(restarted.Length > 0, node.Node.Called.Contains("systemctl stop", StringComparison.Ordinal));
        Assert.Equal(call.Contains("reload", StringComparison.Ordinal), node.Node.Called.Contains("reload", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_is_touched_where_all_runs_with_these_settings()
    {
        using var node = await UpAsync();
        var result = await node.Node.RunAsync("apply-settings", node.Node.Read(NodeEnvironment.Path));
        Assert.Equal("nothing changed\n", result.Output);
        Assert.DoesNotContain("stop", node.Node.Called, StringComparison.Ordinal);
        Assert.DoesNotContain("reload", node.Node.Called, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_started_on_a_node_whose_first_boot_failed()
    {
        using var node = new RunningNode();
        node.Node.Write("/var/lib/inference/first-boot.failed", "error: this image is Ubuntu 22.04.5 LTS\n");
        var result = await node.Node.RunAsync("apply-settings", node.Node.Read(NodeEnvironment.Path));
        Assert.True(result.ExitCode == 0, result.All);
        Assert.DoesNotContain("start --no-block", node.Node.Called, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FIREWALL_CLIENT_CIDRS", "10.20.0.9", "systemctl reload-or-restart inference-firewall.service",
        "the host firewall's rules: not applied")]
    [InlineData("API_CORS_ORIGINS", "https://app.example.com", "systemctl try-reload-or-restart inference-nginx.service",
        "nginx's settings: not applied")]
    [InlineData("MODEL_FORMAT", "hf", "systemctl stop *", "units with the old settings could not be stopped")]
    [InlineData("VLLM_ARGS", "--max-num-seqs 7", "systemctl start *",
        "apply-settings stopped at: systemctl start --no-block inference.target")]
    public async Task What_fails_is_reported_and_done_by_the_next_run(string key, string value, string refused, string message)
    {
        using var node = await UpAsync();
        var after = RunningNode.With(node.Node.Read(NodeEnvironment.Path), (key, value));
        node.Refuse(refused);
        var result = await node.Node.RunAsync("apply-settings", after);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"error: {message}", result.Errors, StringComparison.Ordinal);
        Assert.Contains("\nnext: ", result.Errors, StringComparison.Ordinal);
        node.Refuse();
        result = await node.Node.RunAsync("apply-settings", after);
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Contains($"{key}={value}\n", key.Split('_')[0] switch
        {
            "FIREWALL" =>
                $"{key}={(node.Node.Read("/world/rules").Contains($"clients4 {{ {value} }}", StringComparison.Ordinal) ? value : "old")}\n",
            "API" => node.Node.Read("/world/nginx.env"),
            _ => node.Started("vllm"),
        }, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reload_without_an_effect_is_a_failure()
    {
        using var node = await UpAsync();
        var after = RunningNode.With(node.Node.Read(NodeEnvironment.Path), ("API_CORS_ORIGINS", "https://app.example.com"));
        node.Node.Stub(RunningNode.NginxListen, "exit 1");
        var result = await node.Node.RunAsync("apply-settings", after);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(
            "error: nginx's settings: 'systemctl try-reload-or-restart inference-nginx.service' succeeded but did not take effect",
            result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_that_another_program_took_away_are_loaded_though_no_setting_changed()
    {
        using var node = await UpAsync();
        var rules = node.Node.Read("/world/rules");
        File.Delete(node.Node.At("/world/rules"));
        var result = await node.Node.RunAsync("apply-settings", node.Node.Read(NodeEnvironment.Path));
        Assert.Equal("nothing changed; applied what had not taken effect: the host firewall's rules\n", result.Output);
        Assert.Equal(rules, node.Node.Read("/world/rules"));
    }

    [Theory]
    [InlineData("ENDPOINT_NAME=$(reboot)")]
    [InlineData("ENDPOINT_NAME=a;b")]
    [InlineData("ENDPOINT_NAME=\"a\"")]
    [InlineData("ENDPOINT_NAME=a\\")]
    [InlineData("not a setting")]
    public async Task Apply_settings_refuses_what_systemd_and_a_shell_would_read_differently(string line)
    {
        using var node = new StagedNode();
        var before = node.Read(NodeEnvironment.Path);
        var result = await node.RunAsync("apply-settings", before.Replace("ENDPOINT_NAME=chat", line, StringComparison.Ordinal));
        Assert.Equal(1, result.ExitCode);
        Assert.Equal(before, node.Read(NodeEnvironment.Path));
        Assert.Equal("", node.Called);
    }

    [Theory]
    [InlineData("ENDPOINT_NAME=chat\n", "")]
    [InlineData("", "EXTRA=1\n")]
    public async Task Apply_settings_refuses_a_file_with_fewer_or_other_keys(string without, string with)
    {
        using var node = new StagedNode();
        var text = node.Read(NodeEnvironment.Path);
        var result = await node.RunAsync("apply-settings",
            (without.Length > 0 ? text.Replace(without, "", StringComparison.Ordinal) : text) + with);
        Assert.Contains("error: the keys do not match this node's files", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(200)]
    public async Task Settings_that_a_broken_connection_truncated_are_refused(int missing)
    {
        using var node = new StagedNode();
        var text = node.Read(NodeEnvironment.Path);
        var result = await node.RunAsync("apply-settings", text[..^missing]);
        Assert.Equal(1, result.ExitCode);
        Assert.Equal(text, node.Read(NodeEnvironment.Path));
    }

    /// <summary>With a real phase timeline: it is the only one that writes down what a unit started with.</summary>
    [Fact]
    public async Task The_phase_timeline_keeps_the_settings_of_a_unit_from_its_start_to_its_stop()
    {
        using var node = new StagedNode();
        Assert.Equal(0, (await node.RunAsync("timeline", ["vllm", "start"], null, ("VLLM_ARGS", "--of systemd"))).ExitCode);
        Assert.Equal(RunningNode.With(node.Read(NodeEnvironment.Path), ("MODEL_HUB", "http://127.0.0.1:9"), ("VLLM_ARGS", "--of systemd")),
            node.Read("/run/inference/started/vllm"));
        Assert.Equal(0, (await node.RunAsync("timeline", ["vllm", "stop"], null, ("SERVICE_RESULT", "exec-condition"))).ExitCode);
        Assert.True(File.Exists(node.At("/run/inference/started/vllm")), "the other way to install it was skipped, and this one runs");
        Assert.Equal(0, (await node.RunAsync("timeline", ["vllm", "stop"], null)).ExitCode);
        Assert.False(File.Exists(node.At("/run/inference/started/vllm")));
    }

    private static async Task<RunningNode> UpAsync()
    {
        var node = new RunningNode();
        node.Node.Write("/etc/inference/secrets/complete", "");
        await node.StartAsync();
        return node;
    }
}
