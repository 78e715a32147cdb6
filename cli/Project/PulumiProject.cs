using Infra.Planning.Config;
using Infra.Planning.Errors;
using Infra.Planning.Reading;

namespace Infra.Cli.Project;

/// <summary>The Pulumi project on disk: <c>Pulumi.yaml</c> and <c>Pulumi.STACK.yaml</c>, read as the Pulumi CLI reads them.</summary>
internal sealed class PulumiProject
{
    public const string ProjectFile = "Pulumi.yaml";

    private readonly Dictionary<string, DeclaredKey> _declared;

    private PulumiProject(string folder)
    {
        Folder = folder;
        var file = Path.Combine(folder, ProjectFile);
        (Name, _declared) = Guarded(file, () =>
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
                Declared(name, project["config"]));
        });
    }

    public string Folder { get; }
    public string Name { get; }

    /// <summary>Names of the stacks with a file, sorted.</summary>
    public IReadOnlyList<string> Stacks => [.. Directory.EnumerateFiles(Folder, "Pulumi.*.yaml")
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
                var file = Path.Combine(at.FullName, ProjectFile);
                if (File.Exists(file))
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
        var file = Path.Combine(Folder, $"Pulumi.{stack}.yaml");
        if (!Stacks.Contains(stack, StringComparer.Ordinal))
        {
            var others = Stacks.Count > 0 ? $"the stacks there are {string.Join(", ", Stacks)}" : "there is no stack";
            throw new ConfigurationException(
                new UserError("stack", stack, $"has no file Pulumi.{stack}.yaml in {Folder}; {others}", InsteadOf(stack, command)));
        }

        return Guarded(file, () => Read(stack, file));
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

        ProjectRules.CheckValues(_declared, values, stack);
        return new StackFile(Name, stack, values, secrets)
        {
            HasEnvironment = document.HasEnvironment,
            HasMoreDocuments = more,
            Ignored = [.. document.Ignored],
        };
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
        null => [],
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
