using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;

namespace Pulumi.Serialization;

/// <summary>An [Output] property of a resource class, known by reflection once per class.</summary>
internal abstract class OutputProperty
{
    private static readonly ConcurrentDictionary<Type, ImmutableArray<OutputProperty>> ByType = new();

    protected OutputProperty(string name)
    {
        Name = name;
    }

    /// <summary>The provider's name.</summary>
    public string Name { get; }

    /// <summary>Gives the property an output and hands back the means to complete it.</summary>
    public abstract PendingOutput Attach(Resource resource);

    public static ImmutableArray<OutputProperty> Of(Type resource) => ByType.GetOrAdd(resource, Find);

    private static ImmutableArray<OutputProperty> Find(Type resource)
    {
        var properties = ImmutableArray.CreateBuilder<OutputProperty>();
        foreach (var property in resource.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            // The outputs of a component are the program's own: only the URN comes from the engine.
            if (property.GetCustomAttribute<OutputAttribute>() is { } attribute &&
                (property.DeclaringType == typeof(Resource) || !resource.IsAssignableTo(typeof(ComponentResource))))
            {
                properties.Add(Make(property, attribute.Name ?? property.Name));
            }
        }

        return properties.ToImmutable();
    }

    private static OutputProperty Make(PropertyInfo property, string name)
    {
        var owner = property.DeclaringType!;
        var context = $"[Output] {owner.FullName}.{property.Name}";
        if (!property.PropertyType.IsConstructedGenericType || property.PropertyType.GetGenericTypeDefinition() != typeof(Output<>))
        {
            throw new RunException($"{context} is not an Output<T>.");
        }

        var setter = owner.GetProperty(property.Name)!.GetSetMethod(nonPublic: true)
            ?? throw new InvalidOperationException($"{context} did not have a 'set' method");
        var value = property.PropertyType.GenericTypeArguments[0];
        return (OutputProperty)Activator.CreateInstance(
            typeof(OutputProperty<,>).MakeGenericType(owner, value), name, setter, OutputConverter.For(value, context))!;
    }
}

internal sealed class OutputProperty<TResource, T>(string name, MethodInfo setter, OutputConverter converter) : OutputProperty(name)
    where TResource : Resource
{
    private readonly Action<TResource, Output<T>> _set = setter.CreateDelegate<Action<TResource, Output<T>>>();

    public override PendingOutput Attach(Resource resource)
    {
        var pending = new PendingOutput<T>(Name, resource, converter);
        _set((TResource)resource, pending.Output);
        return pending;
    }
}

/// <summary>An output of a resource that has not been registered yet.</summary>
internal abstract class PendingOutput(string name)
{
    public string Name { get; } = name;

    /// <summary>Completes with a value of the state, already of the right kind or not.</summary>
    public abstract void Complete(OutputData<object?> data, string context, Action<string> warn);

    /// <summary>Completes with the default, unless it has been completed.</summary>
    public abstract void CompleteAbsent(bool isKnown);

    public abstract void Fail(Exception exception);
}

internal sealed class PendingOutput<T> : PendingOutput
{
    private readonly TaskCompletionSource<OutputData<T>> _completion = new();
    private readonly ImmutableHashSet<Resource> _resources;
    private readonly OutputConverter _converter;

    public PendingOutput(string name, Resource resource, OutputConverter converter)
        : base(name)
    {
        _resources = [resource];
        _converter = converter;
        Output = new(_completion.Task, isWatched: false);
    }

    public Output<T> Output { get; }

    public override void Complete(OutputData<object?> data, string context, Action<string> warn)
    {
        var value = _converter.ConvertOrWarn(data.Value, context, warn);
        _completion.SetResult(new((T)value!, data.IsKnown, data.IsSecret, OutputDataSum.Union(_resources, data.Resources)));
    }

    public override void CompleteAbsent(bool isKnown) =>
        _completion.TrySetResult(new(default!, isKnown, IsSecret: false, _resources));

    public override void Fail(Exception exception)
    {
        if (_completion.TrySetException(exception))
        {
            // The registration reports the failure, even if no one reads this output.
            _ = _completion.Task.Exception;
        }
    }
}
