using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Infra.Tests.Deployments;

namespace Infra.Tests.Unit.Repository;

/// <summary>Projects and their folders use each other one way, as CONTRIBUTING.md draws it.</summary>
public sealed partial class LayersTests
{
    /// <summary>Projects by folder, the lowest first. What is here is compiled into the tests' folder as well.</summary>
    private static readonly Dictionary<string, string> s_projects = new(StringComparer.Ordinal)
    {
        ["planning"] = "Infra.Planning",
        ["node"] = "Infra.Node",
        ["components"] = "Infra.Components",
        ["stacks"] = "Infra.Stacks",
        ["cli"] = "Infra.Cli",
        ["lab"] = "Infra.Lab",
    };

    private static readonly string[] s_others = ["benchmarks", "tests"];

    public static TheoryData<string> Projects => [.. s_projects.Keys];

    [Fact]
    public void Projects_refer_to_each_other_as_drawn()
    {
        var referenced = s_projects.Keys.Concat(s_others).Order(StringComparer.Ordinal).ToDictionary(project => project, References);

        Assert.Equal(
            referenced.Select(project => $"{project.Key} --> {string.Join(" & ", project.Value)}"),
            referenced.Keys.Select(project => $"{project} --> {string.Join(" & ", Drawn().GetValueOrDefault(project, []))}"));
    }

    [Fact]
    public void The_arrows_of_the_drawing_point_one_way() =>
        Assert.Null(Cycle([.. Drawn().SelectMany(project => project.Value.Select(used => (project.Key, used)))]));

    [Theory]
    [MemberData(nameof(Projects))]
    public void Code_uses_no_project_that_no_arrow_leads_to(string project)
    {
        var allowed = Drawn().GetValueOrDefault(project, []).Select(used => s_projects[used]);

        Assert.Empty(TypeUses.Assemblies(Assembly(project)).Where(name => name.StartsWith("Infra.", StringComparison.Ordinal))
            .Except(allowed));
    }

