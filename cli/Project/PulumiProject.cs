using Infra.Planning.Errors;
using Infra.Planning.Reading;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Infra.Cli.Project;

/// <summary>The Pulumi project on disk: <c>Pulumi.yaml</c> and <c>Pulumi.STACK.yaml</c>, parsed like the Pulumi CLI does.</summary>
internal sealed class PulumiProject
{
    private const string ProjectFile = "Pulumi.yaml";
    private readonly YamlMappingNode _project;

    private PulumiProject(string folder, YamlMappingNode project)
    {
        Folder = folder;
        _project = project;
        Name = Text(project, "name")
            ?? throw new ConfigurationException(
                new UserError("name", null, $"is missing in {ProjectFile}", $"add 'name: inference' to {ProjectFile}"));
    }

    public string Folder { get; }
    public string Name { get; }

    /// <summary>Names of the stacks with a file, sorted.</summary>
    public IReadOnlyList<string> Stacks => [.. Directory.EnumerateFiles(Folder, "Pulumi.*.yaml")
        .Select(file => Path.GetFileName(file)["Pulumi.".Length..^".yaml".Length])
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
                    return new PulumiProject(at.FullName, Read(file));
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

        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var secrets = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (key, declared) in Section(_project, "config", ProjectFile))
        {
            if (Default(declared) is { } value)
            {
                values[Namespaced(key)] = Value(value, ProjectFile, out _);
            }
        }

        var spelled = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in Section(Read(file), "config", Path.GetFileName(file)))
        {
            var name = Namespaced(key);
            if (!spelled.TryAdd(name, key))
            {
                throw Malformed(file, $"has '{spelled[name]}' and '{key}', which are the same setting");
            }

            values[name] = Value(value, file, out var secret);
            if (secret)
            {
                secrets.Add(name);
            }
        }

        return new StackFile(Name, stack, values, secrets);
    }

    /// <summary>The command with the likeliest stack, or with its default. Without a stack, <c>down</c> would stop all labs.</summary>
    private string InsteadOf(string stack, string command) =>
        NearMiss.Of(stack, Stacks) is [var nearest, ..] ? $"./infra {command} {nearest}"
        : $"./infra {(command == "down" ? "status" : command)}";

    /// <summary>Pulumi adds the project's namespace to keys without one.</summary>
    private string Namespaced(string key) => key.Contains(':', StringComparison.Ordinal) ? key : $"{Name}:{key}";

    /// <summary>A declaration is a bare value, or a mapping with <c>default</c> or <c>value</c>.</summary>
    private static YamlNode? Default(YamlNode declared) => declared switch
    {
        YamlMappingNode mapping => Child(mapping, "value") ?? Child(mapping, "default"),
        _ => declared,
    };

    private static YamlMappingNode Read(string file)
    {
        var text = Text(file);
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents switch
            {
                [] => [],
                [{ RootNode: YamlMappingNode root }] => root,
                _ => throw Malformed(file, "must be one mapping of keys to values"),
            };
        }
        catch (YamlException exception)
        {
            throw NotYaml(file, exception);
        }
    }

    private static string Text(string file)
    {
        try
        {
            using var reader = new StreamReader(new MemoryStream(UserFile.Read(file)));
            return reader.ReadToEnd();
        }
        catch (InvalidDataException problem)
        {
            throw Malformed(file, $"cannot be read: {problem.Message}");
        }
    }

    private static string Value(YamlNode node, string file, out bool secret)
    {
        try
        {
            return YamlJson.ConfigValue(node, out secret);
        }
        catch (YamlException exception)
        {
            throw NotYaml(file, exception);
        }
    }

    private static ConfigurationException NotYaml(string file, YamlException exception)
    {
        // After a tab, the parser reports the position of the enclosing mapping.
        var tab = File.Exists(file) ? Array.FindIndex(Text(file).Split('\n'), line => line.TrimStart(' ').StartsWith('\t')) : -1;
        return tab >= 0 && exception.Message.Contains("tab", StringComparison.Ordinal)
            ? Malformed(file, $"is not YAML: line {tab + 1} is indented with a tab; YAML allows only spaces")
            : Malformed(file, $"is not YAML: line {exception.Start.Line}, column {exception.Start.Column}: {exception.Message}");
    }

    private static List<KeyValuePair<string, YamlNode>> Section(YamlMappingNode root, string name, string file) => Child(root, name) switch
    {
        null or YamlScalarNode { Value: null or "" or "null" or "~" } => [],
        YamlMappingNode section => Members(section, file),
        _ => throw Malformed(file, $"has a '{name}' that is not a mapping of keys to values"),
    };

    private static List<KeyValuePair<string, YamlNode>> Members(YamlMappingNode section, string file)
    {
        try
        {
            return [.. YamlJson.Members(section).Select(pair => KeyValuePair.Create(pair.Key.ToString(), pair.Value))];
        }
        catch (YamlException exception)
        {
            throw NotYaml(file, exception);
        }
    }

    private static YamlNode? Child(YamlMappingNode node, string key) =>
        node.Children.FirstOrDefault(pair => pair.Key is YamlScalarNode scalar && scalar.Value == key).Value;

    private static string? Text(YamlMappingNode node, string key) => (Child(node, key) as YamlScalarNode)?.Value;

    private static ConfigurationException Malformed(string file, string problem) =>
        new(new UserError(
            Path.GetFileName(file), null, problem, $"edit {Path.GetFileName(file)}; Pulumi.dev.yaml shows the format"));
}
