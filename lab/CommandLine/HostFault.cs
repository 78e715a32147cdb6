using System.Text.RegularExpressions;
using Infra.Lab.Machines;
using Infra.Planning.Errors;

namespace Infra.Lab.CommandLine;

/// <summary>
/// A state of this machine behind an exception: a full disk, a folder that cannot be written to, a program that is not there, the network
/// of Debian's mirror, a state file that was cut. What is none of these is a bug of ours, and keeps its trace.
/// </summary>
internal static partial class HostFault
{
    /// <summary>A state file that is not what was written; <c>down</c> reads none of them.</summary>
    public static ConfigurationMistake Broken(string file, string why) => LabFolder.StackOf(file) is { } stack
        ? new(file, null, $"is not what was written: {why}; the laboratory cannot go on from it",
            $"./infra down {stack}, then ./infra up {stack}")
        : new(file, null, $"is not what was written: {why}", $"rm -r {file}, then run it again");

    /// <param name="exception">What ended the command.</param>
    /// <param name="cache">Folder of caches and laboratories.</param>
    /// <param name="broken">Looks for a state file that cannot be read; asked before the cache is blamed.</param>
    /// <returns>What to tell; null where the machine has nothing to do with it.</returns>
    public static ConfigurationMistake? Explain(Exception exception, string cache, Func<ConfigurationMistake?> broken)
    {
        foreach (var cause in Causes(exception))
        {
            if (Explain(cause, cache) is { } fault)
            {
                return fault;
            }
        }

        // What is no file where a state file belongs is refused in words that name the cache.
        return broken() ?? Causes(exception).Select(cause => OfCache(cause, cache)).FirstOrDefault(static fault => fault is not null);
    }

    private static ConfigurationMistake? OfCache(Exception cause, string cache)
    {
        var words = OneLine(cause.Message);
        var fix = cause switch
        {
            _ when !IsOf(words, cache) => null,
            UnauthorizedAccessException => $"chown it to who runs this, or move the cache with {LabFolder.CacheVariable}",
            IOException => "wait for other ./infra commands to end, or ./infra down; then run it again",
            _ => null,
        };
        return fix is null ? null : new("cache", cache, $"cannot be used: {words}", fix);
    }

    private static ConfigurationMistake? Explain(Exception cause, string cache)
    {
        var words = OneLine(cause.Message);
        if (NoRoom().IsMatch(words))
        {
            return new("disk", null, $"is full: {words}", $"free room there (df -h), or move the cache to another folder with {LabFolder.CacheVariable}; then run it again");
        }

        if (ReadOnly().IsMatch(words))
        {
            return new("disk", null, $"is mounted read-only: {words}", $"move the cache to another folder with {LabFolder.CacheVariable}, or mount it writable; then run it again");
        }

        if (NoMemory().IsMatch(words))
        {
            return new("memory", null, $"of this machine is used up: {words}", "stop other programs, or take a machine with 2 GB of free memory; then run it again");
        }

        if (TooManyFiles().IsMatch(words))
        {
            return new("open files", null, $"are at their limit: {words}", "ulimit -n 65536, then run it again");
        }

        if (cause is ProgramException { Started: true } or IOException && NoRight().IsMatch(words))
        {
            return new("rights", null, $"of this process do not suffice: {words}",
                "run it as root on a machine or in a container with all privileges (docker run --privileged)");
        }

        return cause switch
        {
            StateFileException state => Broken(state.Path, state.Problem),
            ProgramException { Started: false, Program: var program } => new(program, null, $"could not be started: {words}",
                Path.IsPathRooted(program) ? $"run it from a folder that is not mounted noexec: {Path.GetDirectoryName(program)} is" : "./infra up, which installs what is missing"),
            ProgramException { Program: var program } when Path.GetFileName(program).StartsWith("prepare-", StringComparison.Ordinal) => new("the servers' image", null, $"could not be made: {words}",
                "check that apt-get update works here, or name another mirror of Debian with INFRA_LAB_DEBIAN; then run it again"),
            // Of the kernel's own files it would be we who ask for what nobody may.
            UnauthorizedAccessException when !IsOf(words, cache) && Named().Match(words) is { Success: true } named
                && !KernelFile().IsMatch(named.Groups["path"].Value) => new(
                named.Groups["path"].Value, null, $"cannot be used: {words}", "let who runs this read and write it: chown or chmod"),
            _ => null,
        };
    }

    private static bool IsOf(string words, string folder) => words.Contains(folder, StringComparison.Ordinal);

    private static IEnumerable<Exception> Causes(Exception exception) => exception is AggregateException many
        ? many.InnerExceptions.SelectMany(Causes)
        : exception.InnerException is { } inner ? [exception, .. Causes(inner)] : [exception];

    private static string OneLine(string text) => Blank().Replace(text, " ").Trim();

    // The words of the C library's strerror, in which .NET and every program of the machine tell these.
    [GeneratedRegex("No space left on device|Disk quota exceeded|File too large", RegexOptions.IgnoreCase)]
    private static partial Regex NoRoom();

    [GeneratedRegex("Read-only file system", RegexOptions.IgnoreCase)]
    private static partial Regex ReadOnly();

    [GeneratedRegex("Cannot allocate memory|Resource temporarily unavailable", RegexOptions.IgnoreCase)]
    private static partial Regex NoMemory();

    // Of programs and calls that enter or make namespaces, links and mounts; what a file refuses is told below.
    [GeneratedRegex("Operation not permitted", RegexOptions.IgnoreCase)]
    private static partial Regex NoRight();

    [GeneratedRegex("Too many open files", RegexOptions.IgnoreCase)]
    private static partial Regex TooManyFiles();

    [GeneratedRegex("'(?<path>[^']+)'")]
    private static partial Regex Named();

    [GeneratedRegex("^/(proc|sys|dev)/")]
    private static partial Regex KernelFile();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();
}
