using System.Runtime.CompilerServices;

namespace Infra.Tests.Golden;

/// <summary>
/// A file that is compared to the letter. <c>GOLDEN_ACCEPT=1 ./infra test golden</c> writes what the code says now; the
/// change is then reviewed like code.
/// </summary>
internal static class GoldenFile
{
    private static bool Accepting => Environment.GetEnvironmentVariable("GOLDEN_ACCEPT") == "1";

    /// <summary>The folder of the project, found from where this source file was compiled.</summary>
    public static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));

    /// <summary>Compares a whole file, given by its path below the project.</summary>
    public static void Matches(string path, string actual)
    {
        var file = Path.Combine(Root(), path);
        if (Accepting)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, actual);
        }

        Assert.True(File.Exists(file), $"{path} does not exist: GOLDEN_ACCEPT=1 ./infra test golden");
        Assert.Equal(File.ReadAllText(file), actual);
    }

    /// <summary>Compares the part of a document between <c>&lt;!-- NAME:begin --&gt;</c> and <c>&lt;!-- NAME:end --&gt;</c>.</summary>
    public static void MatchesSection(string path, string name, string actual)
    {
        var file = Path.Combine(Root(), path);
        var text = File.ReadAllText(file);
        var begin = $"<!-- {name}:begin -->\n";
        var end = $"<!-- {name}:end -->";
        var from = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        var to = text.IndexOf(end, StringComparison.Ordinal);
        Assert.True(from >= begin.Length && to >= from, $"{path} has no section {name}");
        if (Accepting)
        {
            File.WriteAllText(file, text[..from] + actual + text[to..]);
            return;
        }

        Assert.Equal(text[from..to], actual);
    }
}
