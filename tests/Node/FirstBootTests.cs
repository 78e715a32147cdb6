namespace Infra.Tests.Node;

/// <summary><c>first-boot</c>: the only thing that cloud-init runs.</summary>
public sealed class FirstBootTests
{
    [Fact]
    public async Task The_first_boot_leaves_no_crash_reports_and_no_second_firewall()
    {
        using var node = new StagedNode();
        node.Stub("id", "echo 2000");
        node.Stub("systemd-sysusers", ":");
        node.Stub("systemd-tmpfiles", ":");
        node.Stub("ufw", "echo \"ufw $*\" >> \"$INFERENCE_ROOT/called\"");
        var result = await node.RunAsync("first-boot");
        Assert.True(result.ExitCode == 0, result.All);
        foreach (var call in (string[])["systemctl mask --quiet --no-reload apport.service\n", "systemctl daemon-reload\n", "systemctl stop apport.service\n", "ufw disable\n"])
        {
            Assert.Contains(call, node.Called, StringComparison.Ordinal);
        }

        Assert.True(File.Exists(node.At("/var/lib/inference/first-boot.done")));
    }
}
