using Pulumi;
using Pulumi.Command.Remote.Inputs;

namespace Infra.Components;

/// <summary>SSH connection to a node: as <c>ops</c>, with the stack's key, and with a check of the host key.</summary>
public sealed class NodeConnection
{
    private const string User = "ops";

    /// <summary>
    /// Connection attempts while a Droplet boots: every 5 s if refused, every 20 s without an answer, so 10 to 40 minutes.
    /// </summary>
    internal const int DialsWhileBooting = 120;

    /// <summary>Public address of the Droplet.</summary>
    public required Input<string> Host { get; init; }

    /// <summary>
    /// Expected host key as a line of <c>authorized_keys</c>: <c>ssh-ed25519 AAAA...</c>. Without it, the provider accepts any key.
    /// </summary>
    public required Input<string> HostKey { get; init; }

    /// <summary>The stack's private key in OpenSSH format.</summary>
    public required Input<string> PrivateKey { get; init; }

    /// <summary>Connection attempts before a command fails.</summary>
    public int DialErrorLimit { get; init; } = 20;

    private ConnectionArgs? _args;

    /// <summary>Always the same object: all commands of a node share it.</summary>
    internal ConnectionArgs ToArgs() => _args ??= new()
    {
        Host = Host,
        User = User,
        HostKey = HostKey,
        PrivateKey = PrivateKey,
        DialErrorLimit = DialErrorLimit,
    };
}
