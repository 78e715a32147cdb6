using Infra.Lab.Linux;
using Infra.Lab.Stacks;

namespace Infra.Tests.Abuse;

/// <summary>Processes of a lab that runs, found by what they are: no one else's is among them.</summary>
internal static class LabProcesses
{
    /// <summary>
    /// Those that make the lab: its first process, what is kept, what runs servers, and what leads into it from outside.
    /// </summary>
    public static IReadOnlyList<(int Pid, string What)> OfLab(LabStack lab)
    {
        var sandbox = lab.Sandbox.Running?.Pid;
        return [.. HostProcesses.AnybodysWithWords(static _ => true)
            .Where(process => process.Pid != Environment.ProcessId && !IsOfServers(lab, process.Pid)
                && (IsIn(process.Pid, sandbox) || Names(lab, process.Words)))
            .Select(process => (process.Pid, What(process.Words)))];
    }

    /// <summary>Those of its servers, as this machine sees them.</summary>
    public static IReadOnlyList<(int Pid, string What)> OfServers(LabStack lab) =>
        [.. HostProcesses.AnybodysWithWords(static _ => true).Where(process => IsOfServers(lab, process.Pid))
            .Select(process => (process.Pid, What(process.Words)))];

    private static bool IsIn(int pid, int? sandbox) => sandbox is { } first && Link(pid) is { } own && own == Link(first);

    // The commands of the test itself have the folder of the project in theirs, not that of the lab.
    private static bool Names(LabStack lab, string[] words) =>
        words.Any(word => word.StartsWith(lab.Folder.Path, StringComparison.Ordinal));

    private static bool IsOfServers(LabStack lab, int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cgroup").Contains($"{lab.Folder.CgroupPrefix}", StringComparison.Ordinal)
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
