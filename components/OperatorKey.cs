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

/// <summary>The SSH key that the stack makes for itself, so that no key of a person is needed for a deployment.</summary>
public sealed class OperatorKey : ComponentResource
{
    public OperatorKey(string name, OperatorKeyArgs args, ComponentResourceOptions? options = null)
        : base("infra:components:OperatorKey", name, args, options)
    {
        var key = new PrivateKey(name, new() { Algorithm = "ED25519" }, new() { Parent = this });
        // A key that the account has already is refused, and this one it cannot have.
        var sshKey = new SshKey(name, new() { Name = args.CloudName, PublicKey = key.PublicKeyOpenssh }, new() { Parent = this });

        KeyId = sshKey.Id;
        PublicKey = key.PublicKeyOpenssh.Apply(line => line.Trim());
        PrivateKey = Output.CreateSecret(key.PrivateKeyOpenssh);
        RegisterOutputs();
    }

    /// <summary>Id of the key at DigitalOcean, for <c>sshKeys</c> of a Droplet.</summary>
    [Output("keyId")]
    public Output<string> KeyId { get; private init; }

    /// <summary>The public half as a line of <c>authorized_keys</c>.</summary>
    [Output("publicKey")]
    public Output<string> PublicKey { get; private init; }

    /// <summary>The private half in OpenSSH's form, a secret.</summary>
    [Output("privateKey")]
    public Output<string> PrivateKey { get; private init; }
}
