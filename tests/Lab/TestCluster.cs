using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Infra.Lab.Host;
using Infra.Lab.Mirrors;
using Infra.Lab.Stacks;

namespace Infra.Tests.Lab;

/// <summary>
/// One stack for the tests of what works and of what is closed, brought up once: three NVIDIA servers behind a load balancer of the VPC,
/// one NVIDIA server whose engine is a virtual environment, and one AMD server. Its tests leave it as they found it.
/// </summary>
[CollectionDefinition(Collection)]
public sealed partial class TestCluster : IAsyncLifetime, ICollectionFixture<TestCluster>
{
    /// <summary>A collection of its own, so that it is up next to the labs that break, and goes down with its last test.</summary>
    public const string Collection = "one cluster for what works and what is closed";

    public const string Model = "mistralai/Ministral-3-3B-Instruct-2512";

    /// <summary>Internal endpoint: three servers, clients alice and bob.</summary>
    public const string Balanced = "chat";

    public const string Venv = "venv-0";
    public const string Amd = "amd-0";

    /// <summary>Tokens: small, so that a question can be too long.</summary>
    public const int ContextLength = 4096;

    /// <summary>Tokens per second of one stream: slow enough to see tokens arrive one by one.</summary>
    public const int TokensPerSecond = 50;

    internal static readonly string[] Replicas = ["chat-0", "chat-1", "chat-2"];
    internal static readonly string[] Servers = ["amd-0", "chat-0", "chat-1", "chat-2", "venv-0"];

    /// <summary>
    /// Servers that boot from the older release, one of each kind of server; the others boot from the newer one. With
    /// <see cref="SurvivesFirstBoots"/>, whose virtual environment is on the newer, each release meets each way to install and each vendor
    /// (CONTRIBUTING.md, "What the lab's servers boot from").
    /// </summary>
    internal static readonly string[] OnDebian12 = ["chat-0", Venv, Amd];

    /// <summary>Bytes in a second for all servers together, whose weights are 16 MB each.</summary>
    private const long Trickle = 200_000;

    private static readonly EngineSpeed Speed = new(0.3, 0.2, TokensPerSecond);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    internal RunningStack Stack { get; private set; } = null!;

    /// <summary>How each server came up: some of the tests restart engines later.</summary>
    internal Dictionary<string, BroughtUp> BroughtUp { get; } = new(StringComparer.Ordinal);

    internal EndpointAccess BalancedEndpoint => Stack.Endpoint(Balanced);

    public async ValueTask InitializeAsync()
    {
        Stack = RunningStack.Prepare("cluster", ConfigValues(["alice", "bob"]));
        Stack.Speed = Speed;
        Stack.Options = Stack.Options with
        {
            Extras = new ServerExtras
            {
                Image = name => OnDebian12.Any(server =>
                    name.EndsWith($"-{server}", StringComparison.Ordinal)) ? new ImageVariant("debian-12") : ImageVariant.None,
            },
        };
        await UpAsync();
        foreach (var server in Servers)
        {
            BroughtUp[server] = new(
                PhaseTimeline.Phases(Stack.LabStack.TimelineOf(Stack.Node(server)))
                    .ToDictionary(phase => phase.Phase, StringComparer.Ordinal),
                await ShellAsync(server, "systemctl list-units --failed --plain --no-legend"),
                await ShellAsync(
                    server, "systemctl show 'inference-*.service' --property=NRestarts --value | awk '{ n += $1 } END { print n + 0 }'"));
        }

        // The load balancer sends no one to a server before its own checks have passed.
        foreach (var replica in Replicas)
        {
            await RunningStack.UntilAsync($"the load balancer sends requests to {replica}", TimeSpan.FromSeconds(60), async () =>
                await RequestsOfEngineAsync(replica, "/v1/chat/completions") > 0 || await AskedAsync());
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Stack is not null)
        {
            await Stack.DisposeAsync();
        }
    }

