using System.Text.RegularExpressions;
using Infra.Cli.CommandLine;
using Infra.Lab.Host;
using Infra.Lab.Linux;
using Infra.Lab.Stacks;
using Infra.Lab.State;
using Infra.Planning.Errors;

namespace Infra.Lab.CommandLine;

/// <summary>
/// Recognizes states of this machine behind an exception of a lab command: in addition to <see cref="HostFault"/> the cache, missing
/// privileges, a missing program, an unreachable Debian mirror, a truncated state file.
/// </summary>
internal static partial class LabFault
{
    /// <param name="exception">The exception that ended the command.</param>
    /// <param name="cache">Folder of caches and labs.</param>
    /// <param name="broken">Finds an unreadable state file; called before the cache is reported.</param>
    /// <returns>What to report; null if the machine is not the cause.</returns>
    public static UserError? Explain(Exception exception, string cache, Func<UserError?> broken)
    {
        foreach (var cause in HostFault.Causes(exception))
        {
            if (Explain(cause, cache) is { } fault)
            {
                return fault;
            }
        }

        // Something other than a file in place of a state file: the message contains the cache.
        return broken()
            ?? HostFault.Causes(exception).Select(cause => OfCache(cause, cache)).FirstOrDefault(static fault => fault is not null);
    }

    private static UserError? OfCache(Exception cause, string cache)
    {
        var words = HostFault.OneLine(cause.Message);
        var fix = cause switch
        {
            _ when !IsOf(words, cache) => null,
            UnauthorizedAccessException => $"chown it to the current user, or move the cache with {LabFolder.CacheVariable}",
            IOException => "wait for other ./infra commands to end, or ./infra down; then run it again",
            _ => null,
        };
        return fix is null ? null : new("cache", cache, $"cannot be used: {words}", fix);
    }

    private static UserError? Explain(Exception cause, string cache)
    {
        if (HostFault.OfMachine(cause, $"the cache to another folder with {LabFolder.CacheVariable}") is { } machine)
        {
            return machine;
        }

        var words = HostFault.OneLine(cause.Message);
        if (cause is ProgramException { Started: true } or IOException && NoRight().IsMatch(words))
        {
            return new("privileges", null, $"of this process are insufficient: {words}",
                "run it as root on a machine or in a container with all privileges (docker run --privileged)");
        }

        return cause switch
        {
            StateFileException { IsNewer: true } state => StateFiles.Newer(state.Path, state.Problem),
            StateFileException state => StateFiles.Broken(state.Path, state.Problem),
            ProgramException { Started: false, Program: var program } => new(program, null, $"could not be started: {words}",
                Path.IsPathRooted(program)
                    ? $"run it from a folder that is not mounted noexec: {Path.GetDirectoryName(program)} is"
                    : "./infra up, which installs what is missing"),
            ProgramException { Program: var program } when Path.GetFileName(program).StartsWith("prepare-", StringComparison.Ordinal) =>
                new("the server image", null, $"could not be built: {words}",
                "check that apt-get update works here, or set another Debian mirror with INFRA_LAB_DEBIAN; then run it again"),
            _ => IsOf(words, cache) ? null : HostFault.OfFile(cause),
        };
    }

    private static bool IsOf(string words, string folder) => words.Contains(folder, StringComparison.Ordinal);

    // From programs and calls for namespaces, links and mounts; file access is reported elsewhere.
    [GeneratedRegex("Operation not permitted", RegexOptions.IgnoreCase)]
    private static partial Regex NoRight();
}
