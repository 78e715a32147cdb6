using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Infra.Lab.Host;
using Infra.Lab.Linux;
using Infra.Lab.Mirrors;

namespace Infra.Tests.Lab;

/// <summary>Someone connects: from the internet, from the operator's address, from the VPC, from another server of the stack.</summary>
[Collection(TestCluster.Collection)]
public sealed partial class ClosedNetworkTests(TestCluster cluster)
{
    /// <summary>DNS and LLMNR.</summary>
    private static readonly int[] s_names = [53, 5355];

    /// <summary>For all connections together; those that are dropped never answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>All that is well known, and what engines, registries, containers, databases and debuggers listen on.</summary>
    private static readonly int[] Ports =
    [
        .. Enumerable.Range(1, 1024), 1433, 1521, 2375, 2376, 2379, 3000, 3128, 3306, 3389, 4040, 4243, 5000, 5001, 5355, 5432, 5557, 5900,
        6006, 6379, 6443,
        7860, 8000, 8001, 8008, 8080, 8081, 8088, 8123, 8265, 8443, 8501, 8787, 8888, 9000, 9090, 9091, 9100, 9200, 9400, 9600, 10250,
        10255, 11211, 11434,
        19530, 27017, 29500, 30000, 50051, 51000,
    ];

    public static TheoryData<string> Servers => [.. TestCluster.Servers];

    private SandboxProcess Sandbox => cluster.Stack.Sandbox.Running!;

    [Fact]
    public async Task The_operators_address_reaches_SSH_and_nothing_else() =>
        Assert.All(await OpenAsync(null, Sandbox.Operator, PublicAddresses), open => Assert.Equal(["22"], open.Ports));

    [Fact]
    public async Task Any_other_address_of_the_internet_reaches_nothing() =>
        Assert.All(await OpenAsync(null, Sandbox.Outsider, PublicAddresses), open => Assert.Empty(open.Ports));

    [Fact]
    public async Task A_stranger_in_the_VPC_reaches_no_server() =>
        Assert.All(await OpenAsync(HostRuntime.NeighbourName, null, PrivateAddresses), open => Assert.Empty(open.Ports));

    [Fact]
    public async Task A_host_of_the_VPC_reaches_the_load_balancers_API_and_nothing_else_of_it() =>
        Assert.Equal(["443"],
            Assert.Single(await OpenAsync(HostRuntime.NeighbourName, null, [cluster.BalancedEndpoint.BalancerAddress!])).Ports);

    [Theory]
    [InlineData("venv-0")]
    [InlineData("chat-0")]
    public async Task A_server_that_was_taken_over_reaches_no_other_server(string from)
    {
        var here = cluster.Stack.Node(from);
        Assert.All(await OpenAsync(here.Id, null, [.. PrivateAddresses.Where(address => address != here.PrivateAddress)]),
            open => Assert.Empty(open.Ports));
        Assert.All(await OpenAsync(here.Id, null, [.. PublicAddresses.Where(address => address != here.PublicAddress)]),
            open => Assert.Empty(open.Ports));
    }

    /// <summary>Packages bring services of their own, which are started on installation unless someone keeps them from it.</summary>
    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Nothing_runs_on_a_server_but_its_system_and_what_serves(string server)
    {
        var units = await cluster.ShellAsync(server,
            "systemctl list-units --type service,socket --state running,listening --plain --no-legend | cut -d' ' -f1");
        Assert.DoesNotContain(units.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            unit => !Expected().IsMatch(unit) && !PartsOf(server).SelectMany(part => part.Enables).Any(link =>
                link.EndsWith($"/{unit}", StringComparison.Ordinal)));
    }

    /// <summary>Ports of services of the image, which run whether the model serves or not.</summary>
    private static IReadOnlyList<ImagePart> PartsOf(string server) =>
        ImageVariant.None.PartsOf(ImageProfiles.All.Of("", server == TestCluster.Amd ? "amd" : "nvidia"));

    // user@1000 is that of ops, for ten seconds after a login: that of ./infra up, or of another test.
    [GeneratedRegex(
        @"^(inference-[a-z-]+|systemd-[a-z-]+|dbus|ssh|sshd-unix-local|cloud-init-hotplugd|unattended-upgrades|user@1000)"
        + @"\.(service|socket)$")]
    private static partial Regex Expected();

