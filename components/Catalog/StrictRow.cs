using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace Infra.Components.Catalog;

/// <summary>
/// Holds a JSON value against a record: unknown, duplicate, missing and null members, wrong kinds, words and numbers out of range.
/// The serializer would refuse most of these too, but it stops at the first and does not say what is allowed.
/// </summary>
internal static class StrictRow
{
    /// <summary>All mistakes, in the order of the file. None: the value can be deserialized.</summary>
    public static IReadOnlyList<RowMistake> Mistakes(JsonElement value, JsonTypeInfo type)
    {
        var mistakes = new List<RowMistake>();
        Check(value, type, "", mistakes);
        return mistakes;
    }

    private static void Check(JsonElement value, JsonTypeInfo type, string path, List<RowMistake> mistakes)
    {
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object:
                CheckObject(value, type, path, mistakes);
                break;
            case JsonTypeInfoKind.Enumerable:
                CheckList(value, type, path, mistakes);
                break;
            case JsonTypeInfoKind.Dictionary:
                CheckMap(value, type, path, mistakes);
                break;
            case JsonTypeInfoKind.None:
            default:
                if (ScalarProblem(value, type.Type) is { } problem)
                {
                    mistakes.Add(RowMistake.At(path, value, problem));
                }

                break;
        }
    }

    private static void CheckObject(JsonElement value, JsonTypeInfo type, string path, List<RowMistake> mistakes)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            mistakes.Add(RowMistake.At(path, value, $"must be an object with the members {Names(type)}"));
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            var at = Join(path, member.Name);
            var property = type.Properties.FirstOrDefault(property => property.Name == member.Name);
            if (!seen.Add(member.Name))
            {
                mistakes.Add(RowMistake.At(at, member.Value, "is there twice"));
            }
            else if (property is null)
            {
                mistakes.Add(RowMistake.At(at, member.Value, UnknownProblem(member.Name, type)));
            }
            else if (member.Value.ValueKind == JsonValueKind.Null)
            {
                if (!AllowsNull(property))
                {
                    mistakes.Add(RowMistake.At(at, member.Value, "must not be null"));
                }
            }
            else
            {
                var before = mistakes.Count;
                Check(member.Value, type.Options.GetTypeInfo(property.PropertyType), at, mistakes);
                if (mistakes.Count == before)
                {
                    CheckAttributes(member.Value, property, at, mistakes);
                }
            }
        }

        mistakes.AddRange(type.Properties
            .Where(property => property.IsRequired && !seen.Contains(property.Name))
            .Select(property => new RowMistake(Join(path, property.Name), null, "is missing")));
    }

    private static void CheckList(JsonElement value, JsonTypeInfo type, string path, List<RowMistake> mistakes)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            mistakes.Add(RowMistake.At(path, value, "must be a list in [ ]"));
            return;
        }

        var element = type.Options.GetTypeInfo(type.ElementType!);
        foreach (var (index, item) in value.EnumerateArray().Index())
        {
            Check(item, element, $"{path}[{index}]", mistakes);
        }
    }

    private static void CheckMap(JsonElement value, JsonTypeInfo type, string path, List<RowMistake> mistakes)
    {
        var allowed = Words(type.KeyType!);
        if (value.ValueKind != JsonValueKind.Object)
        {
            mistakes.Add(RowMistake.At(path, value, $"must be an object with some of the members {string.Join(", ", allowed)}"));
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        var element = type.Options.GetTypeInfo(type.ElementType!);
        foreach (var member in value.EnumerateObject())
        {
            var at = Join(path, member.Name);
            if (!seen.Add(member.Name))
            {
                mistakes.Add(RowMistake.At(at, member.Value, "is there twice"));
            }
            else if (!allowed.Contains(member.Name))
            {
                mistakes.Add(RowMistake.At(at, member.Value, $"is not known here; allowed are {string.Join(", ", allowed)}"));
            }
            else
            {
                Check(member.Value, element, at, mistakes);
            }
        }
    }

    private static string? ScalarProblem(JsonElement value, Type declared)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (type == typeof(string))
        {
            return value.ValueKind != JsonValueKind.String ? "must be a text in quotes"
                : string.IsNullOrWhiteSpace(value.GetString()) ? "must not be empty"
                : value.GetString()!.Any(char.IsControl) ? "must be one line without control characters"
                : null;
        }

        if (type == typeof(bool))
        {
            return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : "must be true or false, without quotes";
        }

        if (type.IsEnum)
        {
            var words = Words(type);
            return value.ValueKind == JsonValueKind.String && words.Contains(value.GetString()) ? null
                : $"must be one of {string.Join(", ", words)}";
        }

        if (value.ValueKind != JsonValueKind.Number)
        {
            return "must be a number, without quotes";
        }

        var whole = type == typeof(int) ? value.TryGetInt32(out _)
            : type == typeof(long) ? value.TryGetInt64(out _)
            : value.TryGetDouble(out var number) && double.IsFinite(number);
        return whole ? null
            : type == typeof(int) || type == typeof(long) ? "must be a whole number of at most " + (type == typeof(int) ? int.MaxValue : long.MaxValue)
            : "must be a finite number";
    }

    private static void CheckAttributes(JsonElement value, JsonPropertyInfo property, string path, List<RowMistake> mistakes)
    {
        foreach (var attribute in Attributes(property))
        {
            switch (attribute)
            {
                case RangeAttribute range:
                    var (lowest, highest) = Bounds(range);
                    if (value.GetDouble() is var number && (number < lowest || number > highest))
                    {
                        mistakes.Add(RowMistake.At(path, value, string.Create(CultureInfo.InvariantCulture,
                            $"must be between {(decimal)lowest:#,0.##} and {(decimal)highest:#,0.##}")));
                    }

                    break;
                case RegularExpressionAttribute pattern when value.ValueKind == JsonValueKind.Array:
                    mistakes.AddRange(value.EnumerateArray().Index()
                        .Where(item => !Regex.IsMatch(item.Item.GetString()!, pattern.Pattern))
                        .Select(item => RowMistake.At($"{path}[{item.Index}]", item.Item, pattern.ErrorMessage!)));
                    break;
                case RegularExpressionAttribute pattern when !Regex.IsMatch(value.GetString()!, pattern.Pattern):
                    mistakes.Add(RowMistake.At(path, value, pattern.ErrorMessage!));
                    break;
                case MinLengthAttribute least when value.GetArrayLength() < least.Length:
                    mistakes.Add(RowMistake.At(path, value, "must not be empty"));
                    break;
                default:
                    break;
            }
        }
    }

    internal static IEnumerable<Attribute> Attributes(JsonPropertyInfo property) =>
        property.AttributeProvider is MemberInfo member ? member.GetCustomAttributes<ValidationAttribute>() : [];

    internal static (double Lowest, double Highest) Bounds(RangeAttribute range) =>
        (Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture), Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture));

    private static string UnknownProblem(string name, JsonTypeInfo type)
    {
        // A member of a nested object on the level above it is the likeliest slip of all.
        var inside = type.Properties.FirstOrDefault(property =>
            type.Options.GetTypeInfo(property.PropertyType) is { Kind: JsonTypeInfoKind.Object } nested
            && nested.Properties.Any(candidate => candidate.Name == name));
        var near = NearMiss.Of(name, type.Properties.Select(property => property.Name));
        return inside is not null ? $"belongs into '{inside.Name}'"
            : near.Count > 0 ? $"is not a known member; did you mean {string.Join(" or ", near)}?"
            : $"is not a known member; known are {Names(type)}";
    }

    private static bool AllowsNull(JsonPropertyInfo property) =>
        property.PropertyType.IsValueType ? Nullable.GetUnderlyingType(property.PropertyType) is not null : property.IsSetNullable;

    private static string Names(JsonTypeInfo type) => string.Join(", ", type.Properties.Select(property => property.Name));

    internal static string[] Words(Type type) => [.. Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName)];

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
