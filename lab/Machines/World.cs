using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Infra.Components;

namespace Infra.Lab.Machines;

/// <summary>The first process of a laboratory: when it ends, everything in its namespaces does.</summary>
/// <param name="Pid">Its process id on this machine.</param>
/// <param name="StartTicks">When it started, as <c>/proc/PID/stat</c> says: a process id may come back.</param>
/// <param name="Operator">Address of the one who runs <c>./infra up</c>.</param>
/// <param name="Outsider">Address of somebody else on the internet.</param>
internal sealed record WorldProcess(int Pid, long StartTicks, string Operator, string Outsider);

/// <summary>Namespaces of a laboratory: made, entered, and taken down.</summary>
internal sealed class World(LabFolder folder)
{
    /// <summary>Addresses on the internet, of documentation's ranges (RFC 5737): of the mirrors, and of somebody whom nobody invited.</summary>
    public const string MirrorAddress = "198.51.100.1";
    public const string MetadataAddress = "169.254.169.254";
    public const string OutsiderAddress = "192.0.2.66";

    /// <summary>The operator's where the settings name no address of IPv4: then nobody opens SSH, as in the cloud.</summary>
    public const string NobodysAddress = "192.0.2.77";

    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);

    private string File => Path.Combine(folder.Path, "world.json");

    /// <summary>Folder of the scripts beside this program.</summary>
    public static string Scripts => Path.Combine(AppContext.BaseDirectory, "Machines", "scripts");

    /// <summary>The one that runs, or null.</summary>
    public WorldProcess? Running
    {
        get
        {
            try
            {
                var known = JsonSerializer.Deserialize(System.IO.File.ReadAllText(File), MachineJson.Default.WorldProcess);
                return known is not null && StartOf(known.Pid) == known.StartTicks ? known : null;
            }
            catch (Exception exception) when (exception is IOException or JsonException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    /// <summary>Where the world's own file system and that of its servers can be seen from outside.</summary>
    public string Root => $"/proc/{Required.Pid.ToString(CultureInfo.InvariantCulture)}/root";

    private WorldProcess Required => Running ?? throw new InvalidOperationException($"the laboratory {folder.Id} is not up");

    /// <summary>Starts it unless it runs; ends when its mirrors answer.</summary>
    /// <param name="operatorAddress">Address from which SSH is opened.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<WorldProcess> StartAsync(string operatorAddress, CancellationToken cancel)
    {
        if (Running is { } running)
        {
            return running;
        }

        await KillAsync(cancel); // one that nobody wrote down
        var ready = Path.Combine(folder.Path, "ready");
        System.IO.File.Delete(ready);
        var log = Path.Combine(folder.Path, "world.log");
        var pid = await HostProgram.StartDetachedAsync(log,
        [
            "unshare", "--mount", "--net", "--pid", "--ipc", "--fork", "--kill-child", "--mount-proc", "--propagation", "private",
            Path.Combine(Scripts, "world"), folder.Path, operatorAddress, OutsiderAddress, HostProgram.Dotnet, typeof(World).Assembly.Location,
        ], cancel);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(StartPatience);
        while (!System.IO.File.Exists(ready))
        {
            if (StartOf(pid) is null || limit.IsCancellationRequested)
            {
                // Nobody would know of it any more, and it starts its mirrors again and again.
                await KillAsync(CancellationToken.None);
                cancel.ThrowIfCancellationRequested();
                throw new ConfigurationException(new ConfigurationMistake("laboratory", null,
                    $"did not start on this machine: {Tail(log)}{Tail(Path.Combine(folder.Path, "mirrors.log"))}", "see the lines above, then run it again"));
            }

            await Task.Delay(50, cancel);
        }

        // unshare forks: the world is its child.
        var child = int.Parse(System.IO.File.ReadAllText($"/proc/{pid}/task/{pid}/children").Trim(), CultureInfo.InvariantCulture);
        var world = new WorldProcess(child, StartOf(child)!.Value, operatorAddress, OutsiderAddress);
        await System.IO.File.WriteAllTextAsync(File, JsonSerializer.Serialize(world, MachineJson.Default.WorldProcess), cancel);
        return world;
    }

    /// <summary>
    /// Ends it, and with it all its processes, and waits until they are gone: before that their cgroups cannot be removed. What stays is for
    /// others to sweep.
    /// </summary>
    /// <exception cref="InvalidOperationException">One of them does not end.</exception>
    public async Task KillAsync(CancellationToken cancel)
    {
        // By its words: whoever started it may have died before it wrote down which one it is. What is in its network from outside, as an SSH
        // connection of a command that was killed, would otherwise last until its own patience ends.
        var words = $"{Path.Combine("Machines", "scripts", "world")}\0{folder.Path}\0";
        var networks = new HashSet<string>(StringComparer.Ordinal);
        var own = NetworkOf("self");
        var world = Processes(process =>
        {
            var found = System.IO.File.ReadAllText(Path.Combine(process, "cmdline")).Contains(words, StringComparison.Ordinal);
            if (found && NetworkOf(Path.GetFileName(process)) is { } network && network != own)
            {
                networks.Add(network);
            }

            return found;
        });
        List<int> all = [.. world, .. Processes(process => NetworkOf(Path.GetFileName(process)) is { } network && networks.Contains(network))];
        all.ForEach(Signals.Kill);
        // The first process of process ids ends when all others in them have.
        var waited = Stopwatch.StartNew();
        while (all.Find(pid => StartOf(pid) is not null) is var left and not 0)
        {
            if (waited.Elapsed > EndPatience)
            {
                throw new InvalidOperationException($"process {left.ToString(CultureInfo.InvariantCulture)} of the laboratory does not end");
            }

            await Task.Delay(20, cancel);
        }

        System.IO.File.Delete(File);
    }

    private static string? NetworkOf(string process) => new FileInfo($"/proc/{process}/ns/net").LinkTarget;

    /// <summary>Process ids of those whose folder in <c>/proc</c> answers yes.</summary>
    private static List<int> Processes(Func<string, bool> isWanted)
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

    /// <summary>The words that run a command in the world: its mounts, network and processes.</summary>
    public string[] Inside(params IEnumerable<string> command) => ["nsenter", "-t", Required.Pid.ToString(CultureInfo.InvariantCulture), "-m", "-n", "-p", "--", .. command];

    /// <summary>The words that run a command of this machine with the world's network, or that of a namespace in it.</summary>
    public string[] Network(string? namespaceName, params IEnumerable<string> command) => ["nsenter", $"--net={NetworkPath(namespaceName)}", "--", .. command];

    /// <summary>File of a network namespace: the world's own for null.</summary>
    public string NetworkPath(string? namespaceName) => namespaceName is null
        ? $"/proc/{Required.Pid.ToString(CultureInfo.InvariantCulture)}/ns/net"
        : $"{Root}/run/netns/{namespaceName}";

    /// <summary>Runs a command in the world.</summary>
    /// <exception cref="ProgramException">Its status is not 0.</exception>
    public Task<string> RunAsync(IEnumerable<string> command, byte[]? input, CancellationToken cancel)
    {
        var words = Inside(command);
        return HostProgram.RunAsync(words[0], words[1..], input, cancel);
    }

    // Field 22 of /proc/PID/stat, after the name in parentheses, which may hold anything.
    private static long? StartOf(int pid)
    {
        try
        {
            var stat = System.IO.File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] == "Z" ? null : long.Parse(fields[19], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string Tail(string file) =>
        System.IO.File.Exists(file) ? string.Join('\n', System.IO.File.ReadLines(file).TakeLast(10)) : "";
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(WorldProcess))]
[JsonSerializable(typeof(MachineDescription))]
[JsonSerializable(typeof(VolumeSpec))]
[JsonSerializable(typeof(Fabric.FabricNeighbour))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class MachineJson : JsonSerializerContext;
