using System.Globalization;
using Infra.Lab.Host;
using Infra.Lab.Linux;
using Infra.Lab.Stacks;

namespace Infra.Tests.Lab;

/// <summary>
/// Traces that a lab could leave on the machine: processes in its namespaces or with its folder in their command lines, mounts,
/// namespaces, cgroups, loop devices, files. Other labs may come and go meanwhile.
/// </summary>
internal sealed class SurvivesTraces
{
    private static readonly string[] Kinds = ["net", "mnt", "pid"];
    private readonly LabFolder _folder;
    private readonly HashSet<string> _namespaces = new(StringComparer.Ordinal);

    public SurvivesTraces(LabStack lab)
    {
        _folder = lab.Folder;
        Look(lab);
    }

    /// <summary>Records the current namespaces of the sandbox, of each server and of each load balancer.</summary>
    public void Look(LabStack lab)
    {
        if (lab.Sandbox.Running is not { } sandbox)
        {
            return;
        }

        // The processes of servers were started from outside of the sandbox, so they are not its children: they are in its PID namespace
        // or in a server's cgroup.
        var own = Namespaces(Environment.ProcessId);
        foreach (var pid in Processes().Where(pid => IsOf(pid, sandbox.Pid) || IsOfServers(pid)))
        {
            _namespaces.UnionWith(Namespaces(pid).Except(own));
        }
    }

    /// <summary>Everything that is still there, a line each.</summary>
    public async Task<IReadOnlyList<string>> LeftAsync()
    {
        var left = new List<string>();
        foreach (var pid in Processes().Where(pid => pid != Environment.ProcessId))
        {
            var words = CommandLine(pid);
            if (((Namespaces(pid).Overlaps(_namespaces) && !IsOfOtherServers(pid))
                || words.Contains(_folder.Path, StringComparison.Ordinal))
                && Stat(pid) is var process && !HasEnded(process))
            {
                // One that has no command line has a name, a state and a parent.
                left.Add($"process {pid}, {process}: {words}");
            }
        }

        left.AddRange(File.ReadLines("/proc/self/mountinfo").Where(line => line.Contains(_folder.Path, StringComparison.Ordinal))
            .Select(line => $"mount {line}"));
        left.AddRange(Cgroups().Select(folder => $"cgroup {folder}"));
        left.AddRange((await LoopDevicesAsync()).Select(file => $"loop device of {file}"));
        if (Directory.Exists(_folder.Path))
        {
            left.Add($"folder {_folder.Path}");
        }

        return left;
    }

    private static readonly string[] Hierarchies = ["/sys/fs/cgroup/systemd", "/sys/fs/cgroup"];

    /// <summary>cgroups of the lab's servers, those of the first hierarchy alone.</summary>
    public IReadOnlyList<string> Cgroups() =>
        [.. Hierarchies.Where(Directory.Exists).SelectMany(root => Directory.EnumerateDirectories(root, $"{_folder.CgroupPrefix}*"))];

    /// <summary>Files of the lab behind loop devices.</summary>
    public async Task<IReadOnlyList<string>> LoopDevicesAsync() =>
        [.. (await HostProgram.RunAsync("losetup", ["--list", "--noheadings", "--output", "BACK-FILE"])).Split('\n')
            .Where(file => file.Contains(_folder.Path, StringComparison.Ordinal))];

    /// <summary>Processes that run servers of the lab.</summary>
    public static int ServersIn(LabStack lab) => lab.Sandbox.Running is { } sandbox
        ? Processes().Count(pid => IsOf(pid, sandbox.Pid) && CommandLine(pid).StartsWith("systemd-nspawn ", StringComparison.Ordinal)
            && !Parent(pid).StartsWith("systemd-nspawn ", StringComparison.Ordinal))
        : 0;

    private static string Parent(int pid) => ParentOf(pid) is { } parent ? CommandLine(parent) : "";

    private static IEnumerable<int> Processes() => Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid) ? pid : 0)
        .Where(pid => pid > 0);

    private static HashSet<string> Namespaces(int pid) => [.. Kinds.Select(kind => Link($"/proc/{pid}/ns/{kind}")).OfType<string>()];

    private static string? Link(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
    }

    // An orphan that has ended holds nothing but its number until the machine's init asks for it, which is init's business.
    private static bool HasEnded((string Name, string State, int Parent)? process) => process is null or { State: "Z", Parent: 1 };

    private static bool IsOf(int pid, int sandbox) => Link($"/proc/{pid}/ns/pid") is { } own && own == Link($"/proc/{sandbox}/ns/pid");

    private bool IsOfServers(int pid) => IsInCgroup(pid, $"/{_folder.CgroupPrefix}");

    /// <summary>The kernel gives the number of a namespace that has ended to the next one, which may be another lab's.</summary>
    private bool IsOfOtherServers(int pid) => IsInCgroup(pid, $"/{LabFolder.AnyCgroup}") && !IsOfServers(pid);

    private static bool IsInCgroup(int pid, string beginning)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cgroup").Contains(beginning, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static int? ParentOf(int pid) => Stat(pid)?.Parent;

    // The name, in parentheses, may hold anything.
    private static (string Name, string State, int Parent)? Stat(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var end = stat.LastIndexOf(')');
            var fields = stat[(end + 2)..].Split(' ');
            return (stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..end], fields[0],
                int.Parse(fields[1], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null;
        }
    }
}
