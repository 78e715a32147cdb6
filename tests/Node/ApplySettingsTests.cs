namespace Infra.Tests.Node;

/// <summary><c>apply-settings</c>: the settings of a node that is up, changed in place.</summary>
public sealed class ApplySettingsTests
{
    [Theory]
    [InlineData("", "nothing changed")]
    [InlineData("s/--max-num-seqs [0-9]*/--max-num-seqs 7/", "inference-vllm-container.service inference-vllm-venv.service inference-ready.service")]
    [InlineData("s/^FIREWALL_CLIENT_CIDRS=.*/FIREWALL_CLIENT_CIDRS=10.20.0.9/", "systemctl reload-or-restart inference-firewall.service")]
    [InlineData("s/^MODEL_REVISION=.*/MODEL_REVISION=0000000000000000000000000000000000000000/", "inference-weights.service")]
    [InlineData("s/^API_CORS_ORIGINS=.*/API_CORS_ORIGINS=https:\\/\\/app.example.com/", "systemctl try-reload-or-restart inference-nginx.service")]
    [InlineData("s/^ENDPOINT_NAME=.*/ENDPOINT_NAME=other/", "changed: ENDPOINT")]
    public async Task Apply_settings_restarts_what_the_changed_keys_belong_to(string edit, string expected)
    {
        using var node = new StagedNode();
        var before = node.Read("/etc/inference/node.env");
        var after = (await Tool.RunAsync("sed", ["-E", edit.Length > 0 ? edit : "p;d"], before, null)).Output;
        var result = await node.RunAsync("apply-settings", after);
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Contains(expected, result.Output + node.Called, StringComparison.Ordinal);
        Assert.Equal(after, node.Read("/etc/inference/node.env"));
        Assert.Equal(edit.Contains("MODEL_", StringComparison.Ordinal) || edit.Contains("max-num", StringComparison.Ordinal), node.Called.Contains("systemctl stop", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_is_started_on_a_node_whose_first_boot_failed()
    {
        using var node = new StagedNode();
        node.Write("/var/lib/inference/first-boot.failed", "error: this image is Ubuntu 22.04.5 LTS\n");
        var result = await node.RunAsync("apply-settings", node.Read("/etc/inference/node.env"));
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Equal("", node.Called);
    }

    [Fact]
    public async Task Apply_settings_that_was_cut_short_is_done_again()
    {
        using var node = new StagedNode();
        var before = node.Read("/etc/inference/node.env");
        var after = before.Replace("MODEL_FORMAT=mistral", "MODEL_FORMAT=hf", StringComparison.Ordinal);
        node.Stub("systemctl", "[[ $1 != stop ]]");
        Assert.NotEqual(0, (await node.RunAsync("apply-settings", after)).ExitCode);
        Assert.Equal(before, node.Read("/etc/inference/node.env"));
        node.Stub("systemctl", "echo \"systemctl $*\" >> \"$INFERENCE_ROOT/called\"");
        Assert.Equal(0, (await node.RunAsync("apply-settings", after)).ExitCode);
        Assert.Contains("systemctl stop inference-weights.service", node.Called, StringComparison.Ordinal);
        Assert.Equal(after, node.Read("/etc/inference/node.env"));
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
        var before = node.Read("/etc/inference/node.env");
        var result = await node.RunAsync("apply-settings", before.Replace("ENDPOINT_NAME=chat", line, StringComparison.Ordinal));
        Assert.Equal(1, result.ExitCode);
        Assert.Equal(before, node.Read("/etc/inference/node.env"));
        Assert.Equal("", node.Called);
    }

    [Theory]
    [InlineData("ENDPOINT_NAME=chat\n", "")]
    [InlineData("", "EXTRA=1\n")]
    public async Task Apply_settings_refuses_a_file_with_fewer_or_other_keys(string without, string with)
    {
        using var node = new StagedNode();
        var text = node.Read("/etc/inference/node.env");
        var result = await node.RunAsync("apply-settings", (without.Length > 0 ? text.Replace(without, "", StringComparison.Ordinal) : text) + with);
        Assert.Contains("error: the keys are not those of this node's files", result.Errors, StringComparison.Ordinal);
    }
}
