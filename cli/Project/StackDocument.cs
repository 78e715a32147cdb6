using Infra.Planning.Errors;

namespace Infra.Cli.Project;

/// <summary>
/// A stack's file, by the rules of the Pulumi CLI (sdk/go/common/workspace: loaders.go, LoadProjectStackBytes; project.go, ProjectStack).
/// </summary>
internal sealed class StackDocument
{
    private const string Config = "config";

    /// <summary>Sections that the CLI reads; it ignores all others.</summary>
    private static readonly string[] s_sections = [Config, "environment", "secretsprovider", "encryptedkey", "encryptionsalt"];

    private readonly YamlMap _root;

    private StackDocument(YamlMap root) => _root = root;

    /// <summary>Environments of Pulumi ESC supply further values, which only the CLI can read.</summary>
    public bool HasEnvironment =>
        _root["environment"] is string { Length: > 0 } or List<object?> { Count: > 0 } or YamlMap { Members.Count: > 0 };

    /// <summary>Names of sections that have no effect; not of those that are for anchors, as <c>x-common</c>.</summary>
    public IEnumerable<string> Ignored => _root.Members.Select(member => member.Key)
        .Where(key => !s_sections.Contains(key, StringComparer.Ordinal) && IsSection(key));

    /// <param name="root">The first document.</param>
    /// <param name="settings">Names of settings: one next to <c>config</c> has no effect.</param>
    /// <exception cref="YamlFault">The CLI refuses the file, or ignores a part that is meant as a setting.</exception>
    public static StackDocument Of(object? root, IEnumerable<string> settings)
    {
        var map = root switch
        {
            null => new YamlMap([], null),
            YamlMap { OddKey: null } sections => sections,
            YamlMap odd => throw new YamlFault(0, $"has the key '{odd.OddKey}', which is not text"),
            _ => throw new YamlFault(0, "must be one mapping of keys to values"),
        };
        var names = settings.ToHashSet(StringComparer.Ordinal);
        foreach (var (key, value) in map.Members)
        {
            if (key.Length > 0 && YamlText.IsOddSpace(key[0]))
            {
                throw new YamlFault(0, $"has the key '{key.TrimStart()}' behind a no-break space, which does not indent it; write spaces");
            }

            if (!s_sections.Contains(key, StringComparer.Ordinal))
            {
                CheckIgnored(key, names);
            }
            else if (key is not (Config or "environment") && value is YamlMap or List<object?>)
            {
                throw new YamlFault(0, $"has a '{key}' that is not text");
            }
        }

        return new(map);
    }

    /// <summary>The settings as written, by key, in the file's order.</summary>
    /// <exception cref="YamlFault">The CLI refuses a key.</exception>
    public IEnumerable<KeyValuePair<string, object?>> Settings => _root[Config] switch
    {
        null => [],
        YamlMap { OddKey: null } section => section.Members,
        YamlMap odd => throw new YamlFault(0, $"has the key '{odd.OddKey}' in 'config', which is not text"),
        _ => throw new YamlFault(0, "has a 'config' that is not a mapping of keys to values"),
    };

    /// <summary>
    /// The qualified key: Pulumi adds the project's namespace where there is none, and <c>a:config:b</c> is an old form of <c>a:b</c>
    /// (config/key.go, ParseKey).
    /// </summary>
    /// <exception cref="YamlFault">The CLI refuses the key, and with it the file.</exception>
    public static string Qualified(string project, string key) => key.Split(':') switch
    {
        [_] => $"{project}:{key}",
        [_, _] => key,
        [var scope, Config, var name] => $"{scope}:{name}",
        _ => throw new YamlFault(0, $"has the key '{key}', which is not NAMESPACE:NAME"),
    };

    private static bool IsSection(string key) =>
        key.Length > 0 && char.IsAsciiLetter(key[0]) && !key.StartsWith("x-", StringComparison.Ordinal);

    private static void CheckIgnored(string key, HashSet<string> settings)
    {
        if (!IsSection(key))
        {
            return;
        }

        if (key.Contains(':', StringComparison.Ordinal) || settings.Contains(key))
        {
            throw new YamlFault(0, $"has the setting '{key}' next to 'config', where Pulumi ignores it; indent it below 'config:'");
        }

        if (NearMiss.Of(key, s_sections) is [var meant, ..])
        {
            throw new YamlFault(0, $"has a section '{key}', which Pulumi ignores; did you mean {meant}?");
        }
    }
}
