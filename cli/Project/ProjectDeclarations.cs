using System.Globalization;
using Infra.Planning.Config;
using Infra.Planning.Errors;

namespace Infra.Cli.Project;

/// <summary>
/// What the CLI refuses in <c>config</c> of <c>Pulumi.yaml</c> (sdk/go/common/workspace: project.json, configTypeDeclaration; project.go,
/// RewriteShorthandConfigValues and Validate).
/// </summary>
internal static class ProjectDeclarations
{
    private const string ProjectFile = PulumiProject.ProjectFile;

    /// <summary>A name that the schema has itself, for a flag.</summary>
    private const string Reserved = "secret";

    private static readonly string[] s_types = ["string", "integer", "boolean", "array", "object"];
    private static readonly string[] s_values = ["default", "value"];
    private static readonly string[] s_parts = ["type", "items", "description", "secret", "default", "value"];

    /// <param name="config">The section.</param>
    public static IEnumerable<UserError> Errors(YamlMap config) => config.OddKey is { } odd
        ? [new("config", null, $"has the key '{odd}', which is not text", $"write it in quotes in {ProjectFile}")]
        : config.Members.SelectMany(member => member.Key.Length == 0 || member.Key.EndsWith(':')
            ? [new($"config.{member.Key}", null, "has no name, so the CLI refuses the project",
                $"write a name before the last ':' of its line in {ProjectFile}")]
            : member.Value is YamlMap declared ? OfMap(member.Key, declared) : OfValue(member.Key, member.Value));

    private static IEnumerable<UserError> OfValue(string name, object? value)
    {
        if (value is null)
        {
            yield return new($"config.{name}", null, $"declares nothing in {ProjectFile}: it needs a type or a value",
                $"write '{name}: {{type: string}}' in {ProjectFile}");
        }
        else if (value is not (string or long or bool or List<object?>))
        {
            yield return new($"config.{name}", null,
                "is neither text, a whole number, true or false, nor a list, so the CLI refuses the project",
                $"write '{name}: \"{GoText.Of(value)}\"' in {ProjectFile}");
        }
        else if (name == Reserved && value is not bool)
        {
            yield return OfReserved();
        }
    }

    private static IEnumerable<UserError> OfMap(string name, YamlMap declared)
    {
        var key = $"config.{name}";
        if (declared.OddKey is { } odd)
        {
            return [new(key, null, $"has the key '{odd}', which is not text", $"write it in quotes in {ProjectFile}")];
        }

        return name == Reserved ? [OfReserved()] :
        [
            .. declared.Members.Select(member => member.Key).Except(s_parts, StringComparer.Ordinal).Select(part => new UserError(
                $"{key}.{part}", null, $"is no part of a declaration; {NearMiss.Sentence(part, s_parts)}", $"edit it in {ProjectFile}")),
            .. OfType(key, declared),
            .. OfItems($"{key}.items", Member(declared, "items"), declared["type"] is "array" && IsOfProject(name)),
            .. Member(declared, "description") is (true, not string)
                ? new[] { ProjectRules.NotText($"{key}.description", "description") } : [],
            .. Member(declared, "secret") is (true, not bool)
                ? new UserError[] { new($"{key}.secret", null, "is neither true nor false", $"edit it in {ProjectFile}") } : [],
            .. s_values.Where(part => OddKey(declared[part]) is not null).Select(part => new UserError($"{key}.{part}",
                null, $"has the key '{OddKey(declared[part])}', which is not text", $"write it in quotes in {ProjectFile}")),
            .. IsOfProject(name) ? OfDefault(key, declared) : OfOther(key, name, declared),
        ];
    }

    private static UserError OfReserved() => new($"config.{Reserved}", null,
        "is a name for which the CLI only takes true or false, so the CLI refuses the project", $"choose another name in {ProjectFile}");

    private static IEnumerable<UserError> OfType(string key, YamlMap declared)
    {
        if (Member(declared, "type") is (true, var type) && !s_types.Contains(type as string))
        {
            yield return new($"{key}.type", type as string, $"is no type; {NearMiss.Sentence(type as string ?? "", s_types)}",
                $"write 'type: {(NearMiss.Of(type as string ?? "", s_types) is [var near, ..] ? near : s_types[0])}' in {ProjectFile}");
        }
    }

