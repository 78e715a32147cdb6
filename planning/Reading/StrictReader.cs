using System.Text.Json;
using System.Text.Json.Nodes;

namespace Infra.Planning.Reading;

/// <summary>
/// Checks JSON against records, every member at every level, so that all unknown, missing, duplicate or mistyped members are found at once,
/// and returns the valid part. The subclasses, for stack configuration and catalog files, provide the messages.
/// </summary>
/// <remarks>
/// A serializer would reject most of that, too, but it stops at the first error and does not list the allowed values, and compiling one
/// takes a quarter of a second per preview.
/// </remarks>
internal abstract class StrictReader
{
    /// <summary>Path of a member.</summary>
    protected abstract string At(string path, string member);

    /// <summary>Records an error of a value; null: the value is missing.</summary>
    protected abstract void Wrong(string path, JsonElement? value, string problem, ValueShape shape);

    /// <summary>Records an unknown member.</summary>
    protected abstract void Unknown(string path, string name, JsonElement value, RecordShape record);

    /// <summary>The error for a value that should be a list, map or record.</summary>
    protected abstract string NotOfKind(ValueShape shape);

    /// <summary>The error of a text, number, flag or word; null: none.</summary>
    protected abstract string? Problem(JsonElement value, ValueShape shape);

    /// <summary>The error for a missing required member.</summary>
    protected abstract string Missing(RecordMember member);

    /// <summary>Whether an entry may have its name; if not, the error was recorded.</summary>
    protected abstract bool IsKey(JsonProperty entry, JsonElement map, ValueShape shape, string path);

    /// <summary>The valid part of a value, or null.</summary>
    protected virtual JsonNode? Read(JsonElement value, ValueShape shape, string path) => shape.Kind switch
    {
        ValueKind.List => List(value, shape, path),
        ValueKind.Map => Map(value, shape, path),
        ValueKind.Record when value.ValueKind != JsonValueKind.Object && shape.Shorthand is { } member =>
            Scalar(value, ValueShape.Text, path) is { } text ? new JsonObject { [member] = text } : null,
        ValueKind.Record => Record(value, shape, path),
        _ => Scalar(value, shape, path),
    };

    protected virtual JsonNode? Member(JsonElement value, RecordMember member, string path) => Read(value, member.Shape, path);

    protected void CheckRequired(RecordShape record, string path, Func<string, bool> has)
    {
        foreach (var member in record.Members.Where(member => member.Required && !has(member.Name)))
        {
            Wrong(At(path, member.Name), null, Missing(member), member.Shape);
        }
    }

    private JsonObject? Record(JsonElement value, ValueShape shape, string path)
    {
        var record = RecordShape.Of(shape.Type);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var sound = Members(value, shape, path, seen, (member, at) =>
        {
            if (record.Member(member.Name) is { } known)
            {
                return Member(member.Value, known, at);
            }
            Unknown(path, member.Name, member.Value, record);
            return null;
        });
        if (sound is null)
        {
            return null;
        }
        CheckRequired(record, path, seen.Contains);
        if (shape.Shorthand is { } shorthand)
        {
            sound.TryAdd(shorthand, ""); // an object without a member would not be an element of its list
        }
        return sound;
    }

    private JsonObject? Map(JsonElement value, ValueShape shape, string path) =>
        Members(value, shape, path, [], (entry, at) => IsKey(entry, value, shape, at) ? Read(entry.Value, shape.Element!, at) : null);

    private JsonObject? Members(
        JsonElement value, ValueShape shape, string path, HashSet<string> seen, Func<JsonProperty, string, JsonNode?> read)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            Wrong(path, value, NotOfKind(shape), shape);
            return null;
        }
        var sound = new JsonObject();
        foreach (var member in value.EnumerateObject())
        {
            var at = At(path, member.Name);
            if (!seen.Add(member.Name))
            {
                Wrong(at, member.Value, "is a duplicate", shape);
            }
            else if (read(member, at) is { } node)
            {
                sound[member.Name] = node;
            }
        }
        return sound;
    }

    private JsonArray? List(JsonElement value, ValueShape shape, string path)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            Wrong(path, value, NotOfKind(shape), shape);
            return null;
        }
        // An invalid element leaves a gap, so that the others keep their index.
        return [.. value.EnumerateArray().Select((item, index) => Read(item, shape.Element!, $"{path}[{index}]") ?? Gap(shape.Element!))];
    }

    private static JsonNode Gap(ValueShape element) =>
        element.Shorthand is { } member ? new JsonObject { [member] = "" } : JsonValue.Create(element.Words?[0] ?? "");

    private JsonValue? Scalar(JsonElement value, ValueShape shape, string path)
    {
        if (Problem(value, shape) is not { } problem)
        {
            return JsonValue.Create(value);
        }
        Wrong(path, value, problem, shape);
        return null;
    }
}
