using Infra.Planning.Errors;

namespace Infra.Cli.Plan;

/// <summary>A complete <c>./infra plan</c> command for pasting: the typed command with one option added or corrected.</summary>
/// <param name="words">The typed words after <c>plan</c>: options and values.</param>
internal sealed class PlanCommandLine(IReadOnlyList<string> words)
{
    private const string Command = "./infra plan";

    public string With(string option, string value) => Shell([.. words, option, value]);

    /// <summary>The same error, with the complete command as its fix instead of one option.</summary>
    public UserError Complete(UserError error) =>
        error.Fix.StartsWith("--", StringComparison.Ordinal) && error.Fix.Split(' ', 2) is [var option, var right]
            ? error with { Fix = Corrected(option, option == error.Key ? error.Value?.ToString() : null, right) }
            : error;

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

        // A message may shorten the value. It is then not found, and the right value replaces all.
        var corrected = values.Contains(wrong!) ? values.Select(value => value == wrong ? right : value) : [right];
        return Shell([.. others, option, string.Join(',', corrected.Distinct())]);
    }

    private static string Shell(IEnumerable<string> words) => string.Join(' ', words.Select(ShellWord.Of).Prepend(Command));
}
