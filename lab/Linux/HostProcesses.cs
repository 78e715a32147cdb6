using System.Globalization;

namespace Infra.Lab.Linux;

/// <summary>
/// Finds processes of this machine by their command line, instead of recorded ids.
/// </summary>
internal static class HostProcesses
{
    /// <summary>
    /// Matching processes of the current user: any user may choose any command line, and the results are entered as root or killed.
    /// </summary>
    public static IReadOnlyList<(int Pid, string[] Words)> WithWords(Func<string[], bool> isWanted) =>
        [.. AnybodysWithWords(isWanted).Where(static found => IsOurs(found.Pid))];

    /// <summary>The same for any user.</summary>
    public static IReadOnlyList<(int Pid, string[] Words)> AnybodysWithWords(Func<string[], bool> isWanted)
    {
        var words = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var found = Where(process => isWanted(
            words[Path.GetFileName(process)] = File.ReadAllText(Path.Combine(process, "cmdline")).TrimEnd('\0').Split('\0')));
        return [.. found.Select(pid => (pid, words[pid.ToString(CultureInfo.InvariantCulture)]))];
    }

    /// <summary>Whether it runs as the current user only, and in the same user namespace.</summary>
    public static bool IsOurs(int pid) =>
        UsersOf(File.ReadAllLines("/proc/self/status")) is [_, var user, ..]
        && IsOfUser(StatusOf(pid), user)
        && UserNamespaceOf(pid.ToString(CultureInfo.InvariantCulture)) is { } its
        && its == UserNamespaceOf("self");

    /// <summary>Whether all its ids are this user's.</summary>
    /// <param name="status">Its <see cref="StatusOf"/>.</param>
    /// <param name="user">Number of the user.</param>
    internal static bool IsOfUser(IEnumerable<string> status, string user) =>
        UsersOf(status) is { Length: 4 } users && Array.TrueForAll(users, its => its == user);

    // Real, effective, saved and file system id.
    private static string[] UsersOf(IEnumerable<string> status) =>
        status.FirstOrDefault(static field => field.StartsWith("Uid:", StringComparison.Ordinal))?.Split('\t')[1..] ?? [];

    private static string? UserNamespaceOf(string process) => new FileInfo($"/proc/{process}/ns/user").LinkTarget;

    /// <summary>Process ids whose folder in <c>/proc</c> matches.</summary>
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
    /// Its start time; null if it has ended. Field 22 of <c>/proc/PID/stat</c>, after the name in parentheses, which may contain anything.
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

    /// <summary>Lines of <c>/proc/PID/status</c> (proc_pid_status(5)); none if it has ended.</summary>
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

    /// <summary>Whether it is the first process of its PID namespace.</summary>
    /// <param name="status">Its <see cref="StatusOf"/>.</param>
    public static bool IsFirst(IEnumerable<string> status) =>
        status.Any(field => field.StartsWith("NSpid:", StringComparison.Ordinal) && field.EndsWith("\t1", StringComparison.Ordinal));

    /// <summary>Identifies its network namespace; null if it has ended.</summary>
    public static string? NetworkOf(string process) => new FileInfo($"/proc/{process}/ns/net").LinkTarget;
}
