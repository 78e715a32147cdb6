using System.Text.RegularExpressions;
using Infra.Tests.Deployments;

namespace Infra.Tests.Unit.Repository;

/// <summary>The part of <c>dotnet format</c> that neither <c>./infra check</c> nor its build with analyzers has.</summary>
public sealed partial class UsingsTests
{
    private static readonly string[] s_folders =
        ["benchmarks", "cli", "components", "lab", "node", "offline", "planning", "stacks", "tests"];

    [Fact]
    public void Usings_are_sorted_and_those_of_System_come_first()
    {
        var files = s_folders.SelectMany(folder =>
            Directory.EnumerateFiles(Path.Combine(StackFiles.Root, folder), "*.cs", SearchOption.AllDirectories));

        Assert.All(files, file =>
        {
            var usings = Using().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value).ToArray();
            Assert.Equal(
                usings.OrderBy(name => !$"{name}.".StartsWith("System.", StringComparison.Ordinal))
                    .ThenBy(static name => name, s_bySegment),
                usings);
        });
    }

    private static readonly Comparer<string> s_bySegment = Comparer<string>.Create(static (left, right) =>
        string.CompareOrdinal(left.Replace('.', '\0'), right.Replace('.', '\0')));

    [GeneratedRegex(@"^using ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Using();
}
