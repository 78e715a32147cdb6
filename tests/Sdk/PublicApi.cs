using System.Reflection;
using Pulumi;

namespace Infra.Tests.Sdk;

/// <summary>
/// What a program can see of an assembly, a line for each type and member: names, types with their nullability, parameters with their names
/// and defaults, accessors, and the names under which inputs and outputs travel. The interfaces of a type are not told, nor are its own
/// attributes.
/// </summary>
internal static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>The name with which every line of a type begins.</summary>
    public static string Name(Type type) =>
        Nullable.GetUnderlyingType(type) is { } value ? $"{Name(value)}?" : $"{Bare(type)}{Arguments(type.GetGenericArguments())}";

    public static IEnumerable<string> Of(Type type)
    {
        var name = Name(type);
        yield return $"{name}: {Kind(type)}";
        var members = type.IsSubclassOf(typeof(Delegate)) ? [type.GetMethod("Invoke")!] : type.GetMembers(Declared);
        foreach (var line in members.Select(Member).OfType<string>())
        {
            yield return $"{name}: {line}";
        }
    }

    private static string Kind(Type type)
    {
        var kind = type.IsSubclassOf(typeof(Delegate)) ? "delegate"
            : type.IsInterface ? "interface"
            : type.IsValueType ? "struct"
            : type is { IsAbstract: true, IsSealed: true } ? "static class"
            : type.IsAbstract ? "abstract class"
            : type.IsSealed ? "sealed class"
            : "class";
        return type.BaseType is { } parent && !type.IsValueType && parent != typeof(object) ? $"{kind} {Name(parent)}" : kind;
    }

    private static string? Member(MemberInfo member) => member switch
    {
        ConstructorInfo constructor when IsVisible(constructor) && !constructor.IsStatic => $"({Parameters(constructor)})",
        MethodInfo method when IsVisible(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)) =>
            $"{Modifier(method)}{Annotated(method.ReturnParameter)} "
                + $"{method.Name}{Arguments(method.GetGenericArguments())}({Parameters(method)})",
        PropertyInfo property when Accessors(property) is { Length: > 0 } accessors =>
            $"{Travel(property)}{Annotated(property)} {property.Name} {{ {accessors} }}",
        FieldInfo { IsPublic: true, IsSpecialName: false } field => $"{(field.IsStatic ? "static " : "")}{Annotated(field)} {field.Name}",
        _ => null,
    };

    private static bool IsVisible(MethodBase? method) =>
        method is not null && (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly);

    private static string Modifier(MethodInfo method) => method.IsStatic ? "static " : method.IsFamily ? "protected " : "";

    private static string Accessors(PropertyInfo property) =>
        string.Join(" ", property.GetAccessors(nonPublic: true).Where(IsVisible)
            .Select(accessor => $"{(accessor.IsStatic ? "static " : "")}{accessor.Name[..3]};").Order());

    /// <summary>The attribute of an input may be on the field behind it, however that is called.</summary>
    private static string Travel(PropertyInfo property)
    {
        var fields = property.DeclaringType!.GetFields(Declared)
            .Where(field =>
                field.Name == $"<{property.Name}>k__BackingField" ||
                field.Name.Equals($"_{property.Name}", StringComparison.OrdinalIgnoreCase));
        var attribute = fields.Append<MemberInfo>(property)
            .SelectMany(member => member.CustomAttributes)
            .FirstOrDefault(data => data.AttributeType == typeof(InputAttribute) || data.AttributeType == typeof(OutputAttribute));
        var words = attribute?.ConstructorArguments.Zip(
            attribute.Constructor.GetParameters(),
            (argument, parameter) => argument.Value is bool flag ? (flag ? parameter.Name : null) : argument.Value);
        return words is null ? "" : $"[{string.Join(" ", words.Where(word => word is not null))}] ";
    }

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(parameter =>
            $"{(parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "")}{Annotated(parameter)} "
                + $"{parameter.Name}{Default(parameter)}"));

    private static string Default(ParameterInfo parameter) => parameter.HasDefaultValue ? $" = {parameter.RawDefaultValue ?? "null"}" : "";

    private static string Annotated(ParameterInfo parameter) => Name(new NullabilityInfoContext().Create(parameter));

    private static string Annotated(PropertyInfo property) => Name(new NullabilityInfoContext().Create(property));

    private static string Annotated(FieldInfo field) => Name(new NullabilityInfoContext().Create(field));

    private static string Name(NullabilityInfo info)
    {
        var type = info.Type;
        var mark = info.ReadState == NullabilityState.Nullable && !type.IsValueType ? "?" : "";
        if (type.IsArray)
        {
            return $"{Name(info.ElementType!)}[]{mark}";
        }

        return type.IsGenericType && type.GetGenericTypeDefinition() != typeof(Nullable<>)
            ? $"{Bare(type)}<{string.Join(", ", info.GenericTypeArguments.Select(Name))}>{mark}"
            : $"{Name(type)}{mark}";
    }

    private static string Bare(Type type) =>
        type.IsGenericParameter ? type.Name : type.ToString().Split('[', '`')[0];

    private static string Arguments(Type[] types) => types.Length == 0 ? "" : $"<{string.Join(", ", types.Select(Name))}>";
}
