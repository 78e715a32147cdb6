using Infra.Lab.Linux;
using Infra.Lab.Stacks;

namespace Infra.Tests.Lab;

/// <summary>Someone at an address of the administrators tries SSH, with and without the stack's key.</summary>
[Collection(TestCluster.Collection)]
public sealed class ClosedSshTests(TestCluster cluster)
{
    private const string Node = "chat-0";

    public static TheoryData<string> Servers => [.. TestCluster.Servers];

    [Fact]
    public async Task The_operator_logs_in_as_ops()
    {
        var answer = await SshAsync("ops", [], "id -un");
        Assert.Equal((0, "ops"), (answer.Status, answer.Output.Trim()));
    }

    [Theory]
    [InlineData("root")]
    [InlineData("vllm")]
    [InlineData("www-data")]
    [InlineData("nobody")]
    [InlineData("debian")]
    [InlineData("admin")]
    public async Task The_stacks_key_opens_no_other_account(string user)
    {
        var answer = await SshAsync(user, [], "true");
        Assert.Equal(255, answer.Status);
        Assert.Contains("Permission denied (publickey)", answer.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("password")]
    [InlineData("keyboard-interactive")]
    [InlineData("none")]
    [InlineData("hostbased")]
    [InlineData("gssapi-with-mic")]
    public async Task Only_a_key_is_asked_for(string method)
    {
        var answer = await SshAsync("ops", ["-o", $"PreferredAuthentications={method}", "-o", "PubkeyAuthentication=no", "-o",
            "BatchMode=no", "-o", "NumberOfPasswordPrompts=1"], "true");
        Assert.Equal(255, answer.Status);
        Assert.Contains("Permission denied (publickey)", answer.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:22")]
    [InlineData("127.0.0.1:80")]
    [InlineData("127.0.0.1:8000")]
    [InlineData("127.0.0.53:53")]
    [InlineData("127.0.0.2:443")]
    [InlineData("[::1]:443")]
    [InlineData("169.254.169.254:80")]
    [InlineData("198.51.100.1:443")]
    [InlineData("10.100.0.2:443")]
    public async Task A_tunnel_leads_to_the_private_port_and_nowhere_else(string target)
    {
        var answer = await SshAsync("ops", ["-W", target], null);
        Assert.Equal(255, answer.Status);
        Assert.Contains("administratively prohibited", answer.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-R", "18080:127.0.0.1:80")]
    [InlineData("-R", "/tmp/remote.sock:127.0.0.1:80")]
    [InlineData("-w", "any")]
    public async Task Nothing_is_forwarded_the_other_way(string option, string value)
    {
        var answer = await SshAsync("ops", ["-o", "ExitOnForwardFailure=yes", option, value], "true");
        Assert.NotEqual(0, answer.Status);
    }

    [Fact]
    public async Task The_agent_and_the_display_are_not_forwarded()
    {
        var answer = await SshAsync(
            "ops", ["-A", "-X", "-o", "ForwardX11Trusted=yes"], "printenv SSH_AUTH_SOCK DISPLAY; true", "ssh-agent");
        Assert.Equal((0, ""), (answer.Status, answer.Output.Trim()));
    }

    // Its private half is in the user data, which the metadata service hands out again and again.
    [Theory]
    [MemberData(nameof(Servers))]
    public async Task The_key_of_the_first_connection_identifies_the_server_no_more(string server)
    {
        var address = cluster.Stack.Node(server).PublicAddress;
        var answer = await SshAsync("ops", ["-o", "HostKeyAlgorithms=ecdsa-sha2-nistp256"], "true", null, address);
        Assert.Equal(255, answer.Status);
        Assert.Contains("no matching host key type found. Their offer: ssh-ed25519", answer.Errors, StringComparison.Ordinal);
        Assert.Equal("ssh_host_ed25519_key\nssh_host_ed25519_key.pub", await cluster.ShellAsync(server, "ls /etc/ssh | grep ssh_host_"));
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task The_daemons_own_settings_agree(string server)
    {
        var config = (await cluster.ShellAsync(server, "sshd -T")).Split('\n');
        Assert.Empty(((string[])
        [
            "permitrootlogin no", "passwordauthentication no", "kbdinteractiveauthentication no", "authenticationmethods publickey",
            "allowusers ops", "allowtcpforwarding local", "permitopen 127.0.0.1:443 localhost:443", "allowagentforwarding no",
            "x11forwarding no", "permittunnel no", "allowstreamlocalforwarding no", "gatewayports no", "permitemptypasswords no",
            "permituserenvironment no", "hostbasedauthentication no", "hostkey /etc/ssh/ssh_host_ed25519_key",
        ]).Except(config));
    }

    private Task<ProgramAnswer> SshAsync(string user, string[] options, string? command, string? wrapper = null, string? address = null)
    {
        var files = new AccessFiles(cluster.Stack.Folder);
        return cluster.Stack.OnNetworkAsync(null,
        [
            .. wrapper is null ? Array.Empty<string>() : [wrapper],
            "ssh", "-F", "none", "-b", cluster.Stack.Sandbox.Running!.Operator, "-i", files.OperatorKey, "-o", "IdentitiesOnly=yes", "-o",
            $"UserKnownHostsFile={files.KnownHosts}",
            "-o", "StrictHostKeyChecking=yes", "-o", "ConnectTimeout=10", .. options,
            .. options.Contains("BatchMode=no") ? Array.Empty<string>() : ["-o", "BatchMode=yes"],
            $"{user}@{address ?? cluster.Stack.Node(Node).PublicAddress}", .. command is null ? Array.Empty<string>() : [command],
        ]);
    }
}
