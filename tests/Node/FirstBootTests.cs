namespace Infra.Tests.Node;

/// <summary><c>first-boot</c>: the only thing that cloud-init runs; and which systems it refuses.</summary>
public sealed class FirstBootTests
{
    [Fact]
    public async Task The_first_boot_leaves_no_crash_reports_no_second_firewall_and_no_other_listener()
    {
        using var node = Bootable("Ubuntu 24.04.3 LTS", "ubuntu", "24.04");
        node.Stub("ufw", "echo \"ufw $*\" >> \"$INFERENCE_ROOT/called\"");
        node.Stub("netfilter-persistent", "echo \"netfilter-persistent $*\" >> \"$INFERENCE_ROOT/called\"");
        var result = await node.RunAsync("first-boot");
        Assert.True(result.ExitCode == 0, result.All);
        foreach (var call in (string[])["systemctl mask --quiet --no-reload apport.service\n", "systemctl daemon-reload\n",
            "systemctl stop apport.service\n", "systemctl stop nginx.service\n", "ufw disable\n",
            "systemctl mask --quiet --no-reload firewalld.service\n",
            "netfilter-persistent flush\nsystemctl stop netfilter-persistent.service\n", "inference-monitoring.path\n"])
        {
            Assert.Contains(call, node.Called, StringComparison.Ordinal);
        }

        Assert.True(File.Exists(node.At("/var/lib/inference/first-boot.done")));
        Assert.False(File.Exists(node.At("/var/lib/inference/first-boot.failed")));
    }

    [Theory]
    [InlineData("Ubuntu 24.04.3 LTS", "ubuntu", "24.04", "")]
    [InlineData("Debian GNU/Linux 12 (bookworm)", "debian", "12", "")]
    [InlineData("Debian GNU/Linux 13 (trixie)", "debian", "13", "")]
    [InlineData("Ubuntu 26.04 LTS", "ubuntu", "26.04", "note: Ubuntu 26.04 LTS is newer than 24.04")]
    [InlineData("Debian GNU/Linux forky/sid", "debian", "", "note: Debian GNU/Linux forky/sid is newer than 13")]
    [InlineData("Pop!_OS 24.04", "pop", "24.04", "note: Pop!_OS 24.04 is not a tested release")]
    public async Task A_release_that_works_passes_and_an_untested_one_is_noted(string name, string id, string version, string message)
    {
        using var node = Bootable(name, id, version);
        var result = await node.RunAsync("first-boot");
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Equal(message.Length > 0, result.Output.Contains("note: " + name, StringComparison.Ordinal));
        Assert.Contains(message, result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Ubuntu 22.04.5 LTS", "ubuntu", "22.04",
        "this image is Ubuntu 22.04.5 LTS, the oldest supported release is 24.04: Ubuntu 22.04 has podman 3.4")]
    [InlineData("Ubuntu 23.10", "ubuntu", "23.10", "this image is Ubuntu 23.10, the oldest supported release is 24.04")]
    [InlineData("Debian GNU/Linux 11 (bullseye)", "debian", "11",
        "this image is Debian GNU/Linux 11 (bullseye), the oldest supported release is 12")]
    [InlineData("Rocky Linux 9.4 (Blue Onyx)", "rocky", "9.4",
        "this image is Rocky Linux 9.4 (Blue Onyx), which is neither Ubuntu nor Debian")]
    [InlineData("", "", "", "this image is an unknown system, which is neither")]
    public async Task A_wrong_release_ends_the_first_boot_by_its_name_before_anything_is_done(
        string name, string id, string version, string message)
    {
        using var node = Bootable(name, id, version);
        var result = await node.RunAsync("first-boot");
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("error: " + message, result.Errors, StringComparison.Ordinal);
        Assert.Contains("\nnext: the endpoint's image must be Ubuntu 24.04 or newer with the GPU driver: unset endpoints.chat.image",
            result.Errors, StringComparison.Ordinal);
        Assert.Equal(result.Errors, node.Read("/var/lib/inference/first-boot.failed"));
        Assert.Equal("", node.Called);
    }

    [Fact]
    public async Task A_first_boot_command_that_fails_silently_is_named()
    {
        using var node = Bootable("Debian GNU/Linux 13 (trixie)", "debian", "13");
        node.Stub("systemd-sysusers", "exit 1");
        var result = await node.RunAsync("first-boot");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error: first-boot stopped at: systemd-sysusers", node.Read("/var/lib/inference/first-boot.failed"),
            StringComparison.Ordinal);
        node.Stub("systemd-sysusers", ":");
        Assert.Equal(0, (await node.RunAsync("first-boot")).ExitCode);
        Assert.False(File.Exists(node.At("/var/lib/inference/first-boot.failed")));
    }

    [Fact]
    public async Task The_gate_ends_at_once_with_the_cause_of_a_first_boot_that_failed()
    {
        using var node = Bootable("Ubuntu 22.04.5 LTS", "ubuntu", "22.04");
        var result = await FailedGateAsync(node);
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("phase: first-boot\ncause: this image is Ubuntu 22.04.5 LTS, the oldest supported release is 24.04",
            result.Errors, StringComparison.Ordinal);
        Assert.Contains("\nnext step: the endpoint's image must be Ubuntu 24.04", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_first_boot_that_failed_is_tried_once_more_by_the_gate()
    {
        using var node = Bootable("Ubuntu 24.04.3 LTS", "ubuntu", "24.04");
        var result = await FailedGateAsync(node);
        // The failure is gone: the gate continues with the units, and this machine has none.
        Assert.DoesNotContain("phase: first-boot", result.Errors, StringComparison.Ordinal);
        Assert.Contains("phase: nginx\ncause: not finished after 1 s", result.Errors, StringComparison.Ordinal);
    }

    private static Task<ToolResult> FailedGateAsync(StagedNode node)
    {
        node.Write("/var/lib/inference/first-boot.failed", "error: of an earlier try\nnext: none\n");
        node.Stub("journalctl", ":");
        return AwaitReadyTests.GateAsync(node);
    }

    private static StagedNode Bootable(string name, string id, string version)
    {
        var node = new StagedNode();
        node.Stub("id", "echo 2000");
        node.Stub("systemd-sysusers", ":");
        node.Stub("systemd-tmpfiles", ":");
        node.Stub("apt-get", ":");
        node.Write("/etc/os-release", name.Length == 0 ? "" : $"PRETTY_NAME=\"{name}\"\nID={id}\n{(version.Length > 0 ? $"VERSION_ID=\"{version}\"\n" : "")}{(id == "pop" ? "ID_LIKE=\"ubuntu debian\"\n" : "")}");
        return node;
    }
}
