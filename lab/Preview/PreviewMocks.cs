using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using Pulumi;
using Pulumi.Testing;

namespace Infra.Lab.Preview;

/// <summary>
/// The cloud of a preview: nothing exists yet. Every resource has the inputs that it was given; what a provider would fill in
/// is text that names it, as <c>[chat-0.ipv4Address]</c>, so that one sees where it goes. A function call is an error: a
/// preview reads its facts from the catalog.
/// </summary>
/// <remarks>
/// Such text stands in for unknown values because the SDK leaves out a whole input with anything unknown inside: a firewall
/// rule that names a load balancer would take all rules of its firewall with it.
/// </remarks>
internal sealed class PreviewMocks : IMocks
{
    /// <summary>Range of a VPC that DigitalOcean picks: the one value that the program reads further, into files that are masked.</summary>
    private const string SomeRange = "10.0.0.0/16";

    private static readonly ConcurrentDictionary<Type, ImmutableArray<string>> TextOutputs = new();

    private readonly ConcurrentQueue<ResourceTransformationArgs> _declared = new();
    private readonly ConcurrentDictionary<(string Type, string Name), Type> _classes = new();
    private readonly ConcurrentDictionary<(string Type, string Name), ImmutableDictionary<string, object>> _inputs = new();

    /// <summary>All resources in the order of their declaration.</summary>
    public IEnumerable<ResourceTransformationArgs> Declared => _declared;

    public ImmutableDictionary<string, object> InputsOf(string type, string name) => _inputs[(type, name)];

    /// <summary>A transformation that changes nothing and takes note of the resource.</summary>
    public ResourceTransformationResult? Watch(ResourceTransformationArgs resource)
    {
        _declared.Enqueue(resource);
        _classes[(resource.Resource.GetResourceType(), resource.Resource.GetResourceName())] = resource.Resource.GetType();
        return null;
    }

    public Task<(string? id, object state)> NewResourceAsync(MockResourceArgs args)
    {
        var key = (args.Type!, args.Name!);
        _inputs[key] = args.Inputs;
        var state = args.Inputs.ToBuilder();
        foreach (var output in _classes.TryGetValue(key, out var type) ? TextOutputs.GetOrAdd(type, OutputsOf) : [])
        {
            state.TryAdd(output, output == "ipRange" ? SomeRange : $"[{args.Name}.{output}]");
        }

        return Task.FromResult<(string?, object)>(($"[{args.Name}.id]", state.ToImmutable()));
    }

    public Task<object> CallAsync(MockCallArgs args) =>
        throw new InvalidOperationException($"The program called {args.Token}; a preview has nobody to ask.");

    /// <summary>Names of the outputs of a resource class that are text.</summary>
    private static ImmutableArray<string> OutputsOf(Type resource) =>
        [.. from property in resource.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            where property.PropertyType == typeof(Output<string>)
            let output = property.GetCustomAttribute<OutputAttribute>()?.Name
            where output is not null and not "id" and not "urn"
            select output];
}
