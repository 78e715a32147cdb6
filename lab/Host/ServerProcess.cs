using System.Diagnostics;
using System.Globalization;
using Infra.Lab.Linux;
using Infra.Lab.Specs;
using Infra.Planning.Errors;

namespace Infra.Lab.Host;

/// <summary>A server as processes of this machine: start, access, stop.</summary>
internal sealed class ServerProcess(LabFolder folder, Sandbox sandbox, string id)
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PowerOffPatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(10);
    private const string Cgroups = "/sys/fs/cgroup";

    private string Cgroup => folder.CgroupPrefix + id;

    public string Console => Path.Combine(folder.Servers, $"{id}.console");

    /// <summary>Process id of its init on this machine; null if it is off.</summary>
    public int? Leader
    {
        get
        {
            foreach (var hierarchy in new[] { $"{Cgroups}/systemd", Cgroups })
            {
                try
                {
                    if (InitAmong(
                        File.ReadLines($"{hierarchy}/{Cgroup}/payload/init.scope/cgroup.procs"), HostProcesses.StatusOf) is { } pid)
                    {
                        return pid;
                    }
                }
                catch (IOException)
                {
                    // Another cgroup version, or off.
                }
            }

            return null;
        }
    }

    /// <summary>Boots it; returns when its init and its network are up.</summary>
    /// <param name="root">Its own files.</param>
    /// <param name="layers">Lower layers: <see cref="ServerImages.LayersAsync"/>.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="snapshot">Archive of a disk to begin with; null: the layers alone.</param>
    public async Task StartAsync(ServerRoot root, string layers, CancellationToken cancel, string? snapshot = null)
    {
        string[] command = [Path.Combine(Sandbox.Scripts, "make-root"), id, layers];
        await sandbox.RunAsync(snapshot is null ? command : [.. command, snapshot], root.Pack(), cancel);
        await BootAsync(root, cancel);
    }

    /// <summary>Whether it has a root, running or not.</summary>
    public bool HasRoot => sandbox.Running is not null && Directory.Exists(HostPath("/usr"));

    /// <summary>Boots it from the root that it has, with its own files written again: its disks and its hardware may be others.</summary>
    public async Task StartAgainAsync(ServerRoot root, CancellationToken cancel)
    {
        await sandbox.RunAsync(
            ["tar", "-x", "-C", $"/run/servers/{id}/root", "--no-same-owner", "--no-overwrite-dir"], root.Pack(), cancel);
        await BootAsync(root, cancel);
    }

    private async Task BootAsync(ServerRoot root, CancellationToken cancel)
    {
        var server = root.Server;
        var privateAddress = $"{server.PrivateAddress}{server.VpcCidr[server.VpcCidr.IndexOf('/', StringComparison.Ordinal)..]}";
        var process = await HostProgram.StartDetachedAsync(
            Console,
            sandbox.Inside(Path.Combine(Sandbox.Scripts, "server"), id, Cgroup, server.PublicAddress, privateAddress, Text(root.Vcpus),
                Text(root.MemoryBytes)), cancel);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(StartPatience);
        while (Leader is null || !await HasAddressAsync(server.PublicAddress, cancel))
        {
            // If its process has ended, waiting is useless.
            if (limit.IsCancellationRequested || !Directory.Exists($"/proc/{Text(process)}"))
            {
                cancel.ThrowIfCancellationRequested();
                throw await NotStartedAsync(server);
            }

            await Task.Delay(100, cancel);
        }
    }

    /// <summary>A failed start, with all known reasons.</summary>
    private async Task<ConfigurationException> NotStartedAsync(ServerSpec server)
    {
        var failed = "";
        if (Leader is not null)
        {
            using var limit = new CancellationTokenSource(AnswerPatience);
            try
            {
                var units =
                    (await AskAsync(["systemctl", "list-units", "--plain", "--no-legend", "--state=failed"], null, limit.Token)).Output
                    .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]);
                failed = $"; failed units: {(string.Join(", ", units) is { Length: > 0 } names ? names : "none")}";
            }
            catch (Exception exception) when (exception is OperationCanceledException or ConfigurationException or ProgramException)
            {
                failed = "; its failed units are unknown";
            }
        }

        var awaited = Leader is null ? "its init did not start" : $"eth0 did not get {server.PublicAddress}";
        return new(new UserError($"server {server.Name}", null,
            $"did not start: {awaited}{failed}; the end of its console {Console}: {Sandbox.Tail(Console) ?? "nothing"}",
            $"{folder.DownCommand}, then {folder.UpCommand}"));
    }

    /// <summary>The command line to run a command as root on the server.</summary>
    /// <exception cref="ConfigurationException">The server is off.</exception>
    public string[] Inside(params IEnumerable<string> command) =>
    [
        // With --fork, nsenter stops itself when the SIGSTOP of a shutdown reaches its child, and the server would never stop.
        "nsenter", "-t", (Leader ?? throw IsOff()).ToString(CultureInfo.InvariantCulture),
        "-m", "-u", "-i", "-n", "-p", "-C", "--no-fork", "--",
        "env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8", "TERM=dumb",
        // The shell stays outside of the server's PID namespace, only the command is inside: through env, because the shell's builtin kill
        // would reach processes of this machine.
        "sh", "-c", "cd / && env -- \"$@\"; exit $?", "-", .. command,
    ];

    private ConfigurationException IsOff() =>
        sandbox.Running is null ? sandbox.NotUp() : new(new UserError("server", id, "is off", folder.UpCommand));

    /// <summary>Runs a command as root on the server.</summary>
    public Task<ProgramAnswer> AskAsync(IEnumerable<string> command, byte[]? input = null, CancellationToken cancel = default)
    {
        var words = Inside(command);
        return HostProgram.AskAsync(words[0], words[1..], input, cancel: cancel);
    }

    /// <summary>Path of a server's file on this machine.</summary>
    public string HostPath(string path) => $"{sandbox.Root}/run/servers/{id}/root{path}";

    /// <summary>Boots it again, from inside or like the reset button; returns when another init runs.</summary>
    public async Task RebootAsync(bool hard, CancellationToken cancel)
    {
        var leader = Leader ?? throw IsOff();
        if (hard)
        {
            Signals.Kill(leader);
        }
        else
        {
            Signals.Reboot(leader);
        }
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(PowerOffPatience);
        while (Leader is not { } now || now == leader)
        {
            if (limit.IsCancellationRequested && Leader == leader)
            {
                cancel.ThrowIfCancellationRequested();
                Signals.Kill(leader);
            }

            await Task.Delay(50, cancel);
        }
    }

    /// <summary>Powers it off and keeps its root.</summary>
    public async Task PowerOffAsync(bool hard, CancellationToken cancel)
    {
        if (hard)
        {
            await EmptyAsync(TimeSpan.Zero, cancel);
        }

        await ShutDownAsync(cancel);
        await sandbox.RunAsync([Path.Combine(AppContext.BaseDirectory, "Network", "network"), "detach", id, id], null, cancel);
        SweepCgroups(Cgroup);
    }

    /// <summary>Powers it off, then deletes its root; kills a server that does not react.</summary>
    public async Task StopAsync(CancellationToken cancel)
    {
        await ShutDownAsync(cancel);
        // A server that is killed while booting has no data to lose, but would continue to boot.
        await EmptyAsync(TimeSpan.Zero, cancel);
        if (sandbox.Running is not null)
        {
            await sandbox.RunAsync([Path.Combine(Sandbox.Scripts, "remove-root"), id], null, cancel);
            await sandbox.RunAsync([Path.Combine(AppContext.BaseDirectory, "Network", "network"), "detach", id, id], null, cancel);
        }

        SweepCgroups(Cgroup);
        File.Delete(Console);
    }

    private async Task ShutDownAsync(CancellationToken cancel)
    {
        if (Leader is { } leader)
        {
            Signals.PowerOff(leader);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(PowerOffPatience);
            while (Leader == leader)
            {
                if (limit.IsCancellationRequested)
                {
                    cancel.ThrowIfCancellationRequested();
                    Signals.Kill(leader);
                }

                await Task.Delay(50, cancel);
            }

            await EmptyAsync(PowerOffPatience, cancel);
        }
    }

    /// <summary>Removes cgroups with this prefix: empty folders of ended processes.</summary>
    public static void SweepCgroups(string prefix)
    {
        foreach (var hierarchy in Directory.EnumerateDirectories(Cgroups).Prepend(Cgroups))
        {
            foreach (var found in Directory.EnumerateDirectories(hierarchy, $"{prefix}*"))
            {
                Remove(found);
            }
        }

        static void Remove(string folder)
        {
            foreach (var child in Directory.EnumerateDirectories(folder))
            {
                Remove(child);
            }

            // The kernel owns the files in it: rmdir(2) removes the folder with them, .NET's deletion does not.
            _ = HostProgram.AskAsync("rmdir", [folder]).GetAwaiter().GetResult();
        }
    }

    /// <summary>Waits until no process of the server is left, then kills the rest: a cgroup with a process cannot be removed.</summary>
    private async Task EmptyAsync(TimeSpan patience, CancellationToken cancel)
    {
        var waited = Stopwatch.StartNew();
        while (Processes() is { Count: > 0 } left)
        {
            if (waited.Elapsed >= patience)
            {
                left.ToList().ForEach(Signals.Kill);
            }

            await Task.Delay(50, cancel);
        }
    }

    /// <summary>Process ids on this machine in the server's cgroup and its children. All hierarchies have the same.</summary>
    private List<int> Processes()
    {
        var folder = new[] { $"{Cgroups}/systemd/{Cgroup}", $"{Cgroups}/{Cgroup}" }.FirstOrDefault(Directory.Exists);
        if (folder is null)
        {
            return [];
        }

        var pids = new List<int>();
        foreach (var file in Directory.EnumerateFiles(
            folder, "cgroup.procs", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }))
        {
            try
            {
                pids.AddRange(File.ReadLines(file).Select(line => int.Parse(line, CultureInfo.InvariantCulture)).Where(pid => pid > 0));
            }
            catch (IOException)
            {
                // It ended meanwhile.
            }
        }

        return pids;
    }

    /// <summary>
    /// The first process of its PID namespace among these. Children of init are next to it for a moment, before they enter their own
    /// cgroup, and may have lower ids after a wrap-around.
    /// </summary>
    /// <param name="pids">Lines of a file cgroup.procs.</param>
    /// <param name="statusOf">Lines of a process's <c>/proc/PID/status</c> (proc_pid_status(5)); none if it has ended.</param>
    internal static int? InitAmong(IEnumerable<string> pids, Func<int, IEnumerable<string>> statusOf)
    {
        foreach (var line in pids)
        {
            if (int.TryParse(line, CultureInfo.InvariantCulture, out var pid) && pid > 0
                && HostProcesses.IsFirst(statusOf(pid)))
            {
                return pid;
            }
        }

        return null;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task<bool> HasAddressAsync(string address, CancellationToken cancel)
    {
        var words = sandbox.Network(id, "ip", "-br", "-4", "address", "show", "dev", "eth0");
        return (await HostProgram.AskAsync(words[0], words[1..], null, cancel: cancel)).Output.Contains(address, StringComparison.Ordinal);
    }
}
