using System.Collections.Immutable;
using Pulumi.Serialization;

namespace Pulumi;

/// <summary>Something that a deployment declares.</summary>
public class Resource
{
    private readonly string _type;
    private readonly string _name;
    private readonly HashSet<Resource> _children = [];
    private readonly ImmutableArray<ResourceTransformation> _transformations;
    private readonly ImmutableDictionary<string, ProviderResource> _providers;

    private protected Resource(string type, string name, ResourceArgs args, ResourceOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(type);
        ArgumentException.ThrowIfNullOrEmpty(name);
        _type = type;
        _name = name;

        // Before anything else sees this resource, its outputs must be there.
        var outputs = OutputProperty.Of(GetType()).Select(property => property.Attach(this)).ToImmutableArray();
        var deployment = Deployment.Current;
        var parent = options.Parent ?? deployment.Root;
        _transformations = [.. options.ResourceTransformations, .. parent?._transformations ?? []];
        (args, options) = Transform(args, options);
        if (options is ComponentResourceOptions { Provider: not null, Providers.Count: > 0 })
        {
            throw new ResourceException("Do not supply both 'provider' and 'providers' options to a ComponentResource.", options.Parent);
        }

        options.Parent?.Adopt(this);
        _providers = ProvidersOf(options);
        deployment.Register(this, args, options, outputs);
    }

    [Output("urn")]
    public Output<string> Urn { get; private protected set; } = null!;

    public string GetResourceType() => _type;

    public string GetResourceName() => _name;

    /// <summary>The provider that a resource or function of this package gets from here.</summary>
    internal ProviderResource? GetProvider(string token) => _providers.GetValueOrDefault(token.Split(':')[0]);

    /// <summary>
    /// Resources of providers to wait for: these, and all inside of the components among them.
    /// </summary>
    internal static HashSet<CustomResource> Expand(IEnumerable<Resource> resources)
    {
        var seen = new HashSet<Resource>();
        var pending = new Stack<Resource>(resources);
        while (pending.TryPop(out var resource))
        {
            if (seen.Add(resource) && resource is ComponentResource)
            {
                lock (resource._children)
                {
                    foreach (var child in resource._children)
                    {
                        pending.Push(child);
                    }
                }
            }
        }

        return [.. seen.OfType<CustomResource>()];
    }

    private void Adopt(Resource child)
    {
        lock (_children)
        {
            _children.Add(child);
        }
    }

    private (ResourceArgs Args, ResourceOptions Options) Transform(ResourceArgs args, ResourceOptions options)
    {
        foreach (var transformation in _transformations)
        {
            if (transformation(new(this, args, options)) is { } result)
            {
                if (result.Options.Parent != options.Parent)
                {
                    throw new ArgumentException("Transformations cannot currently be used to change the 'parent' of a resource.");
                }

                (args, options) = (result.Args, result.Options);
            }
        }

        return (args, options);
    }

    private static ImmutableDictionary<string, ProviderResource> ProvidersOf(ResourceOptions options)
    {
        var inherited = options.Parent?._providers ?? ImmutableDictionary<string, ProviderResource>.Empty;
        IEnumerable<ProviderResource> own = (options as ComponentResourceOptions)?.Providers ?? [];
        if (options.Provider is { } provider)
        {
            own = [provider];
        }

        return inherited.SetItems(own.Select(item => KeyValuePair.Create(item.Package, item)));
    }
}
