using System.Globalization;

namespace Infra.Lab.Linux;

/// <summary>
/// Processes of this machine by the words that they were started with: what runs is looked for, and not what somebody wrote down.
/// </summary>
internal static class HostProcesses
{
    /// <summary>
    /// Those whose words answer yes and that are ours: anybody may give a process any words, and what is found is entered as root or ended.
    /// </summary>
    public static IReadOnlyList<(int Pid, string[] Words)> WithWords(Func<string[], bool> isWanted) =>
        [.. AnybodysWithWords(isWanted).Where(static found => IsOurs(found.Pid))];

    /// <summary>The same of any user.</summary>
    public static IReadOnlyList<(int Pid, string[] Words)> AnybodysWithWords(Func<string[], bool> isWanted)
    {
        var words = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var found = Where(process => isWanted(
            words[Path.GetFileName(process)] = File.ReadAllText(Path.Combine(process, "cmdline")).TrimEnd('\0').Split('\0')));
        return [.. found.Select(pid => (pid, words[pid.ToString(CultureInfo.InvariantCulture)]))];
    }

    /// <summary>Whether it is of the user who runs this, with no other user's rights, and in the same user namespace.</summary>
    public static bool IsOurs(int pid) =>
        UsersOf(File.ReadAllLines("/proc/self/status")) is [_, var user, ..]
        && IsOfUser(StatusOf(pid), user)
        && UserNamespaceOf(pid.ToString(CultureInfo.InvariantCulture)) is { } its
        && its == UserNamespaceOf("self");

    /// <summary>Whether all that it can do it does as this user.</summary>
    /// <param name="status">Its <see cref="StatusOf"/>.</param>
    /// <param name="user">Number of the user.</param>
    internal static bool IsOfUser(IEnumerable<string> status, string user) =>
        UsersOf(status) is { Length: 4 } users && Array.TrueForAll(users, its => its == user);

    // Real, effective, saved, of the file system.
    private static string[] UsersOf(IEnumerable<string> status) =>
        status.FirstOrDefault(static field => field.StartsWith("Uid:", StringComparison.Ordinal))?.Split('\t')[1..] ?? [];

    private static string? UserNamespaceOf(string process) => new FileInfo($"/proc/{process}/ns/user").LinkTarget;

    /// <summary>Process ids of those whose folder in <c>/proc</c> answers yes.</summary>
    public static List<int> Where(Func<string, bool> isWanted)
    {
        var found = new List<int>();
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
            {
                try
                {
                    if (isWanted(process))
                    {
                        found.Add(pid);
                    }
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    // It ended meanwhile.
                }
            }
        }

        return found;
    }

    /// <summary>
    /// When it started; null where it has ended. Field 22 of <c>/proc/PID/stat</c>, after the name in parentheses, which may hold anything.
    /// </summary>
    public static long? StartOf(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] == "Z" ? null : long.Parse(fields[19], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Lines of <c>/proc/PID/status</c> (proc_pid_status(5)); none where it has ended.</summary>
    public static string[] StatusOf(int pid)
    {
        try
        {
            return File.ReadAllLines($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/status");
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>Whether it is the first of its own process ids.</summary>
    /// <param name="status">Its <see cref="StatusOf"/>.</param>
    public static bool IsFirst(IEnumerable<string> status) =>
        status.Any(field => field.StartsWith("NSpid:", StringComparison.Ordinal) && field.EndsWith("\t1", StringComparison.Ordinal));

    /// <summary>Names its network namespace; null where it has ended.</summary>
    public static string? NetworkOf(string process) => new FileInfo($"/proc/{process}/ns/net").LinkTarget;
}