    /// <summary>Settings of the stack, with these clients of the balanced endpoint.</summary>
    internal static IReadOnlyDictionary<string, string> ConfigValues(string[] clients) =>
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["region"] = "tor1",
            ["vpcCidr"] = "10.100.0.0/20",
            ["adminCidrs"] = """["203.0.113.0/24"]""",
            ["endpoints"] = new JsonObject
            {
                [Balanced] = new JsonObject
                {
                    ["model"] = Model,
                    ["size"] = "gpu-4000adax1-20gb",
                    ["contextLength"] = ContextLength,
                    ["replicas"] = 3,
                    ["access"] = "internal",
                    ["clients"] = new JsonArray([.. clients.Select(client => JsonValue.Create(client))]),
                },
                ["venv"] = new JsonObject
                {
                    ["model"] = Model,
                    ["size"] = "gpu-4000adax1-20gb",
                    ["contextLength"] = ContextLength,
                    ["engine"] = new JsonObject { ["install"] = "venv" },
                },
                ["amd"] = new JsonObject { ["model"] = Model, ["size"] = "gpu-mi325x1-256gb", ["contextLength"] = ContextLength },
            }.ToJsonString(),
        };

    /// <summary>
    /// The first <c>up</c>. Weights trickle until every server has begun with its engine: had one waited for the other, it would not come
    /// up.
    /// </summary>
    private async Task UpAsync()
    {
        Stack.Folder.Create();
        Stack.SetMirrors(control => control.With(MirrorKind.Hub, new MirrorFaults { BytesPerSecond = Trickle }));
        var up = Stack.UpAgainAsync();
        while (!up.IsCompleted && !HasEveryEngineBegun())
        {
            await Task.Delay(200);
        }

        Stack.SetMirrors(control => control.With(MirrorKind.Hub, MirrorFaults.None));
        var result = await up;
        Assert.True(result.Failures.Count == 0, string.Join('\n', result.Failures.Select(failure => $"{failure.Name}: {failure.Message}")));
    }

    private bool HasEveryEngineBegun()
    {
        var nodes = Stack.LabStack.Nodes();
        return nodes.Count == Servers.Length
            && nodes.All(node => Stack.LabStack.TimelineOf(node).Any(entry => entry is { Phase: "engine", Event: "start" }));
    }

    /// <summary>Runs <c>up</c> again with the engines as they are.</summary>
    internal Task<UpResult> UpAgainAsync(string[] clients) => Stack.UpAgainAsync(ConfigValues(clients));

    /// <summary>A connection to the API as those of the VPC have it, or (node named) as the tunnel's end on that server has it.</summary>
    internal async Task<RawConnection> KnockAsync(string? node = null, SslApplicationProtocol? protocol = null)
    {
        var (network, address) = node is null
            ? (HostRuntime.NeighbourName, BalancedEndpoint.BalancerAddress!)
            : (Stack.Node(node).Id, "127.0.0.1");
        var tcp = await Stack.ConnectAsync(network, null, address, 443, Patience);
        Assert.True(tcp is not null, $"nothing answers at {address}:443 for {network}");
        return await RawConnection.OverTlsAsync(tcp, protocol);
    }

    /// <summary>A whole exchange on a connection of its own.</summary>
    internal async Task<RawAnswer> ExchangeAsync(string request, string? node = null)
    {
        await using var connection = await KnockAsync(node);
        await connection.SendAsync(request);
        return await connection.ReadAsync(request.StartsWith("HEAD ", StringComparison.Ordinal));
    }

    /// <summary>What a server's engine counted of answered requests, by route; its own probes are counted as well.</summary>
    internal async Task<IReadOnlyDictionary<string, double>> EngineCountersAsync(string node)
    {
        var text = await EngineMetricsAsync(node);
        return RequestCounter().Matches(text)
            .GroupBy(match => match.Groups[1].Value, StringComparer.Ordinal)
            .ToDictionary(route => route.Key,
                route => route.Sum(match => double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)), StringComparer.Ordinal);
    }

    /// <summary>The same of one route.</summary>
    internal async Task<double> RequestsOfEngineAsync(string node, string route) =>
        (await EngineCountersAsync(node)).GetValueOrDefault(route);

    /// <summary>A file of a server as its root sees it, its mounts included.</summary>
    internal string PathIn(string node, string path) => string.Create(CultureInfo.InvariantCulture, $"/proc/{Leader(node)}/root{path}");

    /// <summary>Process id of a server's first process, as this machine sees it.</summary>
    internal int Leader(string node) =>
        Stack.LabStack.Server(Stack.Node(node)).Leader ?? throw new InvalidOperationException($"{node} is off");

    /// <summary>Runs a shell's line as root on a server and gives its output; fails the test if it fails.</summary>
    internal async Task<string> ShellAsync(string node, string line)
    {
        var answer = await Stack.InsideAsync(node, "bash", "-c", line);
        Assert.True(answer.Status == 0, $"{node}: {line}: {answer.Status} {answer.Errors}{answer.Output}");
        return answer.Output.Trim();
    }

    private async Task<string> EngineMetricsAsync(string node)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(PathIn(node, "/run/inference/engine/vllm.sock")));
        await using var connection = new RawConnection(new NetworkStream(socket));
        await connection.SendAsync("GET /metrics HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n\r\n");
        return (await connection.ReadAsync()).Body;
    }

    private async Task<bool> AskedAsync()
    {
        // A connection of its own: one that stays open stays with its server.
        using var client = Stack.LabStack.Client(BalancedEndpoint, "alice");
        await client.AskWithRetryAsync("Hello.", 1, TimeSpan.FromSeconds(60), CancellationToken.None);
        return false;
    }

    [GeneratedRegex("""^http_requests_total\{handler="([^"]*)",[^}]*\} ([0-9.e+]+)""", RegexOptions.Multiline)]
    private static partial Regex RequestCounter();
}

/// <summary>A server right after the first <c>up</c>.</summary>
/// <param name="Phases">Its phases by name.</param>
/// <param name="FailedUnits">What systemd lists; nothing where all is well.</param>
/// <param name="Restarts">Of all units of ours together.</param>
internal sealed record BroughtUp(Dictionary<string, TimelinePhase> Phases, string FailedUnits, string Restarts);
