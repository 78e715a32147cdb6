using Pulumi;
using Pulumi.DigitalOcean;
using Pulumi.Tls;

namespace Infra.Components;

/// <summary>Arguments of <see cref="OperatorKey"/>.</summary>
public sealed class OperatorKeyArgs : ResourceArgs
{
    /// <summary>Name of the key in the DigitalOcean account.</summary>
    [Input("cloudName", required: true)]
    public required Input<string> CloudName { get; init; }
}

/// <summary>The stack's own SSH key, so that a deployment needs no personal key.</summary>
public sealed class OperatorKey : ComponentResource
{
    public OperatorKey(string name, OperatorKeyArgs args, ComponentResourceOptions? options = null)
        : base("infra:components:OperatorKey", name, args, options)
    {
        var key = new PrivateKey(name, new() { Algorithm = "ED25519" }, new() { Parent = this });
        // DigitalOcean rejects a key that the account already has; this one is new.
        var sshKey = new SshKey(name, new() { Name = args.CloudName, PublicKey = key.PublicKeyOpenssh }, new() { Parent = this });

        KeyId = sshKey.Id;
        PublicKey = key.PublicKeyOpenssh.Apply(line => line.Trim());
        PrivateKey = Output.CreateSecret(key.PrivateKeyOpenssh);
        RegisterOutputs();
    }

    /// <summary>Id of the key at DigitalOcean, for <c>sshKeys</c> of a Droplet.</summary>
    [Output("keyId")]
    public Output<string> KeyId { get; private init; }

    /// <summary>The public key as a line of <c>authorized_keys</c>.</summary>
    [Output("publicKey")]
    public Output<string> PublicKey { get; private init; }

    /// <summary>The private key in OpenSSH format, a secret.</summary>
    [Output("privateKey")]
    public Output<string> PrivateKey { get; private init; }
}
