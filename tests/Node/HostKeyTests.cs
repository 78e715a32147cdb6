namespace Infra.Tests.Node;

/// <summary>
/// <c>install-host-key</c> and <c>retire-bootstrap-key</c>: from the host key in user data to the permanent one, until sshd serves it.
/// </summary>
public sealed class HostKeyTests
{
    [Theory]
    [InlineData("")]
    [InlineData("no key at all")]
    public async Task Installing_a_host_key_keeps_the_old_key_when_it_is_given_none(string input)
    {
        using var node = new StagedNode();
        node.Write("/etc/ssh/ssh_host_ed25519_key", "old");
        var result = await node.RunAsync("install-host-key", input);
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("old", node.Read("/etc/ssh/ssh_host_ed25519_key"));
        Assert.Equal("", node.Called);
    }

    [Fact]
    public async Task Installing_a_host_key_puts_one_key_next_to_the_bootstrap_key_in_the_place_of_all_others_and_does_it_once()
    {
        using var running = new RunningNode();
        var node = running.Node;
        var key = await KeyAsync(node, "ed25519");
        node.Write("/etc/ssh/ssh_host_ed25519_key", "old");
        node.Write("/etc/ssh/ssh_host_rsa_key", "old");
        node.Write("/etc/ssh/ssh_host_ecdsa_key", "bootstrap");
        node.Write("/etc/ssh/ssh_host_ecdsa_key.pub", "ecdsa-sha2-nistp256 BBBB\n");
        running.Running("ssh.service");
        node.Write("/world/ssh", "ecdsa-sha2-nistp256 BBBB\n");
        for (var i = 0; i < 2; i++)
        {
            var result = await node.RunAsync("install-host-key", key);
            Assert.True(result.ExitCode == 0, result.All);
        }

        Assert.Equal(key, node.Read("/etc/ssh/ssh_host_ed25519_key"));
        Assert.StartsWith("ssh-ed25519 ", node.Read("/etc/ssh/ssh_host_ed25519_key.pub"), StringComparison.Ordinal);
        Assert.Equal(["ssh_host_ecdsa_key", "ssh_host_ecdsa_key.pub", "ssh_host_ed25519_key", "ssh_host_ed25519_key.pub"],
            Directory.GetFileSystemEntries(node.At("/etc/ssh")).Where(File.Exists).Select(Path.GetFileName).Order());
        Assert.Equal("600", Mode(node.At("/etc/ssh/ssh_host_ed25519_key")));
        Assert.Single(node.Called.Split('\n'), "systemctl reload-or-restart ssh.service");
    }

    [Fact]
    public async Task A_host_key_that_is_stored_but_not_served_is_not_installed()
    {
        using var running = new RunningNode();
        var node = running.Node;
        var key = await KeyAsync(node, "ed25519");
        node.Write("/etc/ssh/ssh_host_ed25519_key", key);
        node.Write("/etc/ssh/ssh_host_ed25519_key.pub", node.Read("/key.pub"));
        running.Running("ssh.service");
        node.Write("/world/ssh", "ssh-ed25519 AAAA\n");
        running.Refuse("systemctl reload-or-restart ssh.service");
        var result = await node.RunAsync("install-host-key", key);
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("error: the permanent host key: not applied, 'systemctl reload-or-restart ssh.service' failed\nnext: ",
            result.Errors, StringComparison.Ordinal);
        running.Refuse();
        Assert.Equal(0, (await node.RunAsync("install-host-key", key)).ExitCode);
        Assert.Equal(string.Join(' ', node.Read("/key.pub").Split(' ')[..2]), node.Read("/world/ssh").Trim());
    }

    [Fact]
    public async Task Installing_a_host_key_takes_ed25519_only()
    {
        using var node = new StagedNode();
        Directory.CreateDirectory(node.At("/etc/ssh"));
        var result = await node.RunAsync("install-host-key", await KeyAsync(node, "ecdsa"));
        Assert.Contains("the key type is not ed25519", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retiring_the_bootstrap_key_leaves_only_the_permanent_key_and_does_it_once()
    {
        using var running = Installed();
        var node = running.Node;
        Assert.Equal(0, (await node.RunAsync("retire-bootstrap-key")).ExitCode);
        Assert.Equal(0, (await node.RunAsync("retire-bootstrap-key")).ExitCode);
        Assert.Equal(["10-inference.conf", "ssh_host_ed25519_key", "ssh_host_ed25519_key.pub"],
            Directory.GetFiles(node.At("/etc/ssh"), "*", SearchOption.AllDirectories).Select(Path.GetFileName).Order());
        Assert.Single(node.Called.Split('\n'), "systemctl reload-or-restart ssh.service");
    }

    [Fact]
    public async Task A_bootstrap_key_without_a_file_that_is_served_still_is_not_retired()
    {
        using var running = Installed();
        foreach (var file in (string[])["ssh_host_ecdsa_key", "ssh_host_ecdsa_key.pub", "sshd_config.d/09-bootstrap-host-key.conf"])
        {
            File.Delete(running.Node.At($"/etc/ssh/{file}"));
        }

        Assert.Equal(0, (await running.Node.RunAsync("retire-bootstrap-key")).ExitCode);
        Assert.Equal("ssh-ed25519 AAAA\n", running.Node.Read("/world/ssh"));
    }

    [Fact]
    public async Task Retiring_the_bootstrap_key_keeps_it_while_there_is_no_other()
    {
        using var node = new StagedNode();
        node.Write("/etc/ssh/ssh_host_ecdsa_key", "bootstrap");
        Assert.Contains("the permanent host key is missing", (await node.RunAsync("retire-bootstrap-key")).Errors,
            StringComparison.Ordinal);
        Assert.Equal("bootstrap", node.Read("/etc/ssh/ssh_host_ecdsa_key"));
    }

    private static RunningNode Installed()
    {
        var running = new RunningNode();
        foreach (var (file, content) in (KeyValuePair<string, string>[])[
            new("ssh_host_ed25519_key", "key"), new("ssh_host_ed25519_key.pub", "ssh-ed25519 AAAA node\n"),
            new("ssh_host_ecdsa_key", "key"), new("ssh_host_ecdsa_key.pub", "ecdsa-sha2-nistp256 BBBB\n"),
            new("sshd_config.d/09-bootstrap-host-key.conf", ""), new("sshd_config.d/10-inference.conf", "")])
        {
            running.Node.Write($"/etc/ssh/{file}", content);
        }

        running.Running("ssh.service");
        running.Node.Write("/world/ssh", "ecdsa-sha2-nistp256 BBBB\nssh-ed25519 AAAA\n");
        return running;
    }

    internal static async Task<string> KeyAsync(StagedNode node, string type)
    {
        Assert.Equal(0, (await Tool.RunAsync("ssh-keygen", "-q", "-t", type, "-N", "", "-f", node.At("/key"))).ExitCode);
        return node.Read("/key");
    }

    private static string Mode(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);
}
