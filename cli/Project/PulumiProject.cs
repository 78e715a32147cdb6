using Infra.Planning.Config;
using Infra.Planning.Errors;
using Infra.Planning.Reading;

namespace Infra.Cli.Project;

/// <summary>The Pulumi project on disk: <c>Pulumi.yaml</c> and <c>Pulumi.STACK.yaml</c>, read as the Pulumi CLI reads them.</summary>
internal sealed class PulumiProject
{
    public const string ProjectFile = "Pulumi.yaml";

    private static readonly string[] s_otherEndings = ["yml", "json"];

    private readonly Dictionary<string, DeclaredKey> _declared;

    private PulumiProject(string folder)
    {
        Folder = folder;
        var file = Path.Combine(folder, ProjectFile);
        (Name, _declared, StackFolder, Backend) = Guarded(file, () =>
        {
            var project = Document(file, out _) as YamlMap ?? throw new YamlFault(0, "must be one mapping of keys to values");
            var name = project["name"] as string;
            if (name == ConfigNames.Namespace)
            {
                ProjectRules.Check(project, folder);
            }
            return (
                name is not { Length: > 0 } ? throw new ConfigurationException(
                    new UserError("name", null, $"is missing in {ProjectFile}", $"add 'name: {ConfigNames.Namespace}' to {ProjectFile}"))
                : name == ConfigNames.Namespace ? name : throw new ConfigurationException(
                    new UserError("name", name, $"in {file} is another project, or another name of this one: the program reads settings of "
                        + ConfigNames.Namespace, $"cd to the project, or write 'name: {ConfigNames.Namespace}' in {ProjectFile}")),
                Declared(name, project["config"]),
                // As filepath.Join: a path from the root is below the project, too.
                Path.GetFullPath(Path.Join(folder, project[ProjectRules.StackFolder] as string ?? project["config"] as string)),
                (project["backend"] as YamlMap)?["url"] as string);
        });
    }

    public string Folder { get; }
    public string Name { get; }

    /// <summary>Folder of the stacks' files: that of the project, or its <c>stackConfigDir</c>.</summary>
    public string StackFolder { get; }

    /// <summary>Where the project's states are; null: where the user is logged in.</summary>
    public string? Backend { get; }

    /// <summary>Names of the stacks with a file, sorted.</summary>
    public IReadOnlyList<string> Stacks => !Directory.Exists(StackFolder) ? [] :
        [.. Directory.EnumerateFiles(StackFolder, "Pulumi.*.yaml")
            .Select(file => Path.GetFileName(file)["Pulumi.".Length..^".yaml".Length])
            .Where(stack => stack.Length > 0)
            .Order(StringComparer.Ordinal)];

    /// <summary>Finds the project in or above the first folder that has one.</summary>
    /// <param name="folders">The current folder, and the folder of this program: <c>./infra</c> may run from anywhere.</param>
    public static PulumiProject Find(params ReadOnlySpan<string> folders)
    {
        foreach (var folder in folders)
        {
            for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
            {
                if (InsteadOfProject(at.FullName) is { } other)
                {
                    throw new ConfigurationException(other);
                }

                if (File.Exists(Path.Combine(at.FullName, ProjectFile)))
                {
                    return new PulumiProject(at.FullName);
                }
            }
        }

        throw new ConfigurationException(new UserError("folder", folders[0],
            $"is not inside a project: there is no {ProjectFile} in it or above it", "cd to the project, then run the command again"));
    }

    /// <summary>Configuration of a stack, including the project's defaults.</summary>
    /// <param name="stack">Its name.</param>
    /// <param name="command">The command, for the error message if the stack does not exist.</param>
    public StackFile Configuration(string stack, string command = "preview")
    {
        var file = Path.Combine(StackFolder, $"Pulumi.{stack}.yaml");
        if (!Stacks.Contains(stack, StringComparer.Ordinal))
        {
            if (InsteadOfStack(stack, file) is { } other)
            {
                throw new ConfigurationException(other);
            }

            var others = Stacks.Count > 0 ? $"the stacks there are {string.Join(", ", Stacks)}" : "there is no stack";
            throw new ConfigurationException(
                new UserError("stack", stack, $"has no file Pulumi.{stack}.yaml in {StackFolder}; {others}", InsteadOf(stack, command)));
        }

        return Guarded(file, () => Read(stack, file));
    }

