using System.Collections.Concurrent;
using System.Collections.Immutable;
using Pulumi.Testing;

namespace Infra.Lab.Preview;

/// <summary>
/// The cloud of a preview: nothing exists yet, so every resource has the inputs that it was given and no id, and what a
/// provider would fill in is unknown. A function call is an error: a preview reads its facts from the catalog.
/// </summary>
/// <remarks>
/// A property with anything unknown inside is not handed to a mock at all. A firewall rule that names a load balancer would
/// take all rules of that firewall with it, and they must be seen: so a load balancer has a stand-in for its id.
/// </remarks>
internal sealed class PreviewMocks : IMocks
{
    private readonly ConcurrentDictionary<(string Type, string Name), ImmutableDictionary<string, object>> _inputs = new();

    public ImmutableDictionary<string, object> InputsOf(string type, string name) =>
        _inputs.GetValueOrDefault((type, name), ImmutableDictionary<string, object>.Empty);

    public Task<(string? id, object state)> NewResourceAsync(MockResourceArgs args)
    {
        _inputs[(args.Type!, args.Name!)] = args.Inputs;
        var id = args.Type == Exposure.LoadBalancerType ? $"(id of {args.Name})" : null;
        return Task.FromResult<(string?, object)>((id, args.Inputs));
    }

    public Task<object> CallAsync(MockCallArgs args) =>
        throw new InvalidOperationException($"The program called {args.Token}; a preview has nobody to ask.");
}
