using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Infra.Lab.Linux;
using Infra.Lab.Specs;
using Infra.Lab.State;
using Infra.Planning.Errors;

namespace Infra.Lab.Host;

/// <summary>The first process of a sandbox: all processes in its namespaces end with it.</summary>
/// <param name="Pid">Its process id on this machine.</param>
/// <param name="StartTicks">Its start time in <c>/proc/PID/stat</c>: process ids are reused.</param>
/// <param name="Operator">Address of the operator, who runs <c>./infra up</c>.</param>
/// <param name="Outsider">Address of another host on the internet.</param>
internal sealed record SandboxProcess(int Pid, long StartTicks, string Operator, string Outsider);

/// <summary>The sandbox of a lab: namespaces, created, entered, and deleted.</summary>
internal sealed class Sandbox(LabFolder folder)
{
    /// <summary>Public addresses from documentation ranges (RFC 5737): of the mirrors, and of an outsider.</summary>
    public const string MirrorAddress = "198.51.100.1";
    public const string MetadataAddress = "169.254.169.254";
    public const string OutsiderAddress = "192.0.2.66";

    /// <summary>The operator's address if the settings have no IPv4 address: then no one can open SSH, as in the cloud.</summary>
    public const string NoOperatorAddress = "192.0.2.77";

    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);

    private SandboxProcess? _found;

    /// <summary>Folder of the scripts next to this program.</summary>
    public static string Scripts => Path.Combine(AppContext.BaseDirectory, "Host", "scripts");

    /// <summary>The running process, or null.</summary>
    public SandboxProcess? Running => _found is { } known && HostProcesses.StartOf(known.Pid) == known.StartTicks ? known : _found = Find();

    /// <summary>Path of the sandbox's file system, from outside.</summary>
    public string Root => $"/proc/{Text(Required.Pid)}/root";

    /// <summary>Address of the operator, who runs <c>./infra up</c>.</summary>
    public string Operator => Required.Operator;

    private SandboxProcess Required => Running ?? throw NotUp();

    /// <summary>The error when a command needs a running lab.</summary>
    public ConfigurationException NotUp() =>
        new(new UserError("lab", folder.Stack, "is not running", folder.UpCommand));

    /// <summary>Starts it if necessary; returns when DNS and mirrors answer.</summary>
    /// <param name="operatorAddress">Address with SSH access.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task StartAsync(string operatorAddress, CancellationToken cancel)
    {
        if (Running is null)
        {
            await StartFirstProcessAsync(operatorAddress, cancel);
        }

        await new SandboxServices(folder, this).StartAsync(cancel);
    }

    private async Task StartFirstProcessAsync(string operatorAddress, CancellationToken cancel)
    {
        await KillAsync(cancel); // an incompletely started one
        var ready = Path.Combine(folder.Path, "ready");
        StateFile.Remove(ready);
        var log = Path.Combine(folder.Path, "sandbox.log");
        var pid = await HostProgram.StartDetachedAsync(log,
        [
            "unshare", "--mount", "--net", "--pid", "--ipc", "--fork", "--kill-child", "--mount-proc", "--propagation", "private",
            Path.Combine(Scripts, "sandbox"), folder.Path, operatorAddress, OutsiderAddress,
        ], cancel);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(StartPatience);
        while (!File.Exists(ready))
        {
            if (HostProcesses.StartOf(pid) is null || limit.IsCancellationRequested)
            {
                await KillAsync(CancellationToken.None);
                cancel.ThrowIfCancellationRequested();
                throw new ConfigurationException(new UserError("lab", null,
                    $"did not start on this machine: {Tail(log) ?? "its first process ended without output"}",
                    "see the lines above, then run it again"));
            }

            await Task.Delay(50, cancel);
        }
    }

    /// <summary>
    /// Kills it with all its processes, and waits until they are gone: before that their cgroups cannot be removed. The caller cleans up
    /// the rest.
    /// </summary>
    public async Task KillAsync(CancellationToken cancel)
    {
        // Its starter may have been killed at any moment. Processes that entered its network, such as an SSH connection of a killed
        // command, would otherwise last until their own timeout.
        var words = $"{Path.Combine("Host", "scripts", "sandbox")}\0{folder.Path}\0";
        var networks = new HashSet<string>(StringComparer.Ordinal);
        var own = HostProcesses.NetworkOf("self");
        var sandbox = HostProcesses.Where(process =>
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
            .. sandbox,
            .. HostProcesses.Where(process => HostProcesses.NetworkOf(Path.GetFileName(process)) is { } network
                && networks.Contains(network)),
        ];
        all.ForEach(Signals.Kill);
        // The first process of a PID namespace ends after all others in it.
        var waited = Stopwatch.StartNew();
        while (all.Find(pid => HostProcesses.StartOf(pid) is not null) is var left and not 0)
        {
            if (waited.Elapsed > EndPatience)
            {
                throw new ConfigurationException(new UserError("lab", folder.Stack,
                    $"has a process that does not end, {Text(left)}: {string.Join(' ', HostProcesses.StatusOf(left).Take(3))}",
                    "stop what it waits for, or restart the machine; then run it again"));
            }

            await Task.Delay(20, cancel);
        }
    }

    /// <summary>The command line to run a command in the sandbox: mounts, network and PIDs.</summary>
    public string[] Inside(params IEnumerable<string> command) => ["nsenter", "-t", Text(Required.Pid), "-m", "-n", "-p", "--", .. command];

    /// <summary>The command line to run a command of this machine in the network of the sandbox, or of a namespace in it.</summary>
    public string[] Network(string? namespaceName, params IEnumerable<string> command) =>
        ["nsenter", $"--net={NetworkPath(namespaceName)}", "--", .. command];

    /// <summary>File of a network namespace; null: the sandbox's.</summary>
    public string NetworkPath(string? namespaceName) => namespaceName is null
        ? $"/proc/{Text(Required.Pid)}/ns/net"
        : $"{Root}/run/netns/{namespaceName}";

    /// <summary>Runs a command in the sandbox.</summary>
    /// <exception cref="ProgramException">Its exit status is not 0.</exception>
    public Task<string> RunAsync(IEnumerable<string> command, byte[]? input, CancellationToken cancel)
    {
        var words = Inside(command);
        return HostProgram.RunAsync(words[0], words[1..], input, cancel);
    }

    /// <summary>The last lines of a log; null if it is empty.</summary>
    public static string? Tail(string file) =>
        File.Exists(file) && string.Join('\n', File.ReadLines(file).TakeLast(10)) is { Length: > 0 } text ? text : null;

    /// <summary>Folders of all running labs, including deleted ones.</summary>
    public static IEnumerable<string> RunningFolders() => !Directory.Exists("/proc") ? []
        : HostProcesses.WithWords(IsSandbox).Where(static found => HostProcesses.IsFirst(HostProcesses.StatusOf(found.Pid)))
            .Select(static found => found.Words[2]);

    private static bool IsSandbox(string[] words) =>
        words.Length >= 5 && words[1].EndsWith(Path.Combine("Host", "scripts", "sandbox"), StringComparison.Ordinal);

    // Read from the command line, because a file could be damaged.
    private SandboxProcess? Find()
    {
        foreach (var (pid, words) in HostProcesses.WithWords(words => IsSandbox(words) && words[2] == folder.Path))
        {
            // A child that it is about to start has the same command line for a moment.
            if (HostProcesses.IsFirst(HostProcesses.StatusOf(pid)) && HostProcesses.StartOf(pid) is { } start)
            {
                return new SandboxProcess(pid, start, words[3], words[4]);
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
[JsonSerializable(typeof(Network.NetworkNeighbour))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class MachineJson : JsonSerializerContext;
