using System.Reflection;
using System.Text.Json;

namespace Infra.Planning.Config;

/// <summary>What a setting is to whoever writes it.</summary>
internal enum SettingKind
{
    Text,
    WholeNumber,
    Number,
    Flag,
    Choice,
    List,
    Map,
    Record,
}

/// <summary>The types of settings, as the records of this folder declare them and as messages name them.</summary>
internal static class SettingTypes
{
    /// <summary>The properties of a record by the name that they have in configuration, in the order of the source.</summary>
    public static IReadOnlyDictionary<string, PropertyInfo> Members(Type record) =>
        record.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.SetMethod is not null)
            .OrderBy(property => property.MetadataToken)
            .ToDictionary(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name), StringComparer.Ordinal);

    /// <summary>The member that stands for the whole record where it is written as text; null for most.</summary>
    public static string? Shorthand(Type type) =>
        Underlying(type).GetCustomAttribute<ShorthandAttribute>() is { } shorthand
            ? JsonNamingPolicy.CamelCase.ConvertName(shorthand.Member)
            : null;

    public static Type Underlying(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    public static SettingKind Kind(Type type) => Underlying(type) switch
    {
        { } text when text == typeof(string) => SettingKind.Text,
        { } whole when whole == typeof(int) => SettingKind.WholeNumber,
        { } number when number == typeof(decimal) || number == typeof(double) => SettingKind.Number,
        { } flag when flag == typeof(bool) => SettingKind.Flag,
        { IsEnum: true } => SettingKind.Choice,
        { IsGenericType: true } list when list.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) => SettingKind.List,
        { IsGenericType: true } map when map.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) => SettingKind.Map,
        _ => SettingKind.Record,
    };

    public static IEnumerable<string> Choices(Type type) => Enum.GetNames(Underlying(type)).Select(JsonNamingPolicy.CamelCase.ConvertName);

    public static string Noun(Type type) => Kind(type) switch
    {
        SettingKind.WholeNumber => "a whole number",
        SettingKind.Number => "a number",
        SettingKind.Flag => "true or false",
        SettingKind.Choice => "one of the choices",
        _ => "text",
    };

    public static string Expected(Type type) => Kind(type) switch
    {
        SettingKind.WholeNumber => "write digits, such as 2",
        SettingKind.Number => "write digits, such as 0.9",
        SettingKind.Flag => "write true or false",
        SettingKind.Choice => $"choose one of {string.Join(", ", Choices(type))}",
        SettingKind.List => "set its elements by index, from [0]",
        SettingKind.Map => "set each entry by its name",
        SettingKind.Record => $"it has {string.Join(", ", Members(Underlying(type)).Keys)}",
        _ => "write text",
    };
}