    /// <summary>The CLI looks for three files in each folder (sdk/go/common/encoding/marshal.go, Exts); only one is read here.</summary>
    private static UserError? InsteadOfProject(string folder)
    {
        var file = Path.Combine(folder, ProjectFile);
        var (json, yml) = (Path.ChangeExtension(file, "json"), Path.ChangeExtension(file, "yml"));
        return File.Exists(json) ? new("Pulumi.json", null,
                $"in {folder} is the project for the CLI, which then does not read {ProjectFile}",
                $"cd to the project, or move {ShellWord.Of(json)} to another folder")
            : File.Exists(yml) && !File.Exists(file) ? new("Pulumi.yml", null, $"in {folder} is only read as {ProjectFile}",
                $"cd to the project, or mv {ShellWord.Of(yml)} {ShellWord.Of(file)}")
            : null;
    }

    /// <summary>The CLI reads a stack's file with the ending of the project's.</summary>
    private UserError? InsteadOfStack(string stack, string file)
    {
        var other = s_otherEndings.Select(ending => Path.ChangeExtension(file, ending)).FirstOrDefault(File.Exists);
        return other is null ? null : new("stack", stack,
            $"has no file Pulumi.{stack}.yaml in {StackFolder}, and Pulumi does not read {Path.GetFileName(other)}",
            other.EndsWith("yml", StringComparison.Ordinal) ? $"mv {ShellWord.Of(other)} {ShellWord.Of(file)}"
                : $"write its settings to {file}");
    }

    private StackFile Read(string stack, string file)
    {
        var document = StackDocument.Of(
            Document(file, out var more), _declared.Keys.Select(key => key[(key.IndexOf(':', StringComparison.Ordinal) + 1)..]));
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var secrets = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (key, declared) in _declared)
        {
            if (declared.Default is { } value)
            {
                values[key] = declared.Held(value);
            }
        }

        var spelled = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (written, node) in document.Settings)
        {
            var key = StackDocument.Qualified(Name, written);
            if (!spelled.TryAdd(key, written))
            {
                throw new YamlFault(0, $"has '{spelled[key]}' and '{written}', which are the same setting");
            }

            var value = Value(written, node);
            values[key] = _declared.TryGetValue(key, out var declared) ? declared.Held(value) : value.Text;
            if (value.HasSecret)
            {
                secrets.Add(key);
            }
        }

        var read = new StackFile(Name, stack, values, secrets)
        {
            HasEnvironment = document.HasEnvironment,
            HasMoreDocuments = more,
            Ignored = [.. document.Ignored],
        };
        ProjectRules.CheckValues(_declared, read);
        return read;
    }

    private static PulumiValue Value(string key, object? node)
    {
        try
        {
            return PulumiValue.Of(node);
        }
        catch (YamlFault fault)
        {
            throw new YamlFault(0, $"{fault.Message}: the setting '{key}'");
        }
    }

    /// <summary>The command with the likeliest stack, or with its default. Without a stack, <c>down</c> would stop all labs.</summary>
    private string InsteadOf(string stack, string command) =>
        NearMiss.Of(StackName.Of(Path.GetFileName(stack)), Stacks) is [var nearest, ..] ? $"./infra {command} {nearest}"
        : $"./infra {(command == "down" ? "status" : command)}";

    private static Dictionary<string, DeclaredKey> Declared(string project, object? section) => section switch
    {
        // A text is the folder of the stacks' files.
        null or string => [],
        YamlMap map => map.Members
            .Select(member => KeyValuePair.Create(StackDocument.Qualified(project, member.Key), DeclaredKey.Of(member.Value)))
            .DistinctBy(declared => declared.Key)
            .ToDictionary(StringComparer.Ordinal),
        _ => throw new YamlFault(0, "has a 'config' that is not a mapping of keys to values"),
    };

    private static object? Document(string file, out bool more)
    {
        byte[] content;
        try
        {
            content = UserFile.Read(file);
        }
        catch (Exception problem) when (problem is InvalidDataException or IOException)
        {
            // Among others a link to nothing, or to itself.
            throw new YamlFault(0, $"cannot be read: {ShownText(problem)}");
        }

        return YamlDecoder.Decode(YamlParser.Parse(YamlText.Of(content), out more));
    }

    private static string ShownText(Exception problem) => problem is FileNotFoundException or DirectoryNotFoundException
        ? "it is a link to a file that does not exist" : string.Join(' ', problem.Message.Split('\n', '\r'));

    private static T Guarded<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (YamlFault fault)
        {
            var name = Path.GetFileName(file);
            var example = name == "Pulumi.dev.yaml" ? "Pulumi.prod.yaml" : "Pulumi.dev.yaml";
            throw new ConfigurationException(new UserError(name, null, fault.Message, $"edit {name}; {example} shows the format"));
        }
    }
}
