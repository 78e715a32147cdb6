using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using Pulumi;
using Pulumi.Testing;

namespace Infra.Cli.Preview;

/// <summary>
/// The cloud of a preview: nothing exists yet. Every resource has the inputs that it was given; what a provider would fill in
/// is text that names it, as <c>[chat-0.ipv4Address]</c>, so that one sees where it goes. A function call is an error: a
/// preview reads its facts from the catalog.
/// </summary>
/// <remarks>
/// Such text stands in for unknown values because the SDK leaves out a whole input with anything unknown inside: a firewall
/// rule that names a load balancer would take all rules of its firewall with it.
/// </remarks>
/// <param name="root">Name of the stack as a resource: the parent of what has none.</param>
/// <param name="mask">Hides what is secret, before it is kept.</param>
internal sealed class PreviewMocks(string root, SecretMask mask) : IMocks
{
    private static readonly IReadOnlyDictionary<string, object?> NoInputs = ImmutableDictionary<string, object?>.Empty;

    /// <summary>
    /// The one value that stays unknown: the program reads the range of the VPC, and what it writes from it, the settings and
    /// user data of each node, is masked anyway.
    /// </summary>
    private const string ReadFurther = "ipRange";

    // Resources, their arguments and options are not kept: in a preview of thousands of them that is what memory would be full of.
    private readonly ConcurrentQueue<ObservedResource> _declared = new();
    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, object?>> _inputs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string[]> _secretInputs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string[]> _textOutputs = new(StringComparer.Ordinal);

    /// <summary>All resources in the order of their declaration, the stack first. To be read when the deployment is done.</summary>
    public IEnumerable<ObservedResource> Resources => _declared
        .Select(resource => resource with { Inputs = _inputs[Key(resource.Type, resource.Name)] })
        .Prepend(new ObservedResource(ObservedResource.StackType, root, null, null, NoInputs));

    /// <summary>A transformation that changes nothing and takes note of the resource.</summary>
    public ResourceTransformationResult? Watch(ResourceTransformationArgs args)
    {
        var (resource, parent) = (args.Resource, args.Options.Parent);
        var type = resource.GetResourceType();
        _declared.Enqueue(new(
            type, resource.GetResourceName(), parent?.GetResourceName() ?? root, parent?.GetResourceType() ?? ObservedResource.StackType, NoInputs));
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
        throw new InvalidOperationException($"The program called {args.Token}; a preview has nobody to ask.");

    private static string Key(string type, string name) => $"{type}::{name}";

    /// <summary>Names of the outputs of a resource class that are text.</summary>
    private static string[] OutputsOf(Type resource) =>
        [.. from property in resource.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            where property.PropertyType == typeof(Output<string>)
            let output = property.GetCustomAttribute<OutputAttribute>()?.Name
            where output is not null and not "id" and not "urn"
            select output];
}
