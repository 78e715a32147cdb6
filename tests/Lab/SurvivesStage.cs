using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Infra.Lab.Mirrors;
using Infra.Planning;

namespace Infra.Tests.Lab;

/// <summary>Shared by the tests of faults: small stacks, servers that give up within seconds, and the messages of failures.</summary>
internal static class SurvivesStage
{
    public const string Model = "mistralai/Ministral-3-3B-Instruct-2512";
    public const string Weights = "consolidated.safetensors";
    public const string Size = "gpu-4000adax1-20gb";

    /// <summary>Unit whose values are those of all.</summary>
    private const string AllUnits = "inference";

    /// <summary>A library that shows programs another date: Debian's package of this machine.</summary>
    public const string OtherDate = "/usr/lib/lab-machine/libfaketime.so.1";

    /// <summary>Servers boot, install and load within this time even where three of them share a busy machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public static JsonObject Endpoint(int replicas = 1, string access = "private", string size = Size, int contextLength = 4096,
        string install = "container", string[]? clients = null) => new()
        {
            ["model"] = Model,
            ["size"] = size,
            ["contextLength"] = contextLength,
            ["replicas"] = replicas,
            ["access"] = access,
            ["engine"] = new JsonObject { ["install"] = install },
            ["clients"] = new JsonArray([.. (clients ?? ["alice", "bob"]).Select(client => client == "bob" ? Bob() : (JsonNode)client)]),
        };

    /// <summary>A client with a limit of its own: more streams at once than a fair share of a small card.</summary>
    private static JsonObject Bob() => new() { ["name"] = "bob", ["concurrent"] = 64 };

    public static Dictionary<string, string> ConfigValues(params (string Name, JsonObject Endpoint)[] endpoints) =>
        new(StringComparer.Ordinal)
        {
            ["region"] = "tor1",
            ["adminCidrs"] = """["203.0.113.0/24"]""",
            ["vpcCidr"] = "10.100.0.0/20",
            ["endpoints"] = new JsonObject(endpoints.Select(endpoint => KeyValuePair.Create(endpoint.Name, (JsonNode?)endpoint.Endpoint)))
            .ToJsonString(),
        };

    /// <summary>
    /// Files that let a server's units read further values after those of node.env, so that patience of minutes becomes one of seconds:
    /// first those for all units, then those for the unit.
    /// </summary>
    public static Dictionary<string, byte[]> With(string[] values, params (string Phase, string[] Values)[] ofUnits)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            ["etc/systemd/system/inference-.service.d/lab.conf"] =
                Encoding.UTF8.GetBytes($"[Service]\nEnvironmentFile={Path(AllUnits)}\nEnvironmentFile=-{Path("%N")}\n"),
            [Path(AllUnits)[1..]] = Text(values),
            [OtherDate[1..]] = File.ReadAllBytes(Directory.EnumerateDirectories("/usr/lib", "*-linux-gnu")
                .Select(folder => $"{folder}/faketime/libfaketime.so.1").First(File.Exists)),
        };
        foreach (var (phase, own) in ofUnits)
        {
            files[Path($"inference-{phase}")[1..]] = Text(own);
        }

        return files;
    }

    private static string Path(string unit) => $"/usr/lib/lab-machine/{unit}.env";

    private static byte[] Text(string[] values) => Encoding.UTF8.GetBytes(string.Concat(values.Select(value => $"{value}\n")));

    /// <summary>Values with which the programs of a unit believe that it is a year earlier.</summary>
    public static readonly string[] AYearAgo = [$"LD_PRELOAD={OtherDate}", "FAKETIME=-366d", "FAKETIME_DISABLE_SHM=1"];

    /// <summary>Changes those values of a unit of a server, which reads them when it starts.</summary>
    public static Task SetValuesAsync(this RunningStack stack, string node, string phase, params string[] values) =>
        File.WriteAllBytesAsync(stack.LabStack.Server(stack.Node(node)).HostPath(Path($"inference-{phase}")), Text(values));

    public static string Hostname(RunningStack stack, string endpoint, int index = 0) =>
        Names.Hostname(stack.LabStack.Stack, endpoint, index);

    /// <summary>
    /// Runs <c>up</c> until each of these nodes has failed in that phase, and returns the messages: after a failure nothing new starts, so
    /// that a node that was not so far yet is waited for by the next run.
    /// </summary>
    public static async Task<IReadOnlyDictionary<string, string>> FailuresAsync(this RunningStack stack,
        params (string Node, string Phase)[] nodes)
    {
        var reported = new Dictionary<string, string>(StringComparer.Ordinal);
        var end = DateTime.UtcNow + Patience;
        while (!nodes.All(node => reported.TryGetValue(node.Node, out var message) && Line(message, "phase") == node.Phase))
        {
            Assert.True(DateTime.UtcNow < end,
                $"of {string.Join(", ", nodes)} these failed: "
                    + $"{string.Join("\n", reported.Select(entry => $"{entry.Key}: {entry.Value}"))}");
            var result = await stack.UpAgainAsync();
            foreach (var failure in result.Failures)
            {
                // Keeps the message of this phase: in a later run the node may be in the next phase.
                var node = failure.Name.Replace("-ready", "", StringComparison.Ordinal);
                if (!nodes.Any(wanted => wanted.Node == node && reported.TryGetValue(node, out var message)
                    && Line(message, "phase") == wanted.Phase))
                {
                    reported[node] = failure.Message;
                }

            }
        }

        return reported;
    }

    /// <summary>The rest of the failure's line with this prefix.</summary>
    public static string Line(string message, string beginning) =>
        message.Split('\n').FirstOrDefault(line => line.StartsWith($"{beginning}: ", StringComparison.Ordinal))?[(beginning.Length + 2)..]
        ?? throw new Xunit.Sdk.XunitException($"no line '{beginning}: ' in: {message}");

    /// <summary>Asserts what a failure names. Of a unit that is less than root the words are in its log, which is shown as data.</summary>
    public static void Names_phase_cause_and_next_step(string message, string phase, string cause, string nextStep)
    {
        const string ErrorPrefix = "  | error: ";
        Assert.Equal(phase, Line(message, "phase"));
        var errors = message.Split('\n').Where(line => line.StartsWith(ErrorPrefix, StringComparison.Ordinal))
            .Select(line => line[ErrorPrefix.Length..]);
        Assert.Contains(errors.Prepend(Line(message, "cause")), line => Regex.IsMatch(line, cause));
        Assert.Matches(nextStep, Line(message, "next step"));
    }

    /// <summary>Lines of a unit's journal.</summary>
    public static async Task<string> JournalAsync(this RunningStack stack, string node, string unit) =>
        stack.LabStack.Server(stack.Node(node)).Leader is null
            ? ""
            : (await stack.InsideAsync(node, "journalctl", "--no-pager", "-o", "cat", "-u", unit)).Output;

    /// <summary>Requests of a server to a mirror.</summary>
    public static IReadOnlyList<RequestLine> Requests(this RunningStack stack, string node, MirrorKind mirror) =>
        [.. RequestLog.Read(stack.Folder.MirrorLog).Where(line => line.Mirror == mirror && line.Client == stack.Node(node).PublicAddress)];

    /// <summary>Whether the engine has proven that it answers, as a load balancer would ask.</summary>
    public static async Task<bool> IsReadyAsync(this RunningStack stack, string node) =>
        stack.LabStack.Server(stack.Node(node)).Leader is not null
        && (await stack.InsideAsync(node, "python3", "-c", AskReady)).Output.Trim() == "200";

    public static Task UntilReadyAsync(this RunningStack stack, string node, bool ready = true) =>
        RunningStack.UntilAsync($"{node}: /ready says {(ready ? "yes" : "no")}", Patience,
            async () => await stack.IsReadyAsync(node) == ready);

    /// <summary>Process id of the engine as its server sees it: vLLM itself, not what has started it; null while there is none.</summary>
    public static async Task<string?> EngineAsync(this RunningStack stack, string node) =>
        (await stack.InsideAsync(node, "sh", "-c", EnginePid)).Output.Trim() is { Length: > 0 } pid and not "0" ? pid : null;

    // In a virtual environment the unit's process is the engine, in a container it is podman.
    private const string EnginePid = """
        if systemctl is-active --quiet inference-vllm-venv; then systemctl show --value -p MainPID inference-vllm-venv; else podman inspect --format '{{.State.Pid}}' vllm 2> /dev/null; fi
        """;

    /// <summary>A sure answer over the endpoint's own door.</summary>
    public static async Task AnswersAsync(this RunningStack stack, string endpoint, string? client = null)
    {
        using var caller = stack.LabStack.Client(stack.Endpoint(endpoint), client);
        Assert.NotEmpty(await caller.AskWithRetryAsync("Hello?", 4, TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
    }

    public static void AllMirrors(this RunningStack stack, MirrorFaults faults) =>
        stack.SetMirrors(control => control.With(MirrorKind.Hub, faults).With(MirrorKind.Registry, faults).With(MirrorKind.Python, faults)
            .With(MirrorKind.Apt, faults));

    private const string AskReady = """
        import http.client, ssl
        try:
            c = http.client.HTTPSConnection("127.0.0.1", 443, timeout=5, context=ssl._create_unverified_context())
            c.request("GET", "/ready")
            print(c.getresponse().status)
        except OSError:
            print(0)
        """;
}