    /// <summary>The type of the elements of an array, which may be arrays again.</summary>
    private static IEnumerable<UserError> OfItems(string path, (bool Is, object? Value) items, bool isArray)
    {
        if (items is (false, _))
        {
            return !isArray ? [] :
                [new(path, null, "is missing: an array has elements of a type", $"add 'items: {{type: string}}' in {ProjectFile}")];
        }

        if (items.Value is not YamlMap { OddKey: null } map)
        {
            return [new(path, items.Value as string, "is not a mapping with a type", $"write 'items: {{type: string}}' in {ProjectFile}")];
        }

        var type = map["type"] as string;
        return s_types.Contains(type) ? OfItems($"{path}.items", Member(map, "items"), type == "array") :
            [new($"{path}.type", type, $"is no type of an element; {NearMiss.Sentence(type ?? "", s_types)}",
                $"write 'type: {(NearMiss.Of(type ?? "", s_types) is [var near, ..] ? near : s_types[0])}' in {ProjectFile}")];
    }

    private static IEnumerable<UserError> OfDefault(string key, YamlMap declared)
    {
        var type = declared["type"] as string;
        if (declared["default"] is { } standard)
        {
            if (declared["value"] is not null)
            {
                yield return new($"{key}.value", null, "is next to a default, and the CLI takes one of both",
                    $"remove one of them from {ProjectFile}");
            }
            else if (s_types.Contains(type) && !IsOfType(standard, type!, declared["items"] as YamlMap))
            {
                yield return new($"{key}.default", null, $"is not of the type {Full(type!, declared["items"] as YamlMap)}",
                    $"edit it in {ProjectFile}");
            }
        }
    }

    /// <summary>Settings of other namespaces have a value, and nothing to hold it against.</summary>
    private static IEnumerable<UserError> OfOther(string key, string name, YamlMap declared)
    {
        var right = $"write '{name}: {{value: TEXT}}' in {ProjectFile}";
        if (Member(declared, "type") is (true, _))
        {
            yield return new($"{key}.type", null, "is for settings of the project only; one of another namespace has a value", right);
        }
        else if (declared["default"] is not null)
        {
            yield return new($"{key}.default", null, "is for settings of the project only; one of another namespace has a value", right);
        }
        else if (declared["value"] is null)
        {
            yield return new($"{key}.value", null, "is missing: a setting of another namespace has a value", right);
        }
    }

    /// <summary>As ValidateConfigValue of project.go.</summary>
    private static bool IsOfType(object? value, string type, YamlMap? items) => type switch
    {
        "string" => value is string,
        // Of the range of a Go int.
        "integer" => value is long || (value is double number && double.IsInteger(number))
            || (value is string text && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)),
        "boolean" => value is bool or "true" or "false",
        "object" => value is YamlMap,
        // Without the type of its elements it is refused for that.
        _ => value is List<object?> elements && (items?["type"] is not string element
            || elements.TrueForAll(item => IsOfType(item, element, items["items"] as YamlMap))),
    };

    /// <summary>As InferFullTypeName of project.go.</summary>
    private static string Full(string type, YamlMap? items) =>
        type == "array" && items?["type"] is string element ? $"array<{Full(element, items["items"] as YamlMap)}>" : type;

    private static bool IsOfProject(string name) =>
        !name.Contains(':', StringComparison.Ordinal) || name.StartsWith($"{ConfigNames.Namespace}:", StringComparison.Ordinal);

    /// <summary>A key that is not text, at any depth; null if there is none.</summary>
    private static string? OddKey(object? value) => value switch
    {
        YamlMap map => map.OddKey ?? map.Members.Select(member => OddKey(member.Value)).FirstOrDefault(static odd => odd is not null),
        List<object?> items => items.Select(OddKey).FirstOrDefault(static odd => odd is not null),
        _ => null,
    };

    /// <summary>A member, which may be there and null.</summary>
    private static (bool Is, object? Value) Member(YamlMap map, string name) =>
        (map.Members.Any(member => member.Key == name), map[name]);
}
