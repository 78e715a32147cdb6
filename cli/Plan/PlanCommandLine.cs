using Infra.Planning.Errors;

namespace Infra.Cli.Plan;

/// <summary>A call of <c>./infra plan</c> that can be pasted: what was typed, with one option added or corrected.</summary>
/// <param name="words">What was typed after <c>plan</c>: options and their values, each a word.</param>
internal sealed class PlanCommandLine(IReadOnlyList<string> words)
{
    private const string Command = "./infra plan";

    public string With(string option, string value) => Shell([.. words, option, value]);

    /// <summary>The same mistake, whose fix is the whole command instead of the one option that is wrong.</summary>
    public ConfigurationMistake Complete(ConfigurationMistake mistake)
    {
        var start = $"{Command} {mistake.Key} ";
        return mistake.Fix.StartsWith(start, StringComparison.Ordinal)
            ? mistake with { Fix = Corrected(mistake.Key, mistake.Value?.ToString(), mistake.Fix[start.Length..]) }
            : mistake;
    }

    private string Corrected(string option, string? wrong, string right)
    {
        var others = new List<string>();
        var values = new List<string>();
        var current = "";
        foreach (var word in words)
        {
            if (word.StartsWith("--", StringComparison.Ordinal))
            {
                current = word;
            }

            if (current != option)
            {
                others.Add(word);
            }
            else if (word != option)
            {
                values.AddRange(word.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
            }
        }

        // A message may show a value in short: then none is found, and the right one takes the place of all.
        var corrected = values.Contains(wrong!) ? values.Select(value => value == wrong ? right : value) : [right];
        return Shell([.. others, option, string.Join(',', corrected.Distinct())]);
    }

    private static string Shell(IEnumerable<string> words) => string.Join(' ', words.Select(ShellWord.Of).Prepend(Command));
}
