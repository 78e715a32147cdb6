using System.Text.RegularExpressions;

namespace Infra.Tests.Golden;

/// <summary>What the documents point at is there.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string[] Folders = ["benchmarks/", "cli/", "components/", "docs/", "lab/", "node/", "offline/", "planning/",
        "stacks/", "tests/", ".github/"];

    public static TheoryData<string> Documents =>
    [
        "CHANGELOG.md", "CONTRIBUTING.md", "README.md", "SECURITY.md", "benchmarks/README.md", "lab/README.md", "lab/Vllm/README.md",
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
    public void Every_anchor_is_a_heading_of_its_page(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(GoldenFile.Root(), document))!;
        var missing = Link().Matches(Text(document))
            .Select(match => match.Groups["target"].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && target.Contains('#', StringComparison.Ordinal))
            .Where(target => target.Split('#') is var parts
                && !Anchors(parts[0].Length == 0 ? Text(document) : File.ReadAllText(Path.Combine(folder, parts[0]))).Contains(parts[1]));

        Assert.Empty(missing);
    }

    [Fact]
    public void The_map_of_the_docs_leads_to_every_page()
    {
        const string map = "docs/README.md";
        var links = Link().Matches(Text(map))
            .Select(match =>
                Path.GetRelativePath(GoldenFile.Root(), Path.Combine(GoldenFile.Root(), "docs", match.Groups["target"].Value)));

        Assert.Empty(Documents.Select(row => row.Data).Except([.. links, map]));
    }

    [Fact]
    public void Every_rejected_word_has_a_better_one_and_paths_that_exist() =>
        Assert.All(
            Text("docs/words.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#')
                .Select(line => line.Split('\t')),
            fields =>
            {
                Assert.InRange(fields.Length, 2, 3);
                Assert.All(fields, field => Assert.True(field.Length > 0 && field == field.Trim(), field));
                Assert.All(
                    fields.Skip(2).SelectMany(paths => paths.Split(' ')),
                    path => Assert.True(path.EndsWith('*') || Path.Exists(Path.Combine(GoldenFile.Root(), path)), path));
            });

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
            .Where(name => !Regex.IsMatch(script, $@"^  ([\w| -]*\| ?)?{Regex.Escape(name)}( ?\|[\w| -]*)?\)", RegexOptions.Multiline));

        Assert.Empty(unknown);
    }

    [Fact]
    public void Every_test_that_a_claim_of_security_names_exists()
    {
        var types = typeof(DocumentationTests).Assembly.GetTypes().ToLookup(type => type.Name, StringComparer.Ordinal);
        var methods = types.SelectMany(group => group).SelectMany(type => type.GetMethods()).Select(method => method.Name)
            .ToHashSet(StringComparer.Ordinal);
        var missing = Code().Matches(Text("docs/security.md"))
            .Select(match => match.Groups["text"].Value)
            .Where(text => Test().IsMatch(text))
            .Where(text => text.Split('.') switch
            {
                [var type, var method] => !types[type].Any(found => found.GetMethod(method) is not null),
                [var name] => !types.Contains(name) && !methods.Contains(name),
                _ => true,
            });

        Assert.Empty(missing);
    }

    private static string Text(string document) => File.ReadAllText(Path.Combine(GoldenFile.Root(), document));

    /// <summary>The names that GitHub gives to the headings of a page.</summary>
    private static HashSet<string> Anchors(string page) =>
    [
        .. Heading().Matches(page)
            .Select(match => NotInAnchors().Replace(match.Groups["title"].Value.ToLowerInvariant(), "").Replace(' ', '-')),
    ];

    [GeneratedRegex(@"^#+ (?<title>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w -]")]
    private static partial Regex NotInAnchors();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`(?<text>[^`\n]+)`")]
    private static partial Regex Code();

    /// <summary>A class of tests, a method that is a sentence, or both; a law is a method of <c>Laws</c>.</summary>
    [GeneratedRegex(@"^([A-Z]\w+Tests|((Laws|[A-Z]\w+Tests)\.)?[A-Z][a-z]*_\w+)$")]
    private static partial Regex Test();

    [GeneratedRegex(@"\./infra (?<name>[a-z]+)\b")]
    private static partial Regex Command();
}
