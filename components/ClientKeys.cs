using System.Collections.Immutable;
using Infra.Planning;
using Pulumi;
using Pulumi.Random;

namespace Infra.Components;

/// <summary>Arguments of <see cref="ClientKeys"/>.</summary>
public sealed class ClientKeysArgs : ResourceArgs
{
    /// <summary>A name for each key: whose it is. Decided at plan time.</summary>
    public required IReadOnlyList<string> Clients { get; init; }
}

/// <summary>
/// API keys with names, so that one can be taken back without the others: a name that goes takes its key along, and
/// <c>pulumi up --replace</c> on one of them makes it anew (not <c>--target-replace</c>, which would keep the nodes from being told).
/// </summary>
public sealed class ClientKeys : ComponentResource
{
    // 40 letters and digits: 238 bits. The prefix is what key scanners look for.
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

    /// <summary>The keys by name, a secret.</summary>
    [Output("keys")]
    public Output<ImmutableDictionary<string, string>> Keys { get; private init; }
}
