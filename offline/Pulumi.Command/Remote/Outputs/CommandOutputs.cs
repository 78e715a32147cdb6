namespace Pulumi.Command.Remote.Outputs;

/// <summary>Output <c>Connection</c>.</summary>
[OutputType]
public sealed class Connection
{
    public readonly string Host;
    public readonly string? HostKey;
    public readonly double? Port;
    public readonly string? PrivateKey;
    public readonly string? User;

    private Connection() { }
}
