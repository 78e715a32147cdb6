using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using Pulumi;
using Pulumi.Testing;

namespace Infra.Cli.Preview;

/// <summary>
/// The mocked cloud of a preview, in which nothing exists. A resource returns its inputs; values of the provider become a text with their
/// name, such as <c>[chat-0.ipv4Address]</c>, to show where they are used. A function call is an error: a preview takes its facts from the
/// catalog.
/// </summary>
/// <remarks>
/// The SDK omits a whole input if any part of it is unknown: a firewall rule with an unknown load balancer would hide all rules of its
/// firewall. Such texts avoid unknown values.
/// </remarks>
/// <param name="root">Name of the stack resource: the parent of resources without a parent.</param>
/// <param name="mask">Masks secrets before they are stored.</param>
internal sealed class PreviewMocks(string root, SecretMask mask) : IMocks
{
    private static readonly IReadOnlyDictionary<string, object?> NoInputs = ImmutableDictionary<string, object?>.Empty;

    /// <summary>
    /// The only unknown value: the program parses the VPC range, and everything derived from it (node.env and user data of each node) is
    /// masked anyway.
    /// </summary>
    private const string ReadFurther = "ipRange";

    // Keeps no resources, arguments or options: for thousands of resources they would need much memory.
    private readonly ConcurrentQueue<ObservedResource> _declared = new();
    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, object?>> _inputs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string[]> _secretInputs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string[]> _textOutputs = new(StringComparer.Ordinal);

    /// <summary>All resources in declaration order, the stack first. Complete when the deployment has ended.</summary>
    public IEnumerable<ObservedResource> Resources => _declared
        .Select(resource => resource with { Inputs = _inputs[Key(resource.Type, resource.Name)] })
        .Prepend(new ObservedResource(ObservedResource.StackType, root, null, null, NoInputs));

    /// <summary>A transformation that only records the resource.</summary>
    public ResourceTransformationResult? Watch(ResourceTransformationArgs args)
    {
        var (resource, parent) = (args.Resource, args.Options.Parent);
        var type = resource.GetResourceType();
        _declared.Enqueue(new(
            type, resource.GetResourceName(), parent?.GetResourceName() ?? root, parent?.GetResourceType() ?? ObservedResource.StackType,
            NoInputs));
        _textOutputs.GetOrAdd(type, static (_, declared) => OutputsOf(declared.GetType()), resource);
        if (resource is CustomResource)
        {
            _secretInputs[Key(type, resource.GetResourceName())] = SecretMask.SetOn(args.Args);
        }

        return null;
    }

    public Task<(string? id, object state)> NewResourceAsync(MockResourceArgs args)
    {
        var key = Key(args.Type!, args.Name!);
        _inputs[key] = mask.Apply(args.Inputs, _secretInputs.GetValueOrDefault(key, []));
        var state = args.Inputs.ToBuilder();
        state.Remove(ReadFurther);
        foreach (var output in _textOutputs.GetValueOrDefault(args.Type!, []))
        {
            if (output != ReadFurther)
            {
                state.TryAdd(output, $"[{args.Name}.{output}]");
            }
        }

        return Task.FromResult<(string?, object)>(($"[{args.Name}.id]", state.ToImmutable()));
    }

    public Task<object> CallAsync(MockCallArgs args) =>
        throw new InvalidOperationException($"The program called {args.Token}, which a preview does not support.");

    private static string Key(string type, string name) => $"{type}::{name}";

    /// <summary>Names of the string outputs of a resource class.</summary>
    private static string[] OutputsOf(Type resource) =>
        [.. from property in resource.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            where property.PropertyType == typeof(Output<string>)
            let output = property.GetCustomAttribute<OutputAttribute>()?.Name
            where output is not null and not "id" and not "urn"
            select output];
}
