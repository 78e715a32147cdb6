using System.Collections.Immutable;
using System.Text;
using Pulumi;
using Pulumi.Command.Remote;

namespace Infra.Components;

/// <summary>Arguments of <see cref="NodeSecrets"/>. None is an input in the state: the resource that created it has it.</summary>
public sealed class NodeSecretsArgs : ResourceArgs
{
    /// <summary>Connection to the node.</summary>
    public required NodeConnection Connection { get; init; }

    /// <summary>Id of the Droplet: another Droplet gets its secrets again.</summary>
    public required Input<string> DropletId { get; init; }

    /// <summary>Certificate of the node in PEM.</summary>
    public required Output<string> CertificatePem { get; init; }

    /// <summary>Its private key in PEM.</summary>
    public required Output<string> PrivateKeyPem { get; init; }

    /// <summary>API keys by client name.</summary>
    public required Output<ImmutableDictionary<string, string>> ClientKeys { get; init; }

    /// <summary>Dependencies. Default: none.</summary>
    public IReadOnlyList<Resource> After { get; init; } = [];

    /// <summary>Hugging Face token for a gated model. Default: none; then the node's token is deleted.</summary>
    public Output<string>? HuggingFaceToken { get; init; }
}

/// <summary>Delivers secrets after boot, over SSH on stdin, and again after changes.</summary>
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

    /// <summary>The command that delivers them, for dependencies.</summary>
    public Command Delivered { get; }

    /// <summary>
    /// The input of <c>store-secrets</c>: name and base64 on each line, so that no value can look like another line. The last line is a
    /// required one, so that a broken connection cannot look like a missing token.
    /// </summary>
    internal static string Lines(string privateKeyPem, string certificatePem, IReadOnlyDictionary<string, string> clientKeys,
        string huggingFaceToken)
    {
        var clients = string.Concat(clientKeys.OrderBy(client => client.Key, StringComparer.Ordinal)
            .Select(client => $"{client.Key} {client.Value}\n"));
        var token = huggingFaceToken.Length == 0 ? "" : $"huggingface.token {Base64(huggingFaceToken)}\n";
        return $"clients {Base64(clients)}\n{token}tls.crt {Base64(certificatePem)}\ntls.key {Base64(privateKeyPem)}\n";
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
