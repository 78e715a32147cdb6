using System.Collections;
using System.Text.Json;

namespace Infra.Planning.Reading;

/// <summary>Creates a record from JSON in which <see cref="StrictReader"/> found no error.</summary>
/// <remarks>A serializer would do that too, but the runtime compiles its generic code for each type: 1,800 methods per preview.</remarks>
internal static class RecordBuilder
{
    public static T Build<T>(JsonElement value)
        where T : class => (T)Value(value, ValueShape.Of(typeof(T)))!;

    private static object? Value(JsonElement value, ValueShape shape) => value.ValueKind == JsonValueKind.Null ? null : shape.Kind switch
    {
        ValueKind.Text => value.GetString(),
        ValueKind.Flag => value.GetBoolean(),
        ValueKind.Whole when shape.Type == typeof(int) => value.GetInt32(),
        ValueKind.Whole => value.GetInt64(),
        ValueKind.Decimal when shape.Type == typeof(double) => value.GetDouble(),
        ValueKind.Decimal => value.GetDecimal(),
        ValueKind.Word => Enum.Parse(shape.Type, value.GetString()!, ignoreCase: true),
        ValueKind.List => List(value, shape.Element!),
        ValueKind.Map => Map(value, shape),
        _ => Record(value, RecordShape.Of(shape.Type)),
    };

    private static Array List(JsonElement value, ValueShape element)
    {
        var list = Array.CreateInstance(element.Type, value.GetArrayLength());
        foreach (var (index, item) in value.EnumerateArray().Index())
        {
            list.SetValue(Value(item, element), index);
        }

        return list;
    }

    private static IDictionary Map(JsonElement value, ValueShape shape)
    {
        var key = shape.Type.GenericTypeArguments[0];
        var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(shape.Type.GenericTypeArguments))!;
        foreach (var entry in value.EnumerateObject())
        {
            map.Add(key.IsEnum ? Enum.Parse(key, entry.Name, ignoreCase: true) : entry.Name, Value(entry.Value, shape.Element!));
        }

        return map;
    }

    private static object Record(JsonElement value, RecordShape shape)
    {
        var record = Activator.CreateInstance(shape.Type)!;
        foreach (var entry in value.EnumerateObject())
        {
            if (shape.Member(entry.Name) is { } member)
            {
                member.Property.SetValue(record, Value(entry.Value, member.Shape));
            }
        }

        return record;
    }
}
