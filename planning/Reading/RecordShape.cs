using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Infra.Planning.Reading;

/// <summary>The members of a record with their JSON names, in source order.</summary>
internal sealed class RecordShape
{
    private static readonly ConcurrentDictionary<Type, RecordShape> s_known = new();

    private readonly Dictionary<string, RecordMember> _byName;

    private RecordShape(Type record)
    {
        // A computed property has no setter and is not a member.
        Members = [.. record.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite)
            .OrderBy(property => property.MetadataToken)
            .Select(property => new RecordMember(property))];
        Type = record;
        _byName = Members.ToDictionary(member => member.Name, StringComparer.Ordinal);
    }

    public Type Type { get; }

    public IReadOnlyList<RecordMember> Members { get; }

    public IEnumerable<string> Names => Members.Select(member => member.Name);

    public static RecordShape Of(Type record) => s_known.GetOrAdd(record, static type => new(type));

    public RecordMember? Member(string name) => _byName.GetValueOrDefault(name);
}

/// <summary>The JSON type of a value.</summary>
internal enum ValueKind
{
    Text,
    Flag,
    Whole,
    Decimal,
    Word,
    List,
    Map,
    Record,
}

/// <summary>Marks a record that may be written as the text of one of its members.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ShorthandAttribute(string member) : Attribute
{
    /// <summary>Name of the property.</summary>
    public string Member { get; } = member;
}

/// <summary>A type from JSON's view.</summary>
/// <param name="Kind">Its JSON type.</param>
/// <param name="Type">The .NET type, without nullability.</param>
/// <param name="Element">Type of list elements or map values.</param>
/// <param name="Words">Values of an enum, or keys of a map; null for a map with arbitrary keys.</param>
internal sealed record ValueShape(ValueKind Kind, Type Type, ValueShape? Element = null, IReadOnlyList<string>? Words = null)
{
    public static ValueShape Text { get; } = new(ValueKind.Text, typeof(string));

    /// <summary>The member that a plain text sets; null for most records.</summary>
    public string? Shorthand => Type.GetCustomAttribute<ShorthandAttribute>() is { } shorthand ? Word(shorthand.Member) : null;

    public static ValueShape Of(Type declared)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        return type == typeof(string) ? Text
            : type == typeof(bool) ? new(ValueKind.Flag, type)
            : type == typeof(int) || type == typeof(long) ? new(ValueKind.Whole, type)
            : type == typeof(double) || type == typeof(decimal) ? new(ValueKind.Decimal, type)
            : type.IsEnum ? new(ValueKind.Word, type, Words: WordsOf(type))
            : definition == typeof(IReadOnlyList<>) ? new(ValueKind.List, type, Of(type.GenericTypeArguments[0]))
            : definition == typeof(IReadOnlyDictionary<,>) ? MapOf(type, type.GenericTypeArguments[0], type.GenericTypeArguments[1])
            : new(ValueKind.Record, type);
    }

    private static ValueShape MapOf(Type type, Type key, Type value) =>
        new(ValueKind.Map, type, Of(value), key.IsEnum ? WordsOf(key) : null);

    /// <summary>Enum values as in JSON: <c>onDemand</c>.</summary>
    public static IReadOnlyList<string> WordsOf(Type type) => [.. Enum.GetNames(type).Select(Word)];

    public static string Word(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);
}

/// <summary>A member of a record, with its attributes.</summary>
internal sealed record RecordMember(PropertyInfo Property)
{
    private static readonly ConcurrentDictionary<string, Regex> s_patterns = new();

    public string Name { get; } = ValueShape.Word(Property.Name);

    public ValueShape Shape { get; } = ValueShape.Of(Property.PropertyType);

    public bool Required { get; } =
        Property.IsDefined(typeof(RequiredMemberAttribute), inherit: false)
        || Property.IsDefined(typeof(RequiredAttribute), inherit: false);

    /// <summary>Optional texts, lists and records may also be null; RecordShapeTests checks that for the records.</summary>
    public bool AllowsNull => Property.PropertyType.IsValueType ? Nullable.GetUnderlyingType(Property.PropertyType) is not null : !Required;

    public (double Lowest, double Highest)? Bounds => Property.GetCustomAttribute<RangeAttribute>() is { } range
        ? (Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture), Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture))
        : null;

    /// <summary>Pattern of its text, or of each of its texts, and the message for it.</summary>
    public (Regex Regex, string Help)? Pattern => Property.GetCustomAttribute<RegularExpressionAttribute>() is { } pattern
        ? (s_patterns.GetOrAdd(pattern.Pattern, static text => new(text, RegexOptions.CultureInvariant)), pattern.ErrorMessage!)
        : null;

    public bool NotEmpty => Property.IsDefined(typeof(MinLengthAttribute), inherit: false);
}
