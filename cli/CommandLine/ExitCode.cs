namespace Infra.Cli.CommandLine;

/// <summary>What every command of <c>./infra</c> ends with.</summary>
internal static class ExitCode
{
    public const int Fine = 0;

    /// <summary>The operator's mistake: a message that names it, no stack trace.</summary>
    public const int OperatorMistake = 1;

    /// <summary>Ours: an exception with its trace, to be reported.</summary>
    public const int Bug = 2;
}
