using System.Diagnostics;
using Infra.Lab.Balancer;
using Infra.Lab.Host;
using Infra.Lab.Linux;
using Infra.Lab.Stacks;
using Infra.Lab.Stacks.Views;
using static Infra.Tests.Lab.SurvivesStage;

namespace Infra.Tests.Lab;

/// <summary>Two servers behind a load balancer inside the VPC.</summary>
public sealed class SurvivesBalanced : IAsyncLifetime
{
    /// <summary>
    /// Tokens per second of one stream: callers wait for tokens, as for a GPU, rather than for the two cores that boot servers meanwhile.
    /// </summary>
    private const int TokensPerSecond = 40;

    internal RunningStack Stack { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Stack = await RunningStack.UpAsync(
        "loaded", ConfigValues(("chat", Endpoint(replicas: 2, access: "internal"))),
        EngineSpeed.Default with { TokensPerSecond = TokensPerSecond });

    public ValueTask DisposeAsync() => Stack?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>Changes and losses while callers stream through the load balancer.</summary>
[Collection(SerialLabs.Name)]
public sealed class SurvivesUnderLoadTests(SurvivesBalanced balanced) : IClassFixture<SurvivesBalanced>
{
    private const int Unauthorized = 401;
    private readonly RunningStack _stack = balanced.Stack;

    [Fact]
    public async Task Without_a_change_nothing_is_done()
    {
        // An earlier test may have left changes.
        await _stack.UpAgainAsync();
        var clock = Stopwatch.StartNew();
        var result = await _stack.UpAgainAsync();
        Assert.Empty(result.Failures.Select(failure => failure.Message));
        Assert.Equal(0, result.Summary.Changes);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 15);
    }

    [Fact]
    public async Task What_was_killed_or_stopped_is_not_called_healthy_and_up_repairs_it()
    {
        var nodes = _stack.LabStack.Nodes();
        await HealthyAsync(nodes.Count);
        var configuration = Assert.Single(Directory.GetFiles(_stack.Folder.Balancers, "*.cfg"));

        // A program that is killed is started again; one whose keeper is killed as well is missed.
        var killed = Killed(words => words[^1] == configuration && Path.GetFileName(words[0]) == "haproxy");
        await RunningStack.UntilAsync("the load balancer is started again", Patience, async () => (await BalancerAsync()).Error is null
            && !HostProcesses.AnybodysWithWords(words => words.Length > 0 && words[^1] == configuration)
                .Any(process => killed.Contains(process.Pid)));
        Killed(words => Path.GetFileName(words[1]) == "keep" && words[2].StartsWith(_stack.Folder.Path, StringComparison.Ordinal));

        // A server whose nspawn is killed has lost its power: it boots again, with its network.
        var node = nodes[^1];
        var leader = _stack.LabStack.Server(node).Leader;
        await _stack.InsideAsync(nodes[0].Name, "systemctl", "stop", "inference-nginx.service");
        Killed(words => Path.GetFileName(words[0]) == "systemd-nspawn" && words.Contains($"--machine={node.Id}"));
        var status = await StatusAsync();
        Assert.DoesNotContain(status.Balancers, balancer => balancer.Error is null || balancer.Backends.Any(server => server.Healthy));
        Assert.Equal(["mirrors", "names"], status.Problems.Select(problem => problem.Split(':')[0]).Order(StringComparer.Ordinal));
        Assert.Equal(
            status.Nodes.Select(server => server.Name != nodes[0].Name && server.Name != node.Name),
            status.Nodes.Select(server => server.State == NodeHealth.Ready));
        await RunningStack.UntilAsync(
            "it boots again", Patience, () => Task.FromResult(_stack.LabStack.Server(node).Leader is { } now && now != leader));

        Assert.Empty((await _stack.UpAgainAsync()).Failures.Select(failure => failure.Message));
        status = await StatusAsync();
        Assert.Empty(status.Problems);
        Assert.All(status.Nodes, server => Assert.Equal(NodeHealth.Ready, server.State));
        Assert.Equal(nodes.Select(server => server.Id), _stack.LabStack.Nodes().Select(server => server.Id));
        await _stack.AnswersAsync("chat");

        Task<StatusReport> StatusAsync() => StatusReport.OfAsync(_stack.LabStack, TestContext.Current.CancellationToken);

        // Ids of servers are those of other labs too: only what is in this one's process ids.
        int[] Killed(Func<string[], bool> which)
        {
            var sandbox = new FileInfo($"/proc/{_stack.Sandbox.Running!.Pid}/ns/pid").LinkTarget;
            var found = HostProcesses.AnybodysWithWords(words => words.Length > 2 && which(words))
                .Where(process => new FileInfo($"/proc/{process.Pid}/ns/pid").LinkTarget == sandbox).ToArray();
            Assert.NotEmpty(found);
            Assert.All(found, process => Signals.Kill(process.Pid));
            return [.. found.Select(process => process.Pid)];
        }
    }

    [Fact]
    public async Task A_key_is_rotated_under_64_streams_without_a_failed_request()
    {
        await HealthyAsync(_stack.LabStack.Nodes().Count);
        var replicas = _stack.LabStack.Nodes().Count;
        var leaving = _stack.Endpoint("chat").Clients.Single(client => client != "bob");
        var coming = leaving == "alice" ? "carol" : "alice";
        await using var staying = new SurvivesCallers(_stack.LabStack, _stack.Endpoint("chat"), "bob", 60);
        await using var rotated = new SurvivesCallers(_stack.LabStack, _stack.Endpoint("chat"), leaving, 4);
        await staying.MoreAsync(200);
        Assert.Empty(rotated.Failed);
        var result = await _stack.UpAgainAsync(ConfigValues(("chat", Endpoint(replicas, access: "internal", clients: [coming, "bob"]))));
        Assert.Empty(result.Failures.Select(failure => failure.Message));
        await staying.MoreAsync(200);
        await rotated.StopAsync();
        await staying.StopAsync();

        Assert.Empty(staying.Failed);
        // The old key works until the new list is there, and is refused from then on: a server never asks for another one in between.
        Assert.All(rotated.Failed, answer => Assert.Equal($"{Unauthorized}", answer.Problem));
        Assert.NotEmpty(rotated.Failed);
        await _stack.AnswersAsync("chat", coming);
    }

    [Fact]
    public async Task A_server_is_added_and_one_of_three_is_lost_without_a_request_beyond_those_it_had()
    {
        var before = _stack.LabStack.Nodes();
        var clients = _stack.Endpoint("chat").Clients.ToArray();
        await HealthyAsync(before.Count);
        await using var callers = new SurvivesCallers(_stack.LabStack, _stack.Endpoint("chat"), "bob", 16);
        var grown = await _stack.UpAgainAsync(ConfigValues(("chat", Endpoint(3, access: "internal", clients: clients))));
        Assert.Empty(grown.Failures.Select(failure => failure.Message));
        Assert.Equal((0, 0), (grown.Summary.Replaced, grown.Summary.Deleted));
        Assert.Equal(before.Select(node => node.Id), _stack.LabStack.Nodes().Take(before.Count).Select(node => node.Id));
        await HealthyAsync(3);
        Assert.Empty(callers.Failed);

        var lost = _stack.Node("chat-1");
        Signals.Kill(_stack.LabStack.Server(lost).Leader!.Value);
        // It is dead when its kernel takes no connection any more; until then a request can still land on it.
        await RunningStack.UntilAsync("the server is off", Patience,
            () => Task.FromResult(!File.Exists($"{_stack.Sandbox.Root}/run/netns/{lost.Id}")));
        var died = DateTimeOffset.UtcNow;
        await HealthyAsync(2);
        var left = DateTimeOffset.UtcNow;
        await callers.MoreAsync(100);
        // A request was on the lost server if it began before the end; no other may fail.
        Assert.All(callers.Failed, answer =>
            Assert.True(answer.Began <= died, $"{answer} began after the server died at {died:O}, which left the balancer at {left:O}"));
        Assert.InRange(callers.Failed.Count, 0, 16);
        var failed = callers.Failed.Count;

        var again = await _stack.UpAgainAsync();
        Assert.Empty(again.Failures.Select(failure => failure.Message));
        Assert.NotEqual(lost.Id, _stack.Node("chat-1").Id);
        await HealthyAsync(3);
        await callers.MoreAsync(100);
        Assert.Equal(failed, callers.Failed.Count);
    }

    private Task HealthyAsync(int servers) => RunningStack.UntilAsync($"{servers} servers are healthy", Patience, async () =>
        (await BalancerAsync()).Backends.Count(backend => backend.Healthy) == servers);

    private Task<BalancerStatus> BalancerAsync() =>
        new SandboxServices(_stack.Folder, _stack.Sandbox).Balancers().Single().StatusAsync(TestContext.Current.CancellationToken);
}
