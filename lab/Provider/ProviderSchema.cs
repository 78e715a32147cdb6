using System.Collections;
using System.Reflection;
using System.Text.Json;

namespace Infra.Lab.Provider;

/// <summary>
/// The providers' schemas, reduced to the resources in use (<c>Schema/*.json</c>, each with its source and date), and the validation of
/// declared resources.
/// </summary>
internal sealed class ProviderSchema
{
    private readonly Dictionary<string, JsonElement> _resources = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonElement> _types = new(StringComparer.Ordinal);

    public ProviderSchema()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith("schema/", StringComparison.Ordinal)))
        {
            using var file = assembly.GetManifestResourceStream(name)!;
            var root = JsonDocument.Parse(file).RootElement;
            foreach (var resource in root.GetProperty("resources").EnumerateObject())
            {
                _resources.Add(resource.Name, resource.Value);
            }
            foreach (var type in root.GetProperty("types").EnumerateObject())
            {
                _types.Add(type.Name, type.Value);
            }
        }
    }

    /// <summary>Types in the files.</summary>
    public IEnumerable<string> Types => _resources.Keys;

    /// <summary>Names of a type's inputs.</summary>
    public IEnumerable<string> Inputs(string type) =>
        _resources[type].GetProperty("inputProperties").EnumerateObject().Select(input => input.Name);

    /// <summary>The violations; empty for a valid resource.</summary>
    /// <param name="type">Type token.</param>
    /// <param name="inputs">Plain values; unknown values are missing.</param>
    /// <param name="unknowns">Whether values may be missing because they are unknown.</param>
    public IEnumerable<string> Problems(string type, IReadOnlyDictionary<string, object> inputs, bool unknowns) =>
        _resources.TryGetValue(type, out var resource)
            ? Members(inputs, resource.GetProperty("inputProperties"), resource.GetProperty("requiredInputs"), unknowns, "")
            : [$"{type} is not a known type"];

    private IEnumerable<string> Members(IReadOnlyDictionary<string, object> values, JsonElement properties, JsonElement required,
        bool unknowns, string path)
    {
        foreach (var (name, value) in values)
        {
            var at = path.Length == 0 ? name : $"{path}.{name}";
            if (!properties.TryGetProperty(name, out var property))
            {
                yield return $"{at} is not a property";
                continue;
            }
            foreach (var problem in Value(value, property, unknowns, at))
            {
                yield return problem;
            }
        }
        foreach (var name in required.EnumerateArray().Select(name => name.GetString()!)
            .Where(name => !unknowns && !values.ContainsKey(name)))
        {
            yield return $"{(path.Length == 0 ? "" : $"{path}.")}{name} is required";
        }
    }

    private IEnumerable<string> Value(object value, JsonElement schema, bool unknowns, string at)
    {
        if (schema.TryGetProperty("oneOf", out var choices))
        {
            var each = choices.EnumerateArray().Select(choice => Value(value, choice, unknowns, at).ToList()).ToList();
            return each.Any(problems => problems.Count == 0) ? [] : each[0];
        }
        if (schema.TryGetProperty("$ref", out var reference))
        {
            var target = reference.GetString()!;
            return target == "pulumi.json#/Any" ? [] : Value(value, _types[target["#/types/".Length..]], unknowns, at);
        }
        if (schema.TryGetProperty("enum", out var allowed)
            && !allowed.EnumerateArray().Any(choice => choice.GetString() == value as string))
        {
            return [$"{at} is '{value}', none of {allowed}"];
        }
        return schema.GetProperty("type").GetString() switch
        {
            "string" => value is string ? [] : [$"{at} is {value.GetType().Name}, not a string"],
            "boolean" => value is bool ? [] : [$"{at} is {value.GetType().Name}, not a boolean"],
            "integer" => value is double whole && whole == Math.Truncate(whole) ? [] : [$"{at} is {value}, not a whole number"],
            "number" => value is double ? [] : [$"{at} is {value.GetType().Name}, not a number"],
            "array" => value is IEnumerable list and not string
                ? list.Cast<object>().SelectMany((item, index) => Value(item, schema.GetProperty("items"), unknowns, $"{at}[{index}]"))
                : [$"{at} is {value.GetType().Name}, not a list"],
            "object" => value is not IReadOnlyDictionary<string, object> map ? [$"{at} is {value.GetType().Name}, not a map"]
                : schema.TryGetProperty("properties", out var properties)
                ? Members(map, properties, schema.GetProperty("required"), unknowns, at)
                : map.SelectMany(entry => Value(entry.Value, schema.GetProperty("additionalProperties"), unknowns, $"{at}.{entry.Key}")),
            var other => throw new InvalidOperationException($"a schema has type {other} at {at}"),
        };
    }
}
