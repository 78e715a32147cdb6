using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Infra.Lab.Balancer;
using Infra.Lab.Linux;
using Infra.Planning.Errors;

namespace Infra.Lab.Host;

/// <summary>
/// The services of a lab: DNS, the mirrors with the metadata service, load balancers. A keeper process restarts each of them; if the keeper
/// is gone, so is the service, and the next <c>up</c> starts both.
/// </summary>
internal sealed class SandboxServices(LabFolder folder, Sandbox sandbox)
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(3);

    /// <summary>The name that <see cref="ProblemsAsync"/> asks for.</summary>
    public const string AskedName = "lab";

    /// <summary>A DNS query for an address, as sent over TCP (RFC 1035, 4.2.2).</summary>
    private static readonly byte[] Question =
        [0, 21, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, (byte)'l', (byte)'a', (byte)'b', 0, 0, 1, 0, 1];

    /// <summary>Starts the services of every lab, if necessary; returns when they answer.</summary>
    /// <exception cref="ConfigurationException">A service does not answer.</exception>
    public async Task StartAsync(CancellationToken cancel)
    {
        await KeepAsync(Log("names"), [Path.Combine(Sandbox.Scripts, "names"), folder.Names], cancel);
        await KeepAsync(Log("mirrors"), [HostProgram.Dotnet, typeof(Sandbox).Assembly.Location, "__mirrors", folder.Path], cancel);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(StartPatience);
        while (await ProblemsAsync(cancel) is { Count: > 0 } problems)
        {
            if (limit.IsCancellationRequested)
            {
                cancel.ThrowIfCancellationRequested();
                throw new ConfigurationException([.. problems.Select(problem => new UserError(problem.Name, null,
                    $"{problem.Problem}; {Log(problem.Name)} says: {Sandbox.Tail(Log(problem.Name)) ?? "nothing"}",
                    $"{folder.DownCommand}, then {folder.UpCommand}"))]);
            }

            await Task.Delay(50, cancel);
        }
    }

    /// <summary>Services that do not answer, with the reason.</summary>
    public async Task<IReadOnlyList<(string Name, string Problem)>> ProblemsAsync(CancellationToken cancel)
    {
        var problems = new List<(string, string)>();
        foreach (var (name, ask) in new (string, Func<CancellationToken, Task>)[]
        {
            ("names", AskNamesAsync),
            ("mirrors", AskMirrorsAsync),
        })
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(AnswerPatience);
            try
            {
                await ask(limit.Token);
                if (!IsKept(Log(name)))
                {
                    problems.Add((name, "would not be restarted if it ended"));
                }
            }
            catch (Exception exception)
                when (!cancel.IsCancellationRequested
                    && exception is IOException or SocketException or HttpRequestException or OperationCanceledException)
            {
                problems.Add((name, exception is OperationCanceledException ? "does not answer" : $"does not answer: {exception.Message}"));
            }
        }

        return problems;
    }

    /// <summary>The load balancers of the lab, running or not.</summary>
    public IEnumerable<HaProxy> Balancers() => !Directory.Exists(folder.Balancers) ? []
        : Directory.EnumerateFiles(folder.Balancers, "*.cfg").Order(StringComparer.Ordinal)
            .Select(file => Balancer(Path.GetFileNameWithoutExtension(file)));

    /// <summary>The HAProxy of a load balancer. Its socket is in the sandbox, where paths are short enough for one.</summary>
    public HaProxy Balancer(string id) => new(BalancerFile(id), $"{sandbox.Root}/run/{BalancerName(id)}.sock");

    public string BalancerFile(string id) => Path.Combine(folder.Balancers, $"{id}.cfg");

    /// <summary>Name of its network namespace.</summary>
    public static string BalancerName(string id) => $"lb-{id[..8]}";

    /// <summary>Starts a command in the sandbox and keeps it running, unless it is running already.</summary>
    /// <param name="log">Its log file, which also identifies it.</param>
    /// <param name="command">The command line.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task KeepAsync(string log, IEnumerable<string> command, CancellationToken cancel)
    {
        if (!IsKept(log))
        {
            await HostProgram.StartDetachedAsync(log, sandbox.Inside([Path.Combine(Sandbox.Scripts, "keep"), log, .. command]), cancel);
        }
    }

    /// <summary>Whether its keeper process is running.</summary>
    public static bool IsKept(string log) => Keepers(log).Count > 0;

    /// <summary>Stops a service permanently.</summary>
    public static async Task EndAsync(string log, CancellationToken cancel)
    {
        while (Keepers(log) is { Count: > 0 } keepers)
        {
            keepers.ForEach(Signals.Kill);
            await Task.Delay(20, cancel);
        }
    }

    private static List<int> Keepers(string log)
    {
        var script = Path.Combine("Host", "scripts", "keep");
        return [.. HostProcesses.WithWords(words => words.Length > 3 && words[1].EndsWith(script, StringComparison.Ordinal)
            && words[2] == log)
            .Where(found => HostProcesses.StartOf(found.Pid) is not null).Select(found => found.Pid)];
    }

    private string Log(string name) => Path.Combine(folder.Path, $"{name}.log");

    private async Task AskNamesAsync(CancellationToken cancel)
    {
        using var socket = NamespaceSockets.Tcp(sandbox.NetworkPath(null));
        await socket.ConnectAsync(IPAddress.Parse(Sandbox.MirrorAddress), 53, cancel);
        await socket.SendAsync(Question, cancel);
        if (await socket.ReceiveAsync(new byte[512], cancel) == 0)
        {
            throw new IOException("the connection was closed");
        }
    }

    // Any response is fine: the metadata service is part of the mirrors' program, and has no faults.
    private async Task AskMirrorsAsync(CancellationToken cancel)
    {
        using var http = new HttpClient(NamespaceSockets.Handler(sandbox.NetworkPath(null)));
        using var answer = await http.GetAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://{Sandbox.MetadataAddress}/")),
            HttpCompletionOption.ResponseHeadersRead, cancel);
    }
}
