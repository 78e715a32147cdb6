using System.Collections.Concurrent;
using System.Reflection;

namespace Pulumi;

/// <summary>A group of resources with outputs of its own.</summary>
public class ComponentResource : Resource
{
    private static readonly ConcurrentDictionary<Type, Dictionary<string, PropertyInfo>> OutputsByType = new();

    public ComponentResource(string type, string name, ComponentResourceOptions? options = null)
        : this(type, name, ResourceArgs.Empty, options)
    {
    }

    public ComponentResource(string type, string name, ResourceArgs? args, ComponentResourceOptions? options = null, bool remote = false)
        : base(type, name, args ?? ResourceArgs.Empty, options ?? new ComponentResourceOptions())
    {
        if (remote)
        {
            throw new NotSupportedException("The offline subset of the Pulumi SDK has no engine that could construct a remote component.");
        }
    }

    /// <summary>Registers the properties that are marked as outputs.</summary>
    protected void RegisterOutputs() =>
        RegisterOutputs(OutputsByType.GetOrAdd(GetType(), OutputsOf)
            .ToDictionary(output => output.Key, output => output.Value.GetValue(this)));

    protected void RegisterOutputs(IDictionary<string, object?> outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        RegisterOutputs(Output.Create(outputs));
    }

    protected void RegisterOutputs(Task<IDictionary<string, object?>> outputs) => RegisterOutputs(Output.Create(outputs));

    protected void RegisterOutputs(Output<IDictionary<string, object?>> outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        Deployment.Current.RegisterOutputs(this, outputs);
    }

    private static Dictionary<string, PropertyInfo> OutputsOf(Type component) =>
        component.GetProperties()
            .Where(property => property.Name != nameof(Urn))
            .Select(property => (Property: property, Attribute: property.GetCustomAttribute<OutputAttribute>()))
            .Where(output => output.Attribute is not null)
            .ToDictionary(output => string.IsNullOrWhiteSpace(output.Attribute!.Name) ? output.Property.Name : output.Attribute.Name,
                output => output.Property);
}
