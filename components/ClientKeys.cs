using System.Collections.Immutable;
using Infra.Planning;
using Pulumi;
using Pulumi.Random;

namespace Infra.Components;

/// <summary>Arguments of <see cref="ClientKeys"/>.</summary>
public sealed class ClientKeysArgs : ResourceArgs
{
    /// <summary>One name per key: the client. Known at plan time.</summary>
    public required IReadOnlyList<string> Clients { get; init; }
}

/// <summary>
/// Named API keys, so that each can be revoked: removing a name deletes its key, and <c>pulumi up --replace</c> on a key rotates it
/// (not <c>--target-replace</c>, which would not update the nodes).
/// </summary>
public sealed class ClientKeys : ComponentResource
{
    // 40 letters and digits: 238 bits. Key scanners recognize the prefix.
    private const int Length = 40;
    private const string Prefix = "sk-";

    public ClientKeys(string name, ClientKeysArgs args, ComponentResourceOptions? options = null)
        : base("infra:components:ClientKeys", name, args, options)
    {
        var keys = args.Clients.Select(client =>
            new RandomPassword(Names.ClientKey(name, client), new() { Length = Length, Special = false }, new() { Parent = this }).Result);
        var clients = args.Clients.ToImmutableArray();
        Keys = Output.CreateSecret(Output.All(keys).Apply(all =>
            clients.Zip(all).ToImmutableDictionary(pair => pair.First, pair => $"{Prefix}{pair.Second}")));
        RegisterOutputs();
    }

    /// <summary>The keys by client name, a secret.</summary>
    [Output("keys")]
    public Output<ImmutableDictionary<string, string>> Keys { get; private init; }
}
