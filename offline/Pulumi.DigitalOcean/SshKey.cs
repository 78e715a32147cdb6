namespace Pulumi.DigitalOcean;

/// <summary>Resource <c>digitalocean:index/sshKey:SshKey</c>.</summary>
public class SshKey : CustomResource
{
    public SshKey(string name, SshKeyArgs args, CustomResourceOptions? options = null)
        : base("digitalocean:index/sshKey:SshKey", name, args ?? new SshKeyArgs(), ProviderDefaults.AddTo(options))
    {
    }
}

/// <summary>Arguments of <see cref="SshKey"/>.</summary>
public sealed class SshKeyArgs : ResourceArgs
{
    [Input("name")] public Input<string>? Name { get; set; }
    [Input("publicKey", required: true)] public Input<string> PublicKey { get; set; } = null!;
}
