using System.Text.RegularExpressions;
using Infra.Planning.Errors;

namespace Infra.Cli.CommandLine;

/// <summary>
/// Recognizes states of this machine behind an exception: a full disk, no memory left, a file without access. Any other exception is an
/// internal error and keeps its stack trace.
/// </summary>
internal static partial class HostFault
{
    /// <param name="exception">The exception that ended the command.</param>
    /// <returns>What to report; null if the machine is not the cause.</returns>
    public static UserError? Explain(Exception exception) =>
        Causes(exception).Select(cause => OfMachine(cause) ?? OfFile(cause)).FirstOrDefault(static fault => fault is not null);

    /// <summary>The exceptions that may be the cause, outermost first.</summary>
    public static IEnumerable<Exception> Causes(Exception exception) => exception is AggregateException many
        ? many.InnerExceptions.SelectMany(Causes)
        : exception.InnerException is { } inner ? [exception, .. Causes(inner)] : [exception];

    /// <summary>Failures that affect every user.</summary>
    /// <param name="cause">One exception.</param>
    /// <param name="movable">What can move to another disk, and how; null: nothing.</param>
    public static UserError? OfMachine(Exception cause, string? movable = null)
    {
        var words = OneLine(cause.Message);
        if (NoRoom().IsMatch(words))
        {
            return new("disk", null, $"is full: {words}",
                $"free space there (df -h){(movable is null ? "" : $", or move {movable}")}; then run it again");
        }

        if (ReadOnly().IsMatch(words))
        {
            return new("disk", null, $"is mounted read-only: {words}",
                $"{(movable is null ? "" : $"move {movable}, or ")}mount it writable; then run it again");
        }

        if (NoMemory().IsMatch(words))
        {
            return new("memory", null, $"of this machine is used up: {words}",
                "stop other programs, or use a machine with 2 GB of free memory; then run it again");
        }

        return TooManyFiles().IsMatch(words)
            ? new("open files", null, $"are at their limit: {words}", "ulimit -n 65536, then run it again")
            : null;
    }

    /// <summary>A file without access for the current user. Files of the kernel are excluded: access to those would be our error.</summary>
    public static UserError? OfFile(Exception cause) => cause is UnauthorizedAccessException
        && OneLine(cause.Message) is var words && Named().Match(words) is { Success: true } named
        && !KernelFile().IsMatch(named.Groups["path"].Value)
        ? new(named.Groups["path"].Value, null, $"cannot be used: {words}", "give the current user read and write access: chown or chmod")
        : null;

    public static string OneLine(string text) => Blank().Replace(text, " ").Trim();

    // Texts of the C library's strerror, which .NET and all programs use.
    [GeneratedRegex("No space left on device|Disk quota exceeded|File too large", RegexOptions.IgnoreCase)]
    private static partial Regex NoRoom();

    [GeneratedRegex("Read-only file system", RegexOptions.IgnoreCase)]
    private static partial Regex ReadOnly();

    [GeneratedRegex("Cannot allocate memory|Resource temporarily unavailable", RegexOptions.IgnoreCase)]
    private static partial Regex NoMemory();

    [GeneratedRegex("Too many open files", RegexOptions.IgnoreCase)]
    private static partial Regex TooManyFiles();

    [GeneratedRegex("'(?<path>[^']+)'")]
    private static partial Regex Named();

    [GeneratedRegex("^/(proc|sys|dev)/")]
    private static partial Regex KernelFile();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();
}
