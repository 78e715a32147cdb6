using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Pulumi.Serialization;

/// <summary>Turns a plain value into a type that an output may have. A value of another kind becomes the default and an error.</summary>
internal abstract class OutputConverter
{
    private static readonly ConcurrentDictionary<Type, OutputConverter> ByType = new();

    /// <summary>Throws when an output may not have this type.</summary>
    public static OutputConverter For(Type type, string context) => ByType.GetOrAdd(type, Make, context);

    /// <summary>The value and null, or the default of the type and what is wrong.</summary>
    public (object? Value, string? Error) Convert(object? value, string context, Action<string> warn) =>
        value is null ? (Default, null) : ConvertValue(value, context, warn);

    /// <summary>Parts of a value warn instead, and are defaults.</summary>
    public object? ConvertOrWarn(object? value, string context, Action<string> warn)
    {
        var (converted, error) = Convert(value, context, warn);
        if (error is not null)
        {
            warn(error);
        }

        return converted;
    }

    protected virtual object? Default => null;

    protected abstract (object? Value, string? Error) ConvertValue(object value, string context, Action<string> warn);

    protected (object? Value, string? Error) Unexpected(string expected, object value, string context) =>
        (Default, $"Expected {expected} but got {value.GetType().FullName} deserializing {context}");

    private static OutputConverter Make(Type type, string context)
    {
        if (type == typeof(object))
        {
            return new SameConverter<object>();
        }

        if (type == typeof(string))
        {
            return new SameConverter<string>();
        }

        if (type == typeof(bool))
        {
            return new SameConverter<bool>();
        }

        if (type == typeof(double))
        {
            return new SameConverter<double>();
        }

        if (type == typeof(int))
        {
            return new IntConverter();
        }

        if (type.IsDefined(typeof(EnumTypeAttribute)))
        {
            return new EnumConverter(type);
        }

        if (type.IsDefined(typeof(OutputTypeAttribute)))
        {
            return new ObjectConverter(type);
        }

        return type.IsConstructedGenericType
            ? MakeGeneric(type, context)
            : throw new InvalidOperationException(
                $"{context} contains invalid type {type.FullName}. An output is a String, Boolean, Int32, Double, a list, a "
                    + "map or an [OutputType].");
    }

    private static OutputConverter MakeGeneric(Type type, string context)
    {
        var definition = type.GetGenericTypeDefinition();
        var arguments = type.GenericTypeArguments;
        if (definition == typeof(Nullable<>))
        {
            return new NullableConverter(For(arguments[0], context));
        }

        if (definition == typeof(ImmutableArray<>))
        {
            return MakeFor(typeof(ListConverter<>), arguments, For(arguments[0], context));
        }

        if (definition == typeof(ImmutableDictionary<,>) && arguments[0] == typeof(string))
        {
            return MakeFor(typeof(MapConverter<>), [arguments[1]], For(arguments[1], context));
        }

        return definition == typeof(Union<,>)
            ? MakeFor(typeof(UnionConverter<,>), arguments, For(arguments[0], context), For(arguments[1], context))
            : throw new InvalidOperationException(
                $"{context} contains invalid type {type.FullName}. The generic types of outputs are ImmutableArray, "
                    + "ImmutableDictionary by string, Union and Nullable.");
    }

    private static OutputConverter MakeFor(Type converter, Type[] arguments, params object[] inner) =>
        (OutputConverter)Activator.CreateInstance(converter.MakeGenericType(arguments), inner)!;

    private sealed class SameConverter<T> : OutputConverter
    {
        protected override object? Default => default(T);

        protected override (object? Value, string? Error) ConvertValue(object value, string context, Action<string> warn) =>
            value is T ? (value, null) : Unexpected(typeof(T).FullName!, value, context);
    }

    private sealed class IntConverter : OutputConverter
    {
        protected override object? Default => 0;

        protected override (object? Value, string? Error) ConvertValue(object value, string context, Action<string> warn) =>
            value is double number ? ((int)number, null) : Unexpected("System.Double", value, context);
    }

    private sealed class EnumConverter(Type type) : OutputConverter
    {
        private readonly ConstructorInfo _constructor =
            type.GetConstructor(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance, [typeof(string)])
            ?? throw new InvalidOperationException($"{type.FullName} has no constructor that takes a string.");

        protected override object? Default { get; } = Activator.CreateInstance(type);

        protected override (object? Value, string? Error) ConvertValue(object value, string context, Action<string> warn) =>
            value is string ? (_constructor.Invoke([value]), null) : Unexpected("System.String", value, context);
    }

    private sealed class NullableConverter(OutputConverter inner) : OutputConverter
    {
        protected override (object? Value, string? Error) ConvertValue(object value, string context, Action<string> warn)
        {
            var (converted, error) = inner.Convert(value, context, warn);
            return error is null ? (converted, null) : (null, error);
        }
    }

    private sealed class ListConverter<T>(OutputConverter inner) : OutputConverter
    {
        protected override object? Default => default(ImmutableArray<T>);

        protected override (object? Value, string? Error) ConvertValue(object value, string context, Action<string> warn) =>
            value is ImmutableArray<object?> items
                ? (items.Select(item => (T)inner.ConvertOrWarn(item, context, warn)!).ToImmutableArray(), null)
                : Unexpected("a list", value, context);
    }

    private sealed class MapConverter<T>(OutputConverter inner) : OutputConverter
    {
        protected override (object? Value, string? Error) ConvertValue(object value, string context, Action<string> warn) =>
            value is ImmutableDictionary<string, object?> members
                ? (members.ToImmutableDictionary(member => member.Key, member => (T)inner.ConvertOrWarn(member.Value, context, warn)!),
                    null)
                : Unexpected("a map", value, context);
    }

    private sealed class UnionConverter<T0, T1>(OutputConverter first, OutputConverter second) : OutputConverter
    {
        protected override object? Default => default(Union<T0, T1>);

        protected override (object? Value, string? Error) ConvertValue(object value, string context, Action<string> warn)
        {
            if (first.Convert(value, context, warn) is (var value0, null))
            {
                return (Union<T0, T1>.FromT0((T0)value0!), null);
            }

            return second.Convert(value, context, warn) is (var value1, null)
                ? (Union<T0, T1>.FromT1((T1)value1!), null)
                : Unexpected($"{typeof(T0).FullName} or {typeof(T1).FullName}", value, context);
        }
    }

    /// <summary>Sets the fields of an [OutputType] by their names, in camel case.</summary>
    private sealed class ObjectConverter(Type type) : OutputConverter
    {
        private readonly (FieldInfo Field, string Name, OutputConverter Converter)[] _members =
        [
            .. from field in type.GetFields(BindingFlags.Public | BindingFlags.Instance)
                let name = JsonNamingPolicy.CamelCase.ConvertName(field.Name)
                select (field, name, For(field.FieldType, $"{type.FullName}.{name}")),
        ];

        protected override (object? Value, string? Error) ConvertValue(object value, string context, Action<string> warn)
        {
            if (value is not ImmutableDictionary<string, object?> members)
            {
                return Unexpected("an object", value, context);
            }

            var converted = RuntimeHelpers.GetUninitializedObject(type);
            foreach (var (field, name, converter) in _members)
            {
                field.SetValue(converted, converter.ConvertOrWarn(members.GetValueOrDefault(name), $"{context}.{name}", warn));
            }

            return (converted, null);
        }
    }
}
