using System.ComponentModel.DataAnnotations;
using Infra.Planning.Config;
using Infra.Planning.Errors;

namespace Infra.Cli.Project;

/// <summary>
/// What the CLI refuses in <c>Pulumi.yaml</c> before it runs the program: its schema and checks (sdk/go/common/workspace: project.json,
/// project.go), the range of its own versions, the program's folder, and the plugin of the language.
/// </summary>
internal static class ProjectRules
{
    private const string ProjectFile = PulumiProject.ProjectFile;
    private const string Runtime = "dotnet";

    /// <summary>The setting with the folder of the stacks' files.</summary>
    public const string StackFolder = "stackConfigDir";


    /// <summary>Folder of the program. Not looked for: a preview has the program without it.</summary>
    private const string Program = "stacks";

    /// <summary>Older CLIs ignore or misread replacement triggers (stacks/PulumiVersion.cs).</summary>
    private static readonly ReleaseNumber s_least = new(3, 226, 0);

    private static readonly HashSet<string> s_required = typeof(StackConfig).GetProperties()
        .Where(setting => setting.IsDefined(typeof(RequiredAttribute), inherit: false)).Select(setting => setting.Name)
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="ConfigurationException">There are such errors; the message lists all.</exception>
    public static void Check(YamlMap project, string folder)
    {
        List<UserError> errors =
        [
            .. ProjectShape.Project.Errors("", ProjectFile, project),
            .. Version(project["requiredPulumiVersion"]),
            .. OfRuntime(project),
            .. OfMain(project["main"] as string, folder),
            .. ((project[StackFolder] ?? project["config"]) as string)?.Contains('\0', StringComparison.Ordinal) is true
                ? new UserError[] { new(StackFolder, null, "is not the path of a folder", $"edit it in {ProjectFile}") } : [],
            .. project["config"] is string && project.Members.Any(static member => member.Key == StackFolder)
                ? new UserError[]
                {
                    new(StackFolder, null, "is in 'config' too, so the CLI refuses the project", $"remove 'config' from {ProjectFile}"),
                }
                : [],
            .. project["config"] is YamlMap config ? ProjectDeclarations.Errors(config) : [],
        ];
        if (errors.Count > 0)
        {
            throw new ConfigurationException(errors);
        }
    }

    /// <summary>
    /// The CLI asks for a value of each declared setting, and for an encrypted one where the declaration says so (pkg/workspace/config.go:
    /// mergeConfig, validateStackConfigValue). What the program requires, the program reports.
    /// </summary>
    /// <exception cref="ConfigurationException">The stack lacks a value of another one, or the encryption.</exception>
    public static void CheckValues(IReadOnlyDictionary<string, DeclaredKey> declared, StackFile file)
    {
        List<UserError> errors =
        [
            .. declared.Where(key => key.Value.Default is null && IsOfProject(key.Key) && !file.Values.ContainsKey(key.Key)
                    && !s_required.Contains(Bare(key.Key)))
                .Select(key => new UserError(key.Key, null,
                    $"has no value in Pulumi.{file.Stack}.yaml and no default in {ProjectFile}, so the CLI refuses the stack",
                    $"add a default to it in {ProjectFile}")),
            .. declared.Where(key => key.Value is { Type: not null, IsSecret: true } && file.Values.ContainsKey(key.Key)
                    && !file.SecretKeys.Contains(key.Key))
                .Select(key => new UserError(Bare(key.Key), null,
                    $"is declared secret in {ProjectFile} and has a value that is not encrypted, so the CLI refuses the stack",
                    key.Value.Type is "array" or "object" ? $"remove 'secret: true' from it in {ProjectFile}"
                        : $"pulumi config set --secret {ShellWord.Of(Bare(key.Key))}")),
        ];
        if (errors.Count > 0)
        {
            throw new ConfigurationException(errors);
        }
    }

    private static bool IsOfProject(string key) => key.StartsWith($"{ConfigNames.Namespace}:", StringComparison.Ordinal);

    private static string Bare(string key) => key[(key.IndexOf(':', StringComparison.Ordinal) + 1)..];

    private static IEnumerable<UserError> Version(object? value)
    {
        const string key = "requiredPulumiVersion";
        if (value is YamlMap or List<object?>)
        {
            yield return NotText(key, key);
        }
        else if (value is not null && GoText.Of(value) is { Length: > 0 } text)
        {
            var least = $"{s_least.Major}.{s_least.Minor}.{s_least.Patch}";
            var right = $"write '{key}: \">={least}\"' in {ProjectFile}";
            if (VersionRange.TryParse(text) is not { } range)
            {
                yield return new(key, text, "is no range of the CLI's versions, so the CLI refuses the project: a version has three "
                    + "numbers, with =, !, <, <=, > or >= before it, and || or a space is between two", right);
            }
            else if (!range.HasFrom(s_least))
            {
                yield return new(key, text, $"has no version from {least} on, which this program needs: older CLIs ignore or misread "
                    + "what replaces a Droplet", right);
            }
        }
    }

    private static IEnumerable<UserError> OfRuntime(YamlMap project)
    {
        const string right = $"write 'runtime: {Runtime}' in {ProjectFile}";
        var isThere = project.Members.Any(static member => member.Key == "runtime");
        var value = project["runtime"];
        var map = value as YamlMap;
        var name = map is null ? value : map["name"];
        if (isThere && (value is null || (map is not null && map.Members.Any(static member => member is { Key: "name", Value: null }))))
        {
            yield return new("runtime", null, $"is empty in {ProjectFile}, so the CLI refuses the project", right);
        }
        else if (name is null)
        {
            yield return new("runtime", null,
                $"is missing in {ProjectFile}: the CLI then runs no program, and pulumi up deletes all that the stack has", right);
        }
        else if (name is not Runtime)
        {
            yield return new("runtime", name as string, "does not run the program of this project, which is C#", right);
        }

        foreach (var (part, member) in map?.Members ?? [])
        {
            if (part is not ("name" or "options"))
            {
                yield return new($"runtime.{part}", null, "is no part of runtime, so the CLI refuses the project; Known: name, options",
                    $"remove it from {ProjectFile}");
            }
            else if (part == "options" && member is not YamlMap { OddKey: null })
            {
                yield return new("runtime.options", null, "is not a mapping of keys to values, so the CLI refuses the project",
                    $"remove it from {ProjectFile}");
            }
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

    public static UserError NotText(string key, string name) =>
        new(key, null, $"is not text in {ProjectFile}, so the CLI refuses the project",
            $"write '{name}: \"TEXT\"', or remove it from {ProjectFile}");
}
