using System.Text.RegularExpressions;

namespace Infra.Tests.Golden;

/// <summary>What the documents point at is there.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string[] Folders = ["benchmarks/", "components/", "docs/", "lab/", "offline/", "stacks/", "tests/", ".github/"];

    public static TheoryData<string> Documents =>
    [
        "CHANGELOG.md", "CONTRIBUTING.md", "README.md",
        .. Directory.EnumerateFiles(Path.Combine(GoldenFile.Root(), "docs"), "*.md", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(GoldenFile.Root(), file))
            .Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_link_leads_somewhere(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(GoldenFile.Root(), document))!;
        var broken = Link().Matches(Text(document))
            .Select(match => match.Groups["target"].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#'))
            .Where(target => !Path.Exists(Path.Combine(folder, target.Split('#')[0])));

        Assert.Empty(broken);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_path_of_the_project_exists(string document)
    {
        var missing = Code().Matches(Text(document))
            .Select(match => match.Groups["text"].Value)
            .Where(text => Folders.Any(folder => text.StartsWith(folder, StringComparison.Ordinal)))
            // Placeholders and patterns are no paths.
            .Where(text => text.IndexOfAny([' ', '*', '{', '<']) < 0)
            .Where(text => !Path.Exists(Path.Combine(GoldenFile.Root(), text)));

        Assert.Empty(missing);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_command_of_the_script_exists(string document)
    {
        var script = Text("infra");
        var unknown = Command().Matches(Text(document))
            .Select(match => match.Groups["name"].Value)
            .Distinct()
            .Where(name => !Regex.IsMatch(script, $@"^  ({Regex.Escape(name)}|[\w| ]*\| ?{Regex.Escape(name)}|{Regex.Escape(name)} ?\|[\w| -]*)\)", RegexOptions.Multiline));

        Assert.Empty(unknown);
    }

    private static string Text(string document) => File.ReadAllText(Path.Combine(GoldenFile.Root(), document));

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`(?<text>[^`\n]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\./infra (?<name>[a-z]+)\b")]
    private static partial Regex Command();
}
