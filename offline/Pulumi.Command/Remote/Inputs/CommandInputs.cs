namespace Pulumi.Command.Remote.Inputs;

/// <summary>Argument <c>Connection</c>.</summary>
public sealed class ConnectionArgs : ResourceArgs
{
    [Input("dialErrorLimit")] public Input<int>? DialErrorLimit { get; set; } = 10;
    [Input("host", required: true)] public Input<string> Host { get; set; } = null!;
    [Input("hostKey")] public Input<string>? HostKey { get; set; }
    [Input("perDialTimeout")] public Input<int>? PerDialTimeout { get; set; } = 15;
    [Input("port")] public Input<double>? Port { get; set; } = 22;
    [field: Input("privateKey")] public Input<string>? PrivateKey { get; set => field = ProviderDefaults.Secret(value); }
    [Input("user")] public Input<string>? User { get; set; } = "root";
}
