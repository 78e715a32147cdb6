using System.Runtime.CompilerServices;
using System.Text.Json;
using YamlDotNet.RepresentationModel;

namespace Infra.Tests.Deployments;

/// <summary>The files at the top of the repository: <c>Pulumi.yaml</c> and the stacks.</summary>
internal static class StackFiles
{
    public static readonly string Root = Path.GetFullPath(Path.Combine(Here(), "..", ".."));

    /// <summary>Names of the stacks that have a file.</summary>
    public static IEnumerable<string> Names =>
        Directory.GetFiles(Root, "Pulumi.*.yaml").Select(file => Path.GetFileName(file)[7..^5]).Order(StringComparer.Ordinal);

    /// <summary>Configuration of a stack as the CLI hands it to the program: qualified keys, and JSON for lists and maps.</summary>
    public static Dictionary<string, string> Config(string stack) =>
        ((YamlMappingNode)Document($"Pulumi.{stack}.yaml")["config"]).ToDictionary(entry => Text(entry.Key), entry => Value(entry.Value));

    public static YamlMappingNode Document(string file)
    {
        var yaml = new YamlStream();
        using var reader = new StreamReader(Path.Combine(Root, file));
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    public static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    public static string Value(YamlNode node) => node is YamlScalarNode scalar ? scalar.Value! : JsonSerializer.Serialize(Plain(node));

    private static object? Plain(YamlNode node) => node switch
    {
        YamlMappingNode map => map.ToDictionary(entry => Text(entry.Key), entry => Plain(entry.Value)),
        YamlSequenceNode list => list.Select(Plain).ToList(),
        YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain } scalar when bool.TryParse(scalar.Value, out var flag) => flag,
        YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain } scalar when long.TryParse(scalar.Value, out var number) => number,
        YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain } scalar when double.TryParse(scalar.Value, out var number) => number,
        _ => Text(node),
    };

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
