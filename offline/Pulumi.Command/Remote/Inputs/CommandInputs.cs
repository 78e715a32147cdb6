namespace Pulumi.Command.Remote.Inputs;

/// <summary>Argument <c>Connection</c>.</summary>
public sealed class ConnectionArgs : ResourceArgs
{
    [Input("agentSocketPath")] public Input<string>? AgentSocketPath { get; set; }
    [Input("dialErrorLimit")] public Input<int>? DialErrorLimit { get; set; } = 10;
    [Input("host", required: true)] public Input<string> Host { get; set; } = null!;
    [Input("hostKey")] public Input<string>? HostKey { get; set; }
    [field: Input("password")] public Input<string>? Password { get; set => field = ProviderDefaults.Secret(value); }
    [Input("perDialTimeout")] public Input<int>? PerDialTimeout { get; set; } = 15;
    [Input("port")] public Input<double>? Port { get; set; } = 22;
    [field: Input("privateKey")] public Input<string>? PrivateKey { get; set => field = ProviderDefaults.Secret(value); }
    [field: Input("privateKeyPassword")] public Input<string>? PrivateKeyPassword { get; set => field = ProviderDefaults.Secret(value); }
    [Input("proxy")] public Input<ProxyConnectionArgs>? Proxy { get; set; }
    [Input("user")] public Input<string>? User { get; set; } = "root";
}

/// <summary>Argument <c>ProxyConnection</c>.</summary>
public sealed class ProxyConnectionArgs : ResourceArgs
{
    [Input("agentSocketPath")] public Input<string>? AgentSocketPath { get; set; }
    [Input("dialErrorLimit")] public Input<int>? DialErrorLimit { get; set; } = 10;
    [Input("host", required: true)] public Input<string> Host { get; set; } = null!;
    [Input("hostKey")] public Input<string>? HostKey { get; set; }
    [field: Input("password")] public Input<string>? Password { get; set => field = ProviderDefaults.Secret(value); }
    [Input("perDialTimeout")] public Input<int>? PerDialTimeout { get; set; } = 15;
    [Input("port")] public Input<double>? Port { get; set; } = 22;
    [field: Input("privateKey")] public Input<string>? PrivateKey { get; set => field = ProviderDefaults.Secret(value); }
    [field: Input("privateKeyPassword")] public Input<string>? PrivateKeyPassword { get; set => field = ProviderDefaults.Secret(value); }
    [Input("user")] public Input<string>? User { get; set; } = "root";
}
