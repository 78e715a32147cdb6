using Infra.Lab.Laboratories;
using Infra.Lab.Linux;

namespace Infra.Tests.Abuse;

/// <summary>Processes of a lab that runs, found by what they are: no one else's is among them.</summary>
internal static class LabProcesses
{
    /// <summary>
    /// Those that make the lab: its first process, what is kept, what runs servers, and what leads into it from outside.
    /// </summary>
    public static IReadOnlyList<(int Pid, string What)> OfLab(Laboratory laboratory)
    {
        var world = laboratory.World.Running?.Pid;
        return [.. HostProcesses.AnybodysWithWords(static _ => true)
            .Where(process => process.Pid != Environment.ProcessId && !IsOfServers(laboratory, process.Pid)
                && (IsIn(process.Pid, world) || Names(laboratory, process.Words)))
            .Select(process => (process.Pid, What(process.Words)))];
    }

    /// <summary>Those of its servers, as this machine sees them.</summary>
    public static IReadOnlyList<(int Pid, string What)> OfServers(Laboratory laboratory) =>
        [.. HostProcesses.AnybodysWithWords(static _ => true).Where(process => IsOfServers(laboratory, process.Pid))
            .Select(process => (process.Pid, What(process.Words)))];

    private static bool IsIn(int pid, int? world) => world is { } first && Link(pid) is { } own && own == Link(first);

    // The commands of the test itself have the folder of the project in theirs, not that of the lab.
    private static bool Names(Laboratory laboratory, string[] words) =>
        words.Any(word => word.StartsWith(laboratory.Folder.Path, StringComparison.Ordinal));

    private static bool IsOfServers(Laboratory laboratory, int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cgroup").Contains($"{laboratory.Folder.CgroupPrefix}", StringComparison.Ordinal)
                && File.ReadAllText($"/proc/{pid}/cgroup").Contains("/payload", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string? Link(int pid)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/ns/pid").LinkTarget;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Names, and no numbers: of two servers each is as good as the other.
    private static string What(string[] words) => string.Join(' ', words.Take(8)
        .Select(word => Path.GetFileName(word)).Where(word => word.Length > 0 && !word.Any(char.IsAsciiDigit)));
}
