using Infra.Planning.Errors;

namespace Infra.Cli.CommandLine;

/// <summary>What a command reports of a failure that is no internal error.</summary>
internal sealed record Explanation
{
    private Explanation()
    {
    }

    /// <summary>A state of the machine, reported like a user error; null: there is only text.</summary>
    public UserError? Error { get; private init; }

    /// <summary>Text for people, also with <c>--json</c>.</summary>
    public IReadOnlyList<string> Words { get; private init; } = [];

    /// <summary>Exit status of the command.</summary>
    public int Status { get; private init; } = ExitCode.UserError;

    public static Explanation Of(UserError error) => new() { Error = error };

    public static Explanation Of(params IReadOnlyList<string> words) => new() { Words = words };

    /// <param name="words">What is left, and how to continue.</param>
    public static Explanation OfInterruption(string words) => new() { Words = [words], Status = ExitCode.Interrupted };
}
