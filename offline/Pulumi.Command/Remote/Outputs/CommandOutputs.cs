namespace Pulumi.Command.Remote.Outputs;

/// <summary>Output <c>Connection</c>.</summary>
[OutputType]
public sealed class Connection
{
    public readonly string? AgentSocketPath;
    public readonly int? DialErrorLimit;
    public readonly string Host;
    public readonly string? HostKey;
    public readonly string? Password;
    public readonly int? PerDialTimeout;
    public readonly double? Port;
    public readonly string? PrivateKey;
    public readonly string? PrivateKeyPassword;
    public readonly ProxyConnection? Proxy;
    public readonly string? User;

    private Connection() { }
}

/// <summary>Output <c>ProxyConnection</c>.</summary>
[OutputType]
public sealed class ProxyConnection
{
    public readonly string? AgentSocketPath;
    public readonly int? DialErrorLimit;
    public readonly string Host;
    public readonly string? HostKey;
    public readonly string? Password;
    public readonly int? PerDialTimeout;
    public readonly double? Port;
    public readonly string? PrivateKey;
    public readonly string? PrivateKeyPassword;
    public readonly string? User;

    private ProxyConnection() { }
}
