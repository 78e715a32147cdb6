using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Infra.Planning.Catalog;

/// <summary>The members of a catalog record as JSON spells them, with the bounds that its attributes set.</summary>
internal sealed class RecordShape
{
    private static readonly ConcurrentDictionary<Type, RecordShape> Known = new();

    private readonly Dictionary<string, RecordMember> _byName;

    private RecordShape(Type record)
    {
        // A computed property has no setter and is no member of a row.
        Members = [.. record.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite).Select(RecordMember.Of)];
        _byName = Members.ToDictionary(member => member.Name, StringComparer.Ordinal);
    }

    public IReadOnlyList<RecordMember> Members { get; }

    public string Names => string.Join(", ", Members.Select(member => member.Name));

    public static RecordShape Of(Type record) => Known.GetOrAdd(record, static type => new(type));

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

/// <summary>A type as JSON sees it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Type">The type itself, without a question mark.</param>
/// <param name="Element">Elements of a list, values of a map.</param>
/// <param name="Words">Words of an enum, keys of a map; null for a map whose keys are names of files.</param>
internal sealed record ValueShape(ValueKind Kind, Type Type, ValueShape? Element = null, IReadOnlyList<string>? Words = null)
{
    /// <summary>What a value must be, as the rest of a sentence.</summary>
    public string Expected => Kind switch
    {
        ValueKind.Text => "must be a text in quotes",
        ValueKind.Flag => "must be true or false, without quotes",
        ValueKind.Whole => "must be a whole number, without quotes",
        ValueKind.Decimal => "must be a number, without quotes",
        ValueKind.Word => $"must be one of {string.Join(", ", Words!)}",
        ValueKind.List => "must be a list in [ ]",
        ValueKind.Map when Words is null => "must be an object with names of files as members",
        ValueKind.Map => $"must be an object with some of the members {string.Join(", ", Words!)}",
        _ => $"must be an object with the members {RecordShape.Of(Type).Names}",
    };

    public static ValueShape Of(Type declared)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        return type == typeof(string) ? new(ValueKind.Text, type)
            : type == typeof(bool) ? new(ValueKind.Flag, type)
            : type == typeof(int) || type == typeof(long) ? new(ValueKind.Whole, type)
            : type == typeof(double) || type == typeof(decimal) ? new(ValueKind.Decimal, type)
            : type.IsEnum ? new(ValueKind.Word, type, Words: CatalogWords.Of(type))
            : definition == typeof(IReadOnlyList<>) ? new(ValueKind.List, type, Of(type.GenericTypeArguments[0]))
            : definition == typeof(IReadOnlyDictionary<,>)
                ? new(ValueKind.Map, type, Of(type.GenericTypeArguments[1]),
                    type.GenericTypeArguments[0].IsEnum ? CatalogWords.Of(type.GenericTypeArguments[0]) : null)
            : new(ValueKind.Record, type);
    }
}

/// <summary>A member of a catalog record.</summary>
internal sealed record RecordMember
{
    private static readonly ConcurrentDictionary<string, Regex> Patterns = new();

    public required string Name { get; init; }
    public required ValueShape Shape { get; init; }
    public required bool Required { get; init; }
    public required bool AllowsNull { get; init; }
    public double? Lowest { get; init; }
    public double? Highest { get; init; }
    public Regex? Pattern { get; init; }
    public string? PatternHelp { get; init; }
    public bool NotEmpty { get; init; }

    /// <summary>What a value must be, bounds included, as the rest of a sentence.</summary>
    public string Expected =>
        Lowest is not null ? string.Create(CultureInfo.InvariantCulture, $"must be between {Lowest:#,0.##} and {Highest:#,0.##}")
        : Shape.Kind == ValueKind.Text && PatternHelp is not null ? PatternHelp
        : Shape.Expected;

    public static RecordMember Of(PropertyInfo property)
    {
        var required = property.IsDefined(typeof(RequiredMemberAttribute), inherit: false);
        var range = property.GetCustomAttribute<RangeAttribute>();
        var pattern = property.GetCustomAttribute<RegularExpressionAttribute>();
        return new()
        {
            Name = JsonNamingPolicy.CamelCase.ConvertName(property.Name),
            Shape = ValueShape.Of(property.PropertyType),
            Required = required,

            // Every text, list and record that a row need not have may be null as well; RecordShapeTests holds the records to it.
            AllowsNull = property.PropertyType.IsValueType ? Nullable.GetUnderlyingType(property.PropertyType) is not null : !required,
            Lowest = range is null ? null : Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture),
            Highest = range is null ? null : Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture),
            Pattern = pattern is null ? null : Patterns.GetOrAdd(pattern.Pattern, static text => new(text, RegexOptions.CultureInvariant)),
            PatternHelp = pattern?.ErrorMessage,
            NotEmpty = property.IsDefined(typeof(MinLengthAttribute), inherit: false),
        };
    }
}
