namespace Infra.Cli.CommandLine;

/// <summary>Exit status of every <c>./infra</c> command.</summary>
internal static class ExitCode
{
    public const int Fine = 0;

    /// <summary>User error: a message with the problem and the fix, without a stack trace.</summary>
    public const int UserError = 1;

    /// <summary>Internal error: an exception with its stack trace, to be reported.</summary>
    public const int InternalError = 2;

    /// <summary>Interrupted by Ctrl-C: what shells report of a program that the signal ends.</summary>
    public const int Interrupted = 130;
}
