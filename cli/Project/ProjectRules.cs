using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Infra.Planning.Config;
using Infra.Planning.Errors;

namespace Infra.Cli.Project;

/// <summary>
/// What the CLI refuses in <c>Pulumi.yaml</c> before it runs the program: its schema and checks (sdk/go/common/workspace: project.json,
/// project.go), the range of its own versions (blang/semver), the program's folder, and the plugin of the language.
/// </summary>
internal static partial class ProjectRules
{
    private const string ProjectFile = PulumiProject.ProjectFile;
    private const string Runtime = "dotnet";

    /// <summary>Folder of the program. Not looked for: a preview has the program without it.</summary>
    private const string Program = "stacks";

    private static readonly string[] s_texts = ["description", "author", "website", "license", "main", "stackConfigDir"];
    private static readonly string[] s_types = ["string", "integer", "boolean", "array", "object"];
    private static readonly string[] s_parts = ["type", "items", "description", "secret", "default", "value"];

    private static readonly HashSet<string> s_required = typeof(StackConfig).GetProperties()
        .Where(setting => setting.IsDefined(typeof(RequiredAttribute), inherit: false)).Select(setting => setting.Name)
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="ConfigurationException">There are such errors; the message lists all.</exception>
    public static void Check(YamlMap project, string folder)
    {
        List<UserError> errors =
        [
            .. s_texts.Where(name => project[name] is not (null or string)).Select(name => NotText(name, name)),
            .. Version(project["requiredPulumiVersion"]),
            .. OfRuntime(project["runtime"]),
            .. OfMain(project["main"] as string, folder),
            .. (project["config"] as YamlMap)?.Members.SelectMany(member => Declaration(member.Key, member.Value)) ?? [],
        ];
        if (errors.Count > 0)
        {
            throw new ConfigurationException(errors);
        }
    }

    /// <summary>The CLI asks for a value of each declared setting. What the program requires, the program reports.</summary>
    /// <exception cref="ConfigurationException">A stack lacks a value of another one.</exception>
    public static void CheckValues(
        IReadOnlyDictionary<string, DeclaredKey> declared, IReadOnlyDictionary<string, string> values, string stack)
    {
        var missing = declared.Where(key => key.Value is { Type: not null, Default: null } && !values.ContainsKey(key.Key)
            && !s_required.Contains(key.Key[(key.Key.IndexOf(':', StringComparison.Ordinal) + 1)..])).ToList();
        if (missing.Count > 0)
        {
            throw new ConfigurationException(missing.Select(key => new UserError(key.Key, null,
                $"has no value in Pulumi.{stack}.yaml and no default in {ProjectFile}, so the CLI refuses the stack",
                $"add a default to it in {ProjectFile}")));
        }
    }

    private static IEnumerable<UserError> Version(object? value)
    {
        const string key = "requiredPulumiVersion";
        if (value is YamlMap or List<object?>)
        {
            yield return NotText(key, key);
        }
        else if (value is not null && GoText.Of(value).Trim() is { Length: > 0 } range && !Range().IsMatch(range))
        {
            yield return new(key, range, "is no range of the CLI's versions, so the CLI refuses the project: a version has three numbers, "
                + "with =, !, <, <=, > or >= before it, and || or a space is between two",
                $"write '{key}: \">=3.226.0\"' in {ProjectFile}");
        }
    }

    private static IEnumerable<UserError> OfRuntime(object? value)
    {
        // The CLI takes a project without a runtime, and runs nothing.
        var name = value is YamlMap map ? map["name"] : value;
        if (name is not (null or Runtime))
        {
            yield return new("runtime", name is string text ? text : null, "does not run the program of this project, which is C#",
                $"write 'runtime: {Runtime}' in {ProjectFile}");
        }
    }

    private static IEnumerable<UserError> OfMain(string? main, string folder)
    {
        if (main is { Length: > 0 } && main != Program && !Path.Exists(Path.Combine(folder, main)))
        {
            yield return new("main", main, $"does not exist in {folder}; the program is in {Program}",
                $"write 'main: {Program}' in {ProjectFile}");
        }
    }

    private static IEnumerable<UserError> Declaration(string name, object? value)
    {
        var key = $"config.{name}";
        if (value is null)
        {
            yield return new(key, null, $"declares nothing in {ProjectFile}: it needs a type or a value",
                $"write '{name}: {{type: string}}' in {ProjectFile}");
        }
        if (value is not YamlMap declared)
        {
            yield break;
        }
        foreach (var part in declared.Members.Select(member => member.Key).Except(s_parts, StringComparer.Ordinal))
        {
            yield return new($"{key}.{part}", null, $"is no part of a declaration; {NearMiss.Sentence(part, s_parts)}",
                $"edit it in {ProjectFile}");
        }
        var type = declared["type"];
        if (type is not null && !s_types.Contains(type as string))
        {
            yield return new($"{key}.type", type as string, $"is no type; {NearMiss.Sentence(type as string ?? "", s_types)}",
                $"write 'type: {(NearMiss.Of(type as string ?? "", s_types) is [var near, ..] ? near : s_types[0])}' in {ProjectFile}");
        }
        if (type is "array" && declared["items"] is not YamlMap)
        {
            yield return new($"{key}.items", null, "is missing: an array has elements of a type",
                $"add 'items: {{type: string}}' in {ProjectFile}");
        }
        if (declared["description"] is not (null or string))
        {
            yield return NotText($"{key}.description", "description");
        }
        if (declared["secret"] is not (null or bool))
        {
            yield return new($"{key}.secret", null, "is neither true nor false", $"edit it in {ProjectFile}");
        }
        if (type is not null && StackDocument.Qualified(ConfigNames.Namespace, name) is var setting
            && !setting.StartsWith($"{ConfigNames.Namespace}:", StringComparison.Ordinal))
        {
            yield return new($"{key}.type", null, "is for settings of the project only; one of another namespace has a value",
                $"write '{name}: {{value: TEXT}}' in {ProjectFile}");
        }
        if (declared["default"] is { } standard && type is string known && s_types.Contains(known) && !IsOfType(standard, known))
        {
            yield return new($"{key}.default", null, $"is not of the type {known}", $"edit it in {ProjectFile}");
        }
    }

    /// <summary>As ValidateConfigValue of project.go, without the elements of a list.</summary>
    private static bool IsOfType(object value, string type) => type switch
    {
        "string" => value is string,
        "integer" => value is long or ulong || (value is double number && double.IsInteger(number))
            || (value is string text && Whole().IsMatch(text)),
        "boolean" => value is bool or "true" or "false",
        "array" => value is List<object?>,
        _ => value is YamlMap,
    };

    private static UserError NotText(string key, string name) =>
        new(key, null, $"is not text in {ProjectFile}, so the CLI refuses the project",
            $"write '{name}: \"TEXT\"', or remove it from {ProjectFile}");

    [GeneratedRegex("^[+-]?[0-9]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Whole();

    [GeneratedRegex(@"^(?<part>((==?|!=?|[<>]=?) *)?([0-9]+\.[0-9]+\.[0-9]+([-+][0-9A-Za-z.+-]+)?|[0-9]+(\.[0-9]+)?\.x|[0-9]+\.x\.x)"
        + @"( +(\|\| +)?|$))+(?<! )$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Range();
}
