using System.Collections.Immutable;
using System.Text;
using Pulumi;
using Pulumi.Command.Remote;

namespace Infra.Components;

/// <summary>Arguments of <see cref="NodeSecrets"/>. None is an input in the state: each is kept by the resource that made it.</summary>
public sealed class NodeSecretsArgs : ResourceArgs
{
    /// <summary>Way to the node.</summary>
    public required NodeConnection Connection { get; init; }

    /// <summary>Id of the Droplet: another Droplet gets its secrets anew.</summary>
    public required Input<string> DropletId { get; init; }

    /// <summary>Certificate of the node in PEM.</summary>
    public required Output<string> CertificatePem { get; init; }

    /// <summary>Its private key in PEM.</summary>
    public required Output<string> PrivateKeyPem { get; init; }

    /// <summary>API keys by the name of the client.</summary>
    public required Output<ImmutableDictionary<string, string>> ClientKeys { get; init; }

    /// <summary>What must be done before. Default: nothing.</summary>
    public IReadOnlyList<Resource> After { get; init; } = [];

    /// <summary>Hugging Face token for a gated model. Default: none, and one that the node has is removed.</summary>
    public Output<string>? HuggingFaceToken { get; init; }
}

/// <summary>Delivers what is secret after boot, over SSH, on standard input; and again whenever it changes.</summary>
public sealed class NodeSecrets : ComponentResource
{
    public NodeSecrets(string name, NodeSecretsArgs args, ComponentResourceOptions? options = null)
        : base("infra:components:NodeSecrets", name, options)
    {
        var stdin = Output.Tuple(args.PrivateKeyPem, args.CertificatePem, args.ClientKeys, args.HuggingFaceToken ?? Output.Create(""))
            .Apply(all => Lines(all.Item1, all.Item2, all.Item3, all.Item4));
        var command = NodeCommand.Quiet(args.Connection, NodeCommand.Script("store-secrets"), Output.CreateSecret(stdin));
        command.Triggers = NodeCommand.Triggers(args.DropletId);
        Delivered = new Command($"{name}-secrets", command, new()
        {
            Parent = this,
            DependsOn = args.After.ToArray(),
            AdditionalSecretOutputs = { "stdout", "stderr" },
        });
        RegisterOutputs();
    }

    /// <summary>The command that delivers them, to wait for.</summary>
    public Command Delivered { get; }

    /// <summary>
    /// What <c>store-secrets</c> reads: a name and base64 on each line, so that no value can look like another line. One that a node must
    /// have comes last: a connection that breaks cannot make it look as if there were no token.
    /// </summary>
    internal static string Lines(string privateKeyPem, string certificatePem, IReadOnlyDictionary<string, string> clientKeys, string huggingFaceToken)
    {
        var clients = string.Concat(clientKeys.OrderBy(client => client.Key, StringComparer.Ordinal).Select(client => $"{client.Key} {client.Value}\n"));
        var token = huggingFaceToken.Length == 0 ? "" : $"huggingface.token {Base64(huggingFaceToken)}\n";
        return $"clients {Base64(clients)}\n{token}tls.crt {Base64(certificatePem)}\ntls.key {Base64(privateKeyPem)}\n";
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
