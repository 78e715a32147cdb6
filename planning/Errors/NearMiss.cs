namespace Infra.Planning.Errors;

/// <summary>Suggestions for an unknown name.</summary>
public static class NearMiss
{
    private const int MostSuggestions = 3;

    /// <summary>
    /// The known names nearest to <paramref name="value"/>, best first: names that contain it, and names within an edit distance of a third
    /// of its length. Ignores case. Empty if none is near.
    /// </summary>
    public static IReadOnlyList<string> Of(string value, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(known);
        var farthest = Math.Max(1, value.Length / 3);
        return [.. known
            .Select(name => (Name: name, Distance: Distance(value, name, farthest)))
            .Where(candidate => candidate.Distance <= farthest)
            .OrderBy(candidate => candidate.Distance)
            .ThenBy(candidate => candidate.Name.Length)
            .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .Take(MostSuggestions)
            .Select(candidate => candidate.Name)];
    }

    /// <summary>The rest of a sentence about an unknown name: <c>did you mean a? Known: a, b</c>.</summary>
    public static string Sentence(string value, IEnumerable<string> known)
    {
        var names = known.ToArray();
        var near = Of(value, names);
        var hint = near.Count > 0 ? $"did you mean {string.Join(" or ", near)}? " : "";
        return names.Length > 0 ? $"{hint}Known: {string.Join(", ", names)}" : $"{hint}None is known";
    }

    private static int Distance(string value, string name, int farthest)
    {
        // A part of a name ("3B-Instruct") is more likely than any edit, but one or two letters are a part of every name.
        if (value.Length >= 3 && name.Contains(value, StringComparison.OrdinalIgnoreCase))
        {
            return string.Equals(value, name, StringComparison.OrdinalIgnoreCase) ? 0 : 1;
        }

        return Math.Abs(value.Length - name.Length) > farthest ? int.MaxValue : Edits(value.ToUpperInvariant(), name.ToUpperInvariant());
    }

    /// <summary>Edit distance: insertions, deletions, replacements and swaps of adjacent letters.</summary>
    private static int Edits(string from, string to)
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

        return last[to.Length];
    }
}
