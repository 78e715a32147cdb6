using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using Pulumi.Serialization;

namespace Pulumi;

/// <summary>Arguments: an object whose <see cref="InputAttribute"/> members go to the provider.</summary>
public abstract class InputArgs
{
    private static readonly ConcurrentDictionary<Type, ImmutableArray<Member>> MembersByType = new();

    private readonly ImmutableArray<Member> _members;

    protected InputArgs()
    {
        _members = MembersByType.GetOrAdd(GetType(), MembersOf);
    }

    /// <summary>The members by the provider's names. Throws for a required one that has no value.</summary>
    internal IReadOnlyList<KeyValuePair<string, object?>> Values()
    {
        var values = new List<KeyValuePair<string, object?>>(_members.Length);
        foreach (var member in _members)
        {
            var value = member.Get(this);
            if (value is null && member.Attribute.IsRequired)
            {
                throw new ArgumentNullException(
                    member.Name, $"[Input] {GetType().FullName}.{member.Name} is required but was not given a value");
            }

            values.Add(
                new(member.Attribute.Name, member.Attribute.IsJson && value is not null ? new Output<string>(JsonAsync(value)) : value));
        }

        return values;
    }

    private static async Task<OutputData<string>> JsonAsync(object value)
    {
        var data = await PlainValue.OfAsync(value).ConfigureAwait(false);
        return new(JsonSerializer.Serialize(data.Value), data.IsKnown, data.IsSecret, data.Resources);
    }

    private static ImmutableArray<Member> MembersOf(Type type)
    {
        const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;
        var fields =
            from field in type.GetFields(all)
            let attribute = field.GetCustomAttribute<InputAttribute>()
            where attribute is not null
            select new Member(PropertyName(field.Name), attribute, field.GetValue);
        var properties =
            from property in type.GetProperties(all)
            let attribute = property.GetCustomAttribute<InputAttribute>()
            where attribute is not null
            select new Member(property.Name, attribute, property.GetValue);
        return [.. fields, .. properties];
    }

    /// <summary>The attribute of a list or map is on the field behind the property, so that a list that no one touched is absent.</summary>
    private static string PropertyName(string field) => field.StartsWith('<') ? field[1..field.IndexOf('>')] : field;

    private sealed record Member(string Name, InputAttribute Attribute, Func<object, object?> Get);
}

/// <summary>Arguments of a resource, and the objects within them.</summary>
public abstract class ResourceArgs : InputArgs
{
    public static readonly ResourceArgs Empty = new None();

    private sealed class None : ResourceArgs;
}

/// <summary>Arguments of a provider's function.</summary>
public abstract class InvokeArgs : InputArgs
{
    public static readonly InvokeArgs Empty = new None();

    private sealed class None : InvokeArgs;
}
