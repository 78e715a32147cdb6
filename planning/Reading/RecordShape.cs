using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Infra.Planning.Reading;

/// <summary>The members of a record as JSON spells them, in the order of the source.</summary>
internal sealed class RecordShape
{
    private static readonly ConcurrentDictionary<Type, RecordShape> s_known = new();

    private readonly Dictionary<string, RecordMember> _byName;

    private RecordShape(Type record)
    {
        // A computed property has no setter and is no member.
        Members = [.. record.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite)
            .OrderBy(property => property.MetadataToken)
            .Select(property => new RecordMember(property))];
        _byName = Members.ToDictionary(member => member.Name, StringComparer.Ordinal);
    }

    public IReadOnlyList<RecordMember> Members { get; }

    public IEnumerable<string> Names => Members.Select(member => member.Name);

    public static RecordShape Of(Type record) => s_known.GetOrAdd(record, static type => new(type));

    public RecordMember? Member(string name) => _byName.GetValueOrDefault(name);
}

/// <summary>What a value is in JSON.</summary>
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

/// <summary>A record that may be written as the text of one of its members.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ShorthandAttribute(string member) : Attribute
{
    /// <summary>Name of the property.</summary>
    public string Member { get; } = member;
}

/// <summary>A type as JSON sees it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Type">The type itself, without a question mark.</param>
/// <param name="Element">Elements of a list, values of a map.</param>
/// <param name="Words">Words of an enum, keys of a map; null for a map whose keys are names.</param>
internal sealed record ValueShape(ValueKind Kind, Type Type, ValueShape? Element = null, IReadOnlyList<string>? Words = null)
{
    public static ValueShape Text { get; } = new(ValueKind.Text, typeof(string));

    /// <summary>The member that stands for the whole record where it is written as text; null for most.</summary>
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

    /// <summary>Values of an enum as JSON spells them: <c>onDemand</c>.</summary>
    public static IReadOnlyList<string> WordsOf(Type type) => [.. Enum.GetNames(type).Select(Word)];

    public static string Word(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);
}

/// <summary>A member of a record, with what its attributes ask of it.</summary>
internal sealed record RecordMember(PropertyInfo Property)
{
    private static readonly ConcurrentDictionary<string, Regex> s_patterns = new();

    public string Name { get; } = ValueShape.Word(Property.Name);

    public ValueShape Shape { get; } = ValueShape.Of(Property.PropertyType);

    public bool Required { get; } =
        Property.IsDefined(typeof(RequiredMemberAttribute), inherit: false)
        || Property.IsDefined(typeof(RequiredAttribute), inherit: false);

    /// <summary>Every text, list and record that need not be there may be null as well; RecordShapeTests holds the records to it.</summary>
    public bool AllowsNull => Property.PropertyType.IsValueType ? Nullable.GetUnderlyingType(Property.PropertyType) is not null : !Required;

    public (double Lowest, double Highest)? Bounds => Property.GetCustomAttribute<RangeAttribute>() is { } range
        ? (Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture), Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture))
        : null;

    /// <summary>What its text, or each of its texts, must match, and how that is said.</summary>
    public (Regex Regex, string Help)? Pattern => Property.GetCustomAttribute<RegularExpressionAttribute>() is { } pattern
        ? (s_patterns.GetOrAdd(pattern.Pattern, static text => new(text, RegexOptions.CultureInvariant)), pattern.ErrorMessage!)
        : null;

    public bool NotEmpty => Property.IsDefined(typeof(MinLengthAttribute), inherit: false);
}
