using Infra.Tests.Deployments;

namespace Infra.Tests.Unit.Config;

/// <summary>
/// Project files that someone got wrong: that of the project, with parts of what the CLI takes and refuses, put together at random.
/// </summary>
internal static class RandomProjects
{
    private static readonly string s_project = File.ReadAllText(Path.Combine(StackFiles.Root, "Pulumi.yaml")).ReplaceLineEndings("\n");

    private static readonly string[] s_values =
    [
        "~", "5", "1.5", "true", "x", "\"\"", "[]", "{}", "[x]", "{x: y}", "{1: x}", "[~]", ".nan", "2026-11-30", "99999999999999999999",
        "18446744073709551615", "\"\\0\"", "\"a\\nb\"", "/", "../..", "string", "array", "object", "always", "dotnet", "{secure: v1:x}",
        "{type: array, items: {type: array, items: {type: array}}}", "!!binary eA==", "\">=3.x || \"",
    ];

    private static readonly string[] s_names =
    [
        "options", "backend", "template", "packages", "plugins", "stackConfigDir", "main", "author", "requiredPulumiVersion", "description",
        "runtime", "config", "name", "1", "~", "\"\"", "colour",
    ];

    /// <summary>Text of <c>Pulumi.yaml</c>.</summary>
    public static string Next(Random chance)
    {
        var text = s_project;
        for (var changes = chance.Next(8) == 0 ? 0 : chance.Next(1, 4); changes > 0; changes--)
        {
            text = Changed(text, chance);
        }

        return text;
    }

    private static string Changed(string text, Random chance)
    {
        var lines = text.Split('\n');
        var at = chance.Next(lines.Length);
        switch (chance.Next(9))
        {
            case 0:
                return text.Replace("config:\n", $"{Row(ProjectReadings.Sections, chance)}\nconfig:\n", StringComparison.Ordinal);
            case 1:
                return text.Replace("config:\n", $"config:\n  {Row(ProjectReadings.Declarations, chance)}\n", StringComparison.Ordinal);
            case 2:
                return text.Replace("runtime: dotnet", $"runtime: {Row(ProjectReadings.Runtimes, chance)}", StringComparison.Ordinal);
            case 3:
                return text.Replace(">=3.226.0", ProjectReadings.Ranges[chance.Next(ProjectReadings.Ranges.Length)].Range,
                    StringComparison.Ordinal);
            case 4:
                return $"{Pick(s_names, chance)}: {Pick(s_values, chance)}\n{text}";
            case 5:
                return text.Insert(chance.Next(text.Length + 1), Pick(s_values, chance));
            case 6:
                return text[..chance.Next(text.Length + 1)];
            case 7:
                lines[at] = chance.Next(2) == 0 ? "" : $"  {lines[at]}";
                break;
            default:
                var colon = lines[at].IndexOf(':', StringComparison.Ordinal);
                lines[at] = colon < 0 ? lines[at] : $"{lines[at][..colon]}: {Pick(s_values, chance)}";
                break;
        }

        return string.Join('\n', lines);
    }

    private static string Row((string Text, string? Refused)[] rows, Random chance) => rows[chance.Next(rows.Length)].Text;

    private static string Pick(string[] words, Random chance) => words[chance.Next(words.Length)];
}
