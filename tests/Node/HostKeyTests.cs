namespace Infra.Tests.Node;

/// <summary><c>adopt-host-key</c> and <c>retire-one-use-key</c>: from the host key in user data to the lasting one.</summary>
public sealed class HostKeyTests
{
    [Theory]
    [InlineData("")]
    [InlineData("no key at all")]
    public async Task Adopt_host_key_keeps_the_old_key_when_it_is_given_none(string input)
    {
        using var node = new StagedNode();
        node.Write("/etc/ssh/ssh_host_ed25519_key", "old");
        var result = await node.RunAsync("adopt-host-key", input);
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("old", node.Read("/etc/ssh/ssh_host_ed25519_key"));
        Assert.Equal("", node.Called);
    }

    [Fact]
    public async Task Adopt_host_key_puts_one_key_beside_the_one_use_key_in_the_place_of_all_others_and_does_it_once()
    {
        using var node = new StagedNode();
        var key = await KeyAsync(node, "ed25519");
        node.Write("/etc/ssh/ssh_host_ed25519_key", "old");
        node.Write("/etc/ssh/ssh_host_rsa_key", "old");
        node.Write("/etc/ssh/ssh_host_ecdsa_key", "one-use");
        Assert.Equal(0, (await node.RunAsync("adopt-host-key", key)).ExitCode);
        Assert.Equal(0, (await node.RunAsync("adopt-host-key", key)).ExitCode);
        Assert.Equal(key, node.Read("/etc/ssh/ssh_host_ed25519_key"));
        Assert.StartsWith("ssh-ed25519 ", node.Read("/etc/ssh/ssh_host_ed25519_key.pub"), StringComparison.Ordinal);
        Assert.Equal(
            ["ssh_host_ecdsa_key", "ssh_host_ed25519_key", "ssh_host_ed25519_key.pub"], Directory.GetFiles(node.At("/etc/ssh")).Select(Path.GetFileName).Order());
        Assert.Equal("600", Mode(node.At("/etc/ssh/ssh_host_ed25519_key")));
        Assert.Equal("systemctl try-reload-or-restart ssh.service\n", node.Called);
    }

    [Fact]
    public async Task Adopt_host_key_takes_ed25519_only()
    {
        using var node = new StagedNode();
        Directory.CreateDirectory(node.At("/etc/ssh"));
        var result = await node.RunAsync("adopt-host-key", await KeyAsync(node, "ecdsa"));
        Assert.Contains("another type than ed25519", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retire_one_use_key_leaves_the_lasting_key_alone_and_does_it_once()
    {
        using var node = new StagedNode();
        foreach (var file in new[] { "ssh_host_ed25519_key", "ssh_host_ecdsa_key", "ssh_host_ecdsa_key.pub", "sshd_config.d/09-one-use-key.conf", "sshd_config.d/10-inference.conf" })
        {
            node.Write($"/etc/ssh/{file}", "here");
        }

        Assert.Equal(0, (await node.RunAsync("retire-one-use-key")).ExitCode);
        Assert.Equal(0, (await node.RunAsync("retire-one-use-key")).ExitCode);
        Assert.Equal(["10-inference.conf", "ssh_host_ed25519_key"],
            Directory.GetFiles(node.At("/etc/ssh"), "*", SearchOption.AllDirectories).Select(Path.GetFileName).Order());
        Assert.Equal("systemctl try-reload-or-restart ssh.service\n", node.Called);
    }

    [Fact]
    public async Task Retire_one_use_key_keeps_it_while_there_is_no_other()
    {
        using var node = new StagedNode();
        node.Write("/etc/ssh/ssh_host_ecdsa_key", "one-use");
        Assert.Contains("the lasting host key is not there", (await node.RunAsync("retire-one-use-key")).Errors, StringComparison.Ordinal);
        Assert.Equal("one-use", node.Read("/etc/ssh/ssh_host_ecdsa_key"));
    }

    private static async Task<string> KeyAsync(StagedNode node, string type)
    {
        Assert.Equal(0, (await Tool.RunAsync("ssh-keygen", "-q", "-t", type, "-N", "", "-f", node.At("/key"))).ExitCode);
        return node.Read("/key");
    }

    private static string Mode(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);
}
