namespace Pulumi;

/// <summary>
/// How a resource is managed. This SDK acts on the parent, the dependencies, the provider, the import id and the transformations; the rest
/// is for an engine, which it does not have, and is only carried.
/// </summary>
public abstract class ResourceOptions
{
    private InputList<Resource>? _replaceWith;

    public Resource? Parent { get; set; }

    public InputList<Resource> DependsOn { get => DependsOnIfAny ??= []; set => DependsOnIfAny = value; }

    public bool? Protect { get; set; }

    public List<string> IgnoreChanges { get => field ??= []; set; }

    public string? Version { get; set; }

    public ProviderResource? Provider { get; set; }

    public CustomTimeouts? CustomTimeouts { get; set; }

    public List<ResourceTransformation> ResourceTransformations { get => field ??= []; set; }

    public List<Input<Alias>> Aliases { get => field ??= []; set; }

    public List<string> ReplaceOnChanges { get => field ??= []; set; }

    public bool? RetainOnDelete { get; set; }

    public Resource? DeletedWith { get; set; }

    public InputList<Resource> ReplaceWith { get => _replaceWith ??= []; set => _replaceWith = value; }

    public Input<object>? ReplacementTrigger { get; set; }

    /// <summary>Null until someone asks for the list: most resources depend on nothing by option.</summary>
    internal InputList<Resource>? DependsOnIfAny { get; private set; }

    /// <summary>Takes over what <paramref name="other"/> says: single values replace, lists are appended.</summary>
    private protected void Take(ResourceOptions other)
    {
        Parent = other.Parent ?? Parent;
        Protect = other.Protect ?? Protect;
        Version = other.Version ?? Version;
        Provider = other.Provider ?? Provider;
        CustomTimeouts = other.CustomTimeouts ?? CustomTimeouts;
        RetainOnDelete = other.RetainOnDelete ?? RetainOnDelete;
        DeletedWith = other.DeletedWith ?? DeletedWith;
        ReplacementTrigger = other.ReplacementTrigger ?? ReplacementTrigger;
        DependsOnIfAny = Join(DependsOnIfAny, other.DependsOnIfAny);
        _replaceWith = Join(_replaceWith, other._replaceWith);
        IgnoreChanges = [.. IgnoreChanges, .. other.IgnoreChanges];
        ResourceTransformations = [.. ResourceTransformations, .. other.ResourceTransformations];
        Aliases = [.. Aliases, .. other.Aliases];
        ReplaceOnChanges = [.. ReplaceOnChanges, .. other.ReplaceOnChanges];
    }

    /// <summary>A list of its own, so that neither of the two grows with it; null where both are.</summary>
    private static InputList<Resource>? Join(InputList<Resource>? first, InputList<Resource>? second) =>
        second is null ? first : first is null ? second.Copy() : first.Concat(second);
}

/// <summary>Options of a resource of a provider.</summary>
public sealed class CustomResourceOptions : ResourceOptions
{
    public bool? DeleteBeforeReplace { get; set; }

    public List<string> AdditionalSecretOutputs { get => field ??= []; set; }

    public string? ImportId { get; set; }

    /// <summary>New options; where both say something, the second count.</summary>
    public static CustomResourceOptions Merge(CustomResourceOptions? options1, CustomResourceOptions? options2)
    {
        var merged = new CustomResourceOptions();
        foreach (var options in new[] { options1, options2 }.OfType<CustomResourceOptions>())
        {
            merged.Take(options);
            merged.DeleteBeforeReplace = options.DeleteBeforeReplace ?? merged.DeleteBeforeReplace;
            merged.ImportId = options.ImportId ?? merged.ImportId;
            merged.AdditionalSecretOutputs = [.. merged.AdditionalSecretOutputs, .. options.AdditionalSecretOutputs];
        }

        return merged;
    }
}

/// <summary>Options of a component.</summary>
public sealed class ComponentResourceOptions : ResourceOptions
{
    /// <summary>Providers for the resources inside, one for each package.</summary>
    public List<ProviderResource> Providers { get => field ??= []; set; }

    /// <summary>New options; where both say something, the second count.</summary>
    public static ComponentResourceOptions Merge(ComponentResourceOptions? options1, ComponentResourceOptions? options2)
    {
        var merged = new ComponentResourceOptions();
        foreach (var options in new[] { options1, options2 }.OfType<ComponentResourceOptions>())
        {
            merged.Take(options);
            merged.Providers =
            [
                .. merged.Providers.ExceptBy(options.Providers.Select(provider => provider.Package), provider => provider.Package),
                .. options.Providers,
            ];
        }

        return merged;
    }
}