    // Someone deletes a Cloud Firewall by mistake: the claims about the servers still hold.
    [Fact]
    public async Task With_the_Cloud_Firewall_gone_each_servers_own_enforces_the_same()
    {
        var sandbox = cluster.Stack.Sandbox;
        var cancel = TestContext.Current.CancellationToken;
        var rules = await sandbox.RunAsync(["nft", "list", "table", "inet", "network"], null, cancel);
        await sandbox.RunAsync(["ip", "address", "add", $"{Spoofed}/32", "dev", "lo"], null, cancel);
        await sandbox.RunAsync(["nft", "delete", "table", "inet", "network"], null, cancel);
        try
        {
            Assert.All(await OpenAsync(null, Sandbox.Operator, PublicAddresses), open => Assert.Equal(["22"], open.Ports));
            Assert.All(await OpenAsync(null, Sandbox.Outsider, PublicAddresses), open => Assert.Empty(open.Ports));
            // An address of the VPC that comes in on the public side.
            Assert.All(await OpenAsync(null, Spoofed, PublicAddresses), open => Assert.Empty(open.Ports));
            // Clients of an internal endpoint are in the VPC: its servers cannot tell the load balancer from others there. A private one
            // has none.
            var clients = TestCluster.Replicas.Select(server => cluster.Stack.Node(server).PrivateAddress);
            Assert.All(await OpenAsync(HostRuntime.NeighbourName, null, PrivateAddresses), open =>
                Assert.Equal(clients.Contains(open.Address) ? ["443"] : [], open.Ports));
        }
        finally
        {
            await sandbox.RunAsync(["nft", "-f", "-"], System.Text.Encoding.UTF8.GetBytes(rules), CancellationToken.None);
            await sandbox.RunAsync(["ip", "address", "del", $"{Spoofed}/32", "dev", "lo"], null, CancellationToken.None);
        }

        Assert.All(await OpenAsync(HostRuntime.NeighbourName, null, PrivateAddresses), open => Assert.Empty(open.Ports));
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Nothing_listens_but_SSH_and_nginx_the_resolver_of_the_server_itself_and_what_its_image_brings(string server)
    {
        var node = cluster.Stack.Node(server);
        var listening = await cluster.ShellAsync(server, "ss -Hltun | awk '{ print $1 \" \" $5 }'");
        string[] allowed =
        [
            "tcp 0.0.0.0:22", "tcp [::]:22", "tcp 127.0.0.1:443", $"tcp {node.PrivateAddress}:443",
            "tcp 127.0.0.53%lo:53", "tcp 127.0.0.54:53", "udp 127.0.0.53%lo:53", "udp 127.0.0.54:53",
            .. PartsOf(server).SelectMany(part => part.Listens),
        ];
        Assert.Empty(listening.Split('\n').Except(allowed));
    }

    /// <summary>Exporters listen on every address by default, and answer any host.</summary>
    [Theory]
    [InlineData("chat-0", 9400)]
    [InlineData("chat-1", 9400)]
    [InlineData("amd-0", 5000)]
    public async Task A_monitoring_daemon_of_the_image_answers_only_its_server(string server, int port)
    {
        var node = cluster.Stack.Node(server);
        await RunningStack.UntilAsync("the daemon answers on its server", TimeSpan.FromSeconds(20), async () =>
            (await cluster.Stack.InsideAsync(server, "curl", "-sS", "-m", "2", $"http://127.0.0.1:{port}/metrics")).Status == 0);
        foreach (var (network, from, to) in ((string?, string?, string)[])[(null, Sandbox.Operator, node.PublicAddress),
            (null, Sandbox.Outsider, node.PublicAddress), (HostRuntime.NeighbourName, null, node.PrivateAddress)])
        {
            Assert.Null(await cluster.Stack.ConnectAsync(network, from, to, port, TimeSpan.FromSeconds(1)));
        }
    }

    [Fact]
    public async Task Names_and_multicast_are_answered_to_no_one()
    {
        var node = cluster.Stack.Node("chat-0");
        (string? Network, string? From, string To)[] callers = [(null, Sandbox.Operator, node.PublicAddress),
            (null, Sandbox.Outsider, node.PublicAddress), (HostRuntime.NeighbourName, null, node.PrivateAddress)];
        var answered = await Task.WhenAll(callers.SelectMany(_ => s_names, async (caller, port) =>
            await AnswersDatagramAsync(caller.Network, caller.From, caller.To, port) ? $"{port} for {caller}" : null));
        Assert.Empty(answered.OfType<string>());
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task The_metadata_service_answers_only_root_and_the_monitoring_agent(string server)
    {
        const string Ask = "curl -sS -m 1 -o /dev/null http://169.254.169.254/metadata/v1/user-data";
        var answers = await cluster.ShellAsync(server,
            $"{Ask} && echo root; for user in vllm www-data fetch probe ops nobody do-agent; do (setpriv --reuid $user --regid "
                + $"$user --clear-groups {Ask} 2> /dev/null && echo $user) & done; wait");
        Assert.Equal(["do-agent", "root"], answers.Split('\n').Order(StringComparer.Ordinal));
    }

    /// <summary>
    /// Graphs and alerts of the control panel are made of what it sends, with an account of its own, to that same address.
    /// </summary>
    [Theory]
    [MemberData(nameof(Servers))]
    public async Task What_the_monitoring_agent_sends_arrives(string server)
    {
        var address = cluster.Stack.Node(server).PublicAddress;
        var before = Sent();
        await cluster.ShellAsync(server, "systemctl restart do-agent.service");
        await RunningStack.UntilAsync("a batch of metrics has arrived", TimeSpan.FromSeconds(20), () => Task.FromResult(Sent() > before));

        int Sent() => RequestLog.Read(cluster.Stack.Folder.MirrorLog).Count(request =>
            request is { Method: "POST", Status: 202 } && request.Client == address
                && request.Path.StartsWith("/v1/metrics/droplet_id/", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("www-data")]
    [InlineData("nobody")]
    public async Task A_server_opens_no_connection_to_a_port_that_it_does_not_need(string user)
    {
        var tried = await cluster.ShellAsync(TestCluster.Venv,
            $"for port in 22 25 6379 8000 6667; do (setpriv --reuid {user} --clear-groups timeout 1 bash -c \"> "
                + "/dev/tcp/198.51.100.1/$port\" 2> /dev/null && echo $port) & done; wait");
        Assert.Equal("", tried);
    }

    /// <summary>An address of the VPC that no one has.</summary>
    private const string Spoofed = "10.100.0.251";

    private string[] PublicAddresses => [.. TestCluster.Servers.Select(server => cluster.Stack.Node(server).PublicAddress)];

    private string[] PrivateAddresses => [.. TestCluster.Servers.Select(server => cluster.Stack.Node(server).PrivateAddress)];

    /// <summary>The ports of each address to which a connection could be made, all tried at once.</summary>
    private async Task<(string Address, string[] Ports)[]> OpenAsync(string? network, string? from, string[] addresses)
    {
        var targets = addresses.SelectMany(address => Ports.Select(port => new IPEndPoint(IPAddress.Parse(address), port))).ToArray();
        var sockets = NamespaceSockets.Tcp(cluster.Stack.Sandbox.NetworkPath(network), targets.Length);
        using var limit = new CancellationTokenSource(Patience);
        var open = await Task.WhenAll(sockets.Zip(targets, async (socket, target) =>
        {
            using (socket)
            {
                try
                {
                    if (from is not null)
                    {
                        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
                    }

                    await socket.ConnectAsync(target, limit.Token);
                    return target;
                }
                catch (Exception exception) when (exception is SocketException or OperationCanceledException)
                {
                    return null;
                }
            }
        }));
        return [.. addresses.Select(address => (address, open.OfType<IPEndPoint>().Where(target => target.Address.ToString() == address)
            .Select(target => target.Port.ToString(CultureInfo.InvariantCulture)).ToArray()))];
    }

    private async Task<bool> AnswersDatagramAsync(string? network, string? from, string to, int port)
    {
        // A question for the address of localhost, which a resolver would answer.
        const string Question = "\\x12\\x34\\x01\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x09localhost\\x00\\x00\\x01\\x00\\x01";
        var ask = $"""
            import socket, sys
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.settimeout(1)
            if "{from}": s.bind(("{from}", 0))
            s.sendto(b"{Question}", ("{to}", {port}))
            try:
                s.recv(512)
            except OSError:
                sys.exit(1)
            """;
        return (await cluster.Stack.OnNetworkAsync(network, "python3", "-c", ask)).Status == 0;
    }
}
