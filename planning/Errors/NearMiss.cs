namespace Infra.Planning.Errors;

/// <summary>Suggestions for an unknown name.</summary>
public static class NearMiss
{
    private const int MostSuggestions = 3;

    private static readonly char[] s_separators = ['/', '-', '.', '_', ' '];

    /// <summary>
    /// The known names nearest to <paramref name="value"/>, best first: the same name in another case, names that start with it or that it
    /// starts with, names that contain it or its words in order, and names within a small edit distance of it, whole or from their start.
    /// Ignores case, and a missing owner (<c>OWNER/NAME</c>). Empty if none is near.
    /// </summary>
    /// <param name="value">The unknown name.</param>
    /// <param name="known">All known names.</param>
    /// <param name="prefer">Names that win among equally near ones. Default: the shortest wins.</param>
    public static IReadOnlyList<string> Of(string value, IEnumerable<string> known, Func<string, bool>? prefer = null)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(known);
        string[] names = [.. known];
        var extended = names.Where(name => Extends(value, name)).MaxBy(name => name.Length);
        return [.. names
            .Select(name => (Name: name, Rank: name == extended ? 1 : Rank(value, name)))
            .Where(candidate => candidate.Rank is not null)
            .OrderBy(candidate => candidate.Rank)
            .ThenBy(candidate => prefer?.Invoke(candidate.Name) is not true)
            .ThenBy(candidate => candidate.Name.Length)
            .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .Take(MostSuggestions)
            .Select(candidate => candidate.Name)];
    }

    /// <summary>The rest of a sentence about an unknown name: <c>did you mean a? Known: a, b</c>.</summary>
    public static string Sentence(string value, IEnumerable<string> known, Func<string, bool>? prefer = null)
    {
        var names = known.ToArray();
        var near = Of(value, names, prefer);
        var hint = near.Count > 0 ? $"did you mean {string.Join(" or ", near)}? " : "";
        return names.Length > 0 ? $"{hint}Known: {string.Join(", ", names)}" : $"{hint}None is known";
    }

    /// <summary>How near a name is, lower is nearer; null if it is not near.</summary>
    private static int? Rank(string value, string name)
    {
        var bare = value.Contains('/', StringComparison.Ordinal) ? name : name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..];
        if (Same(value, name) || Same(value, bare))
        {
            return 0;
        }

        if (value.Length >= 2 && bare.StartsWith(value, StringComparison.OrdinalIgnoreCase))
        {
            return 1;
        }

        // A part of a name ("3B-Instruct") is more likely than any edit, but one or two letters are a part of every name.
        if (HasWords(name, value) || (value.Length >= 3 && name.Contains(value, StringComparison.OrdinalIgnoreCase)))
        {
            return 2;
        }

        var (whole, start) = Edits(value.ToUpperInvariant(), bare.ToUpperInvariant());
        var farthest = Math.Max(1, value.Length / 3);
        return start > 0 && start <= farthest / 2 && start < whole ? 3 + start
            : whole <= farthest ? 2 + whole
            : null;
    }

    /// <summary>Whether a value is a name with something behind it: <c>NAME-FP8</c>, <c>NAME@main</c>.</summary>
    private static bool Extends(string value, string name)
    {
        var bare = value.Contains('/', StringComparison.Ordinal) ? name : name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return bare.Length > 2 && value.Length > bare.Length && value.StartsWith(bare, StringComparison.OrdinalIgnoreCase)
            && !char.IsLetterOrDigit(value[bare.Length]);
    }

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Whether a name contains all words of a value, in order: <c>Ministral-3-8B-Instruct-2512</c> those of <c>ministral-8b</c>.
    /// </summary>
    private static bool HasWords(string name, string value)
    {
        var words = value.Split(s_separators, StringSplitOptions.RemoveEmptyEntries);
        var found = 0;
        foreach (var word in name.Split(s_separators))
        {
            found += found < words.Length && Same(words[found], word) ? 1 : 0;
        }

        return found > 0 && found == words.Length;
    }

    /// <summary>
    /// Edit distance (insertions, deletions, replacements and swaps of adjacent letters) to the whole name, and to its nearest start.
    /// </summary>
    private static (int Whole, int Start) Edits(string from, string to)
    {
        var beforeLast = new int[to.Length + 1];
        var last = new int[to.Length + 1];
        var current = new int[to.Length + 1];
        for (var column = 0; column <= to.Length; column++)
        {
            last[column] = column;
        }

        for (var row = 1; row <= from.Length; row++)
        {
            current[0] = row;
            for (var column = 1; column <= to.Length; column++)
            {
                var replaced = from[row - 1] == to[column - 1] ? 0 : 1;
                current[column] = Math.Min(Math.Min(last[column], current[column - 1]) + 1, last[column - 1] + replaced);
                if (row > 1 && column > 1 && from[row - 1] == to[column - 2] && from[row - 2] == to[column - 1])
                {
                    current[column] = Math.Min(current[column], beforeLast[column - 2] + 1);
                }
            }

            (beforeLast, last, current) = (last, current, beforeLast);
        }

        return (last[to.Length], last.Min());
    }
}
