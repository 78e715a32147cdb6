using Infra.Planning.Errors;

namespace Infra.Cli.CommandLine;

/// <summary>What is told of a failure that is no bug of ours.</summary>
internal sealed record Explanation
{
    private Explanation()
    {
    }

    /// <summary>A state of the machine, told as an operator's mistake is; null: there are words alone.</summary>
    public ConfigurationMistake? Mistake { get; private init; }

    /// <summary>Words for people, also where a program reads the output.</summary>
    public IReadOnlyList<string> Words { get; private init; } = [];

    public static Explanation Of(ConfigurationMistake mistake) => new() { Mistake = mistake };

    public static Explanation Of(params IReadOnlyList<string> words) => new() { Words = words };
}
