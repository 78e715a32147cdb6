using Pulumi;
using Pulumi.Command.Remote.Inputs;

namespace Infra.Components;

/// <summary>How to reach a node over SSH: as <c>ops</c>, with the stack's key, and only if the node shows the key that is expected of it.</summary>
public sealed class NodeConnection
{
    private const string User = "ops";

    /// <summary>Dials while a Droplet boots: every 5 s when it refuses, every 20 s when it is silent, so 10 to 40 minutes.</summary>
    internal const int DialsWhileBooting = 120;

    /// <summary>Public address of the Droplet.</summary>
    public required Input<string> Host { get; init; }

    /// <summary>Public host key as a line of <c>authorized_keys</c>: <c>ssh-ed25519 AAAA...</c>. Without one the provider would take any.</summary>
    public required Input<string> HostKey { get; init; }

    /// <summary>The stack's private key in OpenSSH's form.</summary>
    public required Input<string> PrivateKey { get; init; }

    /// <summary>Connections that may fail before a command does.</summary>
    public int DialErrorLimit { get; init; } = 20;

    private ConnectionArgs? _args;

    /// <summary>The same object each time: the commands of a node share it.</summary>
    internal ConnectionArgs ToArgs() => _args ??= new()
    {
        Host = Host,
        User = User,
        HostKey = HostKey,
        PrivateKey = PrivateKey,
        DialErrorLimit = DialErrorLimit,
    };
}
