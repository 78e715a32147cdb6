using Infra.Planning.Errors;

namespace Infra.Cli.Project;

/// <summary>
/// What a part of <c>Pulumi.yaml</c> has to be: the CLI's schema (sdk/go/common/workspace/project.json) without <c>name</c>,
/// <c>runtime</c> and <c>config</c>, and what its types take (project.go).
/// </summary>
internal sealed class ProjectShape
{
    private const string ProjectFile = PulumiProject.ProjectFile;

    private static readonly ProjectShape s_text = new(ShapeKind.Text);
    private static readonly ProjectShape s_optionalText = new(ShapeKind.Text) { MaybeNull = true };
    private static readonly ProjectShape s_optionalFlag = new(ShapeKind.Flag) { MaybeNull = true };

    private static readonly ProjectShape s_plugins = new(ShapeKind.List)
    {
        Items = new(ShapeKind.Map)
        {
            Members = new() { ["name"] = s_text, ["path"] = s_text, ["version"] = s_text },
            IsClosed = true,
            Required = ["name", "path"],
        },
    };

    private static readonly ProjectShape s_package = new(ShapeKind.Map)
    {
        MaybeText = true,
        Members = new()
        {
            ["source"] = s_text,
            ["version"] = s_text,
            ["parameters"] = new(ShapeKind.List) { Items = s_text },
            ["pluginDownloadURL"] = s_text,
            ["checksums"] = new(ShapeKind.Map) { Items = s_text },
            ["extensions"] = new(ShapeKind.List) { Items = s_text },
        },
        IsClosed = true,
        Required = ["source"],
    };

    private static readonly ProjectShape s_template = new(ShapeKind.Map)
    {
        MaybeNull = true,
        Members = new()
        {
            ["displayName"] = s_optionalText,
            ["description"] = s_optionalText,
            ["quickstart"] = s_optionalText,
            ["important"] = s_optionalFlag,
            ["metadata"] = new(ShapeKind.Map) { MaybeNull = true, Items = s_text },
            ["config"] = new(ShapeKind.Map)
            {
                MaybeNull = true,
                Items = new(ShapeKind.Map)
                {
                    MaybeNull = true,
                    Members = new()
                    {
                        ["description"] = s_optionalText,
                        ["default"] = new(ShapeKind.Scalar) { MaybeNull = true },
                        ["secret"] = s_optionalFlag,
                    },
                },
            },
        },
        IsClosed = true,
    };

    private readonly ShapeKind _kind;

    private ProjectShape(ShapeKind kind) => _kind = kind;

    /// <summary>All of the file.</summary>
    public static ProjectShape Project { get; } = new(ShapeKind.Map)
    {
        Members = new()
        {
            ["description"] = s_optionalText,
            ["author"] = s_optionalText,
            ["website"] = s_optionalText,
            ["license"] = s_optionalText,
            ["main"] = s_optionalText,
            ["stackConfigDir"] = s_optionalText,
            ["backend"] = new(ShapeKind.Map) { MaybeNull = true, Members = new() { ["url"] = s_text }, IsClosed = true },
            ["options"] = new(ShapeKind.Map)
            {
                MaybeNull = true,
                Members = new() { ["refresh"] = new(ShapeKind.Text) { Only = "always" } },
                IsClosed = true,
            },
            ["template"] = s_template,
            ["packages"] = new(ShapeKind.Map) { Items = s_package },
            ["plugins"] = new(ShapeKind.Map)
            {
                Members = new() { ["providers"] = s_plugins, ["analyzers"] = s_plugins, ["languages"] = s_plugins },
            },
        },
    };

    private bool MaybeNull { get; init; }
    private bool MaybeText { get; init; }

    /// <summary>The only text; null: any.</summary>
    private string? Only { get; init; }

    private Dictionary<string, ProjectShape> Members { get; init; } = [];

    /// <summary>Whether a map has no other members.</summary>
    private bool IsClosed { get; init; }

    private string[] Required { get; init; } = [];

    /// <summary>Elements of a list, other members of a map; null: any.</summary>
    private ProjectShape? Items { get; init; }

    /// <summary>What the CLI refuses in a value.</summary>
    /// <param name="path">Where it is, as <c>options.refresh</c>; empty: all of the file.</param>
    /// <param name="name">Its key, or the key of its list.</param>
    /// <param name="value">The value.</param>
    public IEnumerable<UserError> Errors(string path, string name, object? value)
    {
        if ((value is null && MaybeNull) || (value is string && MaybeText))
        {
            return [];
        }

        return (_kind, value) switch
        {
            (ShapeKind.Text, string text) => Only is null || text == Only ? [] :
                [new(path, text, $"can only be {Only}, so the CLI refuses the project",
                    $"write '{name}: {Only}', or remove it from {ProjectFile}")],
            (ShapeKind.Flag, bool) or (ShapeKind.Scalar, not (YamlMap or List<object?>)) => [],
            (ShapeKind.List, List<object?> items) => items.SelectMany((item, index) => Items!.Errors($"{path}[{index}]", name, item)),
            (ShapeKind.Map, YamlMap { OddKey: null } map) => OfMap(path, map),
            _ => [Wrong(path, name, value)],
        };
    }

    private IEnumerable<UserError> OfMap(string path, YamlMap map)
    {
        foreach (var (name, value) in map.Members)
        {
            var inside = path.Length == 0 ? name : $"{path}.{name}";
            if ((Members.GetValueOrDefault(name) ?? Items) is { } shape)
            {
                foreach (var error in shape.Errors(inside, name, value))
                {
                    yield return error;
                }
            }
            else if (IsClosed)
            {
                yield return new(inside, null,
                    $"is no part of {path}, so the CLI refuses the project; {NearMiss.Sentence(name, Members.Keys)}",
                    NearMiss.Of(name, Members.Keys) is [var near, ..] ? $"write '{near}' in place of '{name}' in {ProjectFile}"
                        : $"remove it from {ProjectFile}");
            }
        }

        foreach (var name in Required.Where(name => map.Members.All(member => member.Key != name)))
        {
            yield return new($"{path}.{name}", null, "is missing, so the CLI refuses the project",
                $"add '{name}: \"TEXT\"' to it in {ProjectFile}");
        }
    }

    private UserError Wrong(string path, string name, object? value)
    {
        var (what, right) = _kind switch
        {
            ShapeKind.Text => ("is not text", $"write '{name}: {Only ?? "\"TEXT\""}'"),
            ShapeKind.Flag => ("is neither true nor false", $"write '{name}: true'"),
            ShapeKind.List => ("is not a list", "write a list"),
            ShapeKind.Scalar => ("is a list or a mapping, and must be a single value", $"write '{name}: \"TEXT\"'"),
            _ => (value is YamlMap ? "has a key that is not text" : "is not a mapping of keys to values", "write a mapping"),
        };
        return new(path.Length > 0 ? path : ProjectFile, value as string, $"{what}, so the CLI refuses the project",
            $"{right}, or remove it from {ProjectFile}");
    }

    private enum ShapeKind
    {
        Text,
        Flag,
        Scalar,
        List,
        Map,
    }
}