    [Theory]
    [InlineData("planning")]
    [InlineData("node")]
    public void What_decides_knows_nothing_of_pulumi(string project) =>
        Assert.DoesNotContain(TypeUses.Assemblies(Assembly(project)), name => name.StartsWith("Pulumi", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_namespace_is_a_folder(string project)
    {
        var root = Path.Combine(StackFiles.Root, project);

        Assert.DoesNotContain(Sources(project), source => source.Namespace != Expected(Path.GetRelativePath(root, source.File)));

        string Expected(string file) => string.Join('.', [s_projects[project], .. file.Split(Path.DirectorySeparatorChar)[..^1]]);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void The_folders_of_a_project_have_no_cycle(string project)
    {
        // The assembly shows what the code uses, except constants and types that only comments name: for these, the usings count.
        var uses = TypeUses.In(Assembly(project)).Select(use => (use.FromNamespace, use.ToNamespace))
            .Concat(Sources(project).SelectMany(source => source.Usings.Select(used => (source.Namespace, used))));

        Assert.Null(Cycle([.. uses.Where(use => IsOf(use.Item1) && IsOf(use.Item2))]));

        // A program's first lines have no namespace, and use whatever they compose.
        bool IsOf(string name) => name == s_projects[project] || name.StartsWith($"{s_projects[project]}.", StringComparison.Ordinal);
    }

    /// <summary>Only the command line and the program know the commands of <c>./infra</c>. Comments may name them.</summary>
    [Theory]
    [InlineData("planning")]
    [InlineData("node")]
    [InlineData("components")]
    public void No_layer_prints_a_command_of_the_command_line(string project)
    {
        using var assembly = new PEReader(File.OpenRead(Assembly(project)));
        var metadata = assembly.GetMetadataReader();
        var literals = new List<string>();
        for (var handle = MetadataTokens.UserStringHandle(1); !handle.IsNil; handle = metadata.GetNextHandle(handle))
        {
            literals.Add(metadata.GetUserString(handle));
        }

        Assert.Contains(literals, literal => literal.Length > 0);
        Assert.DoesNotContain(literals, literal => literal.Contains("./infra", StringComparison.Ordinal));
    }

    [Fact]
    public void A_cycle_is_found_and_named()
    {
        Assert.Null(Cycle([("a", "b"), ("b", "c"), ("a", "c"), ("c", "c")]));
        Assert.Equal("b -> c -> d -> b", Cycle([("a", "b"), ("b", "c"), ("c", "d"), ("d", "b")]));
    }

    [Fact]
    public void Uses_in_signatures_and_bodies_are_seen()
    {
        var uses = TypeUses.In(typeof(LayersTests).Assembly.Location)
            .Where(use => use.FromNamespace == typeof(LayersTests).Namespace)
            .ToList();

        Assert.Contains(uses, use => use is { From: nameof(LayersTests), ToNamespace: "Infra.Tests.Deployments", To: nameof(StackFiles) });
        Assert.Contains(uses, use => use is { From: nameof(TypeUses), To: nameof(TypeUse) });
    }

    /// <summary>The first cycle, from its first name in the alphabet; null: there is none. A folder that uses itself is no cycle.</summary>
    private static string? Cycle(IReadOnlyList<(string From, string To)> uses)
    {
        var used = uses.Where(use => use.From != use.To).Distinct().ToLookup(use => use.From, use => use.To, StringComparer.Ordinal);
        var done = new HashSet<string>(StringComparer.Ordinal);
        return First(used.Select(from => from.Key), []);

        string? First(IEnumerable<string> names, IReadOnlyList<string> path) =>
            names.Order(StringComparer.Ordinal).Select(name => From(name, path)).FirstOrDefault(cycle => cycle is not null);

        string? From(string name, IReadOnlyList<string> path)
        {
            if (path.Contains(name))
            {
                return string.Join(" -> ", path.SkipWhile(before => before != name).Append(name));
            }

            var cycle = done.Contains(name) ? null : First(used[name], [.. path, name]);
            done.Add(name);
            return cycle;
        }
    }

    /// <summary>The arrows of CONTRIBUTING.md: by project, what it may use, in the order of the alphabet.</summary>
    private static Dictionary<string, string[]> Drawn()
    {
        var drawing = Drawing().Match(File.ReadAllText(Path.Combine(StackFiles.Root, "CONTRIBUTING.md")));
        return Arrow().Matches(drawing.Groups["arrows"].Value).ToDictionary(
            arrow => arrow.Groups["from"].Value,
            arrow => arrow.Groups["to"].Value.Split('&', StringSplitOptions.TrimEntries).Order(StringComparer.Ordinal).ToArray(),
            StringComparer.Ordinal);
    }

    private static string[] References(string project) =>
    [
        .. Directory.GetFiles(Path.Combine(StackFiles.Root, project), "*.csproj")
            .SelectMany(file => XDocument.Load(file).Descendants("ProjectReference"))
            .Select(reference => reference.Attribute("Include")!.Value.Split('/')[1])
            .Order(StringComparer.Ordinal),
    ];

    private static string Assembly(string project) => Path.Combine(AppContext.BaseDirectory, $"{s_projects[project]}.dll");

    private static IEnumerable<Source> Sources(string project) =>
        Directory.EnumerateFiles(Path.Combine(StackFiles.Root, project), "*.cs", SearchOption.AllDirectories)
            .Select(file => (File: file, Text: File.ReadAllText(file)))
            .Where(source => Namespace().IsMatch(source.Text))
            .Select(source => new Source(
                source.File,
                Namespace().Match(source.Text).Groups["name"].Value,
                [.. Using().Matches(source.Text).Select(match => match.Groups["name"].Value)]));

    [GeneratedRegex(@"```mermaid\n(?<arrows>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Drawing();

    [GeneratedRegex(@"^ *(?<from>\w+) --> (?<to>[\w &]+)$", RegexOptions.Multiline)]
    private static partial Regex Arrow();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^using (?<name>Infra[\w.]*);", RegexOptions.Multiline)]
    private static partial Regex Using();

    private sealed record Source(string File, string Namespace, IReadOnlyList<string> Usings);
}
