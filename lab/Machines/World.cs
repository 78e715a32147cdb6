using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Infra.Lab.Linux;
using Infra.Lab.Specs;
using Infra.Lab.State;
using Infra.Planning.Errors;

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

    private WorldProcess? _found;

    /// <summary>Folder of the scripts beside this program.</summary>
    public static string Scripts => Path.Combine(AppContext.BaseDirectory, "Machines", "scripts");

    /// <summary>The one that runs, or null.</summary>
    public WorldProcess? Running => _found is { } known && HostProcesses.StartOf(known.Pid) == known.StartTicks ? known : _found = Find();

    /// <summary>Where the world's own file system and that of its servers can be seen from outside.</summary>
    public string Root => $"/proc/{Text(Required.Pid)}/root";

    /// <summary>Address of the one who runs <c>./infra up</c>.</summary>
    public string Operator => Required.Operator;

    private WorldProcess Required => Running ?? throw NotUp();

    /// <summary>What to tell somebody who needs a laboratory that is not there, or not any more.</summary>
    public ConfigurationException NotUp() =>
        new(new ConfigurationMistake("laboratory", folder.Stack, "is not up", $"./infra up {folder.Stack}"));

    /// <summary>Starts it unless it runs; ends when its DNS and its mirrors answer.</summary>
    /// <param name="operatorAddress">Address from which SSH is opened.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task StartAsync(string operatorAddress, CancellationToken cancel)
    {
        if (Running is null)
        {
            await StartFirstProcessAsync(operatorAddress, cancel);
        }

        await new WorldServices(folder, this).StartAsync(cancel);
    }

    private async Task StartFirstProcessAsync(string operatorAddress, CancellationToken cancel)
    {
        await KillAsync(cancel); // one that did not come so far
        var ready = Path.Combine(folder.Path, "ready");
        StateFile.Remove(ready);
        var log = Path.Combine(folder.Path, "world.log");
        var pid = await HostProgram.StartDetachedAsync(log,
        [
            "unshare", "--mount", "--net", "--pid", "--ipc", "--fork", "--kill-child", "--mount-proc", "--propagation", "private",
            Path.Combine(Scripts, "world"), folder.Path, operatorAddress, OutsiderAddress,
        ], cancel);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(StartPatience);
        while (!File.Exists(ready))
        {
            if (HostProcesses.StartOf(pid) is null || limit.IsCancellationRequested)
            {
                await KillAsync(CancellationToken.None);
                cancel.ThrowIfCancellationRequested();
                throw new ConfigurationException(new ConfigurationMistake("laboratory", null,
                    $"did not start on this machine: {Tail(log) ?? "its first process ended and said nothing"}",
                    "see the lines above, then run it again"));
            }

            await Task.Delay(50, cancel);
        }
    }

    /// <summary>
    /// Ends it, and with it all its processes, and waits until they are gone: before that their cgroups cannot be removed. What stays is for
    /// others to sweep.
    /// </summary>
    public async Task KillAsync(CancellationToken cancel)
    {
        // Whoever started it may have been killed at any moment. What is in its network from outside, as an SSH connection of a command
        // that was killed, would otherwise last until its own patience ends.
        var words = $"{Path.Combine("Machines", "scripts", "world")}\0{folder.Path}\0";
        var networks = new HashSet<string>(StringComparer.Ordinal);
        var own = HostProcesses.NetworkOf("self");
        var world = HostProcesses.Where(process =>
        {
            var found = File.ReadAllText(Path.Combine(process, "cmdline")).Contains(words, StringComparison.Ordinal)
                && HostProcesses.IsOurs(int.Parse(Path.GetFileName(process), CultureInfo.InvariantCulture));
            if (found && HostProcesses.NetworkOf(Path.GetFileName(process)) is { } network && network != own)
            {
                networks.Add(network);
            }

            return found;
        });
        List<int> all =
        [
            .. world,
            .. HostProcesses.Where(process => HostProcesses.NetworkOf(Path.GetFileName(process)) is { } network
                && networks.Contains(network)),
        ];
        all.ForEach(Signals.Kill);
        // The first process of process ids ends when all others in them have.
        var waited = Stopwatch.StartNew();
        while (all.Find(pid => HostProcesses.StartOf(pid) is not null) is var left and not 0)
        {
            if (waited.Elapsed > EndPatience)
            {
                throw new ConfigurationException(new ConfigurationMistake("laboratory", folder.Stack,
                    $"has a process that does not end, {Text(left)}: {string.Join(' ', HostProcesses.StatusOf(left).Take(3))}",
                    "end what it waits for, or start the machine again; then run it again"));
            }

            await Task.Delay(20, cancel);
        }
    }

    /// <summary>The words that run a command in the world: its mounts, network and processes.</summary>
    public string[] Inside(params IEnumerable<string> command) => ["nsenter", "-t", Text(Required.Pid), "-m", "-n", "-p", "--", .. command];

    /// <summary>The words that run a command of this machine with the world's network, or that of a namespace in it.</summary>
    public string[] Network(string? namespaceName, params IEnumerable<string> command) => ["nsenter", $"--net={NetworkPath(namespaceName)}", "--", .. command];

    /// <summary>File of a network namespace: the world's own for null.</summary>
    public string NetworkPath(string? namespaceName) => namespaceName is null
        ? $"/proc/{Text(Required.Pid)}/ns/net"
        : $"{Root}/run/netns/{namespaceName}";

    /// <summary>Runs a command in the world.</summary>
    /// <exception cref="ProgramException">Its status is not 0.</exception>
    public Task<string> RunAsync(IEnumerable<string> command, byte[]? input, CancellationToken cancel)
    {
        var words = Inside(command);
        return HostProgram.RunAsync(words[0], words[1..], input, cancel);
    }

    /// <summary>The last lines of a log; null where it says nothing.</summary>
    public static string? Tail(string file) =>
        File.Exists(file) && string.Join('\n', File.ReadLines(file).TakeLast(10)) is { Length: > 0 } text ? text : null;

    /// <summary>Folders of all laboratories whose first process runs, those among them that somebody has removed.</summary>
    public static IEnumerable<string> RunningFolders() => !Directory.Exists("/proc") ? []
        : HostProcesses.WithWords(IsWorld).Where(static found => HostProcesses.IsFirst(HostProcesses.StatusOf(found.Pid)))
            .Select(static found => found.Words[2]);

    private static bool IsWorld(string[] words) =>
        words.Length >= 5 && words[1].EndsWith(Path.Combine("Machines", "scripts", "world"), StringComparison.Ordinal);

    // Its words say all of it, so that there is no file of which a disk could lose half.
    private WorldProcess? Find()
    {
        foreach (var (pid, words) in HostProcesses.WithWords(words => IsWorld(words) && words[2] == folder.Path))
        {
            // What it is about to start has its words as well, for a moment.
            if (HostProcesses.IsFirst(HostProcesses.StatusOf(pid)) && HostProcesses.StartOf(pid) is { } start)
            {
                return new WorldProcess(pid, start, words[3], words[4]);
            }
        }

        return null;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(MachineDescription))]
[JsonSerializable(typeof(VolumeSpec))]
[JsonSerializable(typeof(Fabric.FabricNeighbour))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class MachineJson : JsonSerializerContext;
