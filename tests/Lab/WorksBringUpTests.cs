using Infra.Lab.Mirrors;
using Infra.Lab.Stacks;

namespace Infra.Tests.Lab;

/// <summary>How the servers came up: in which order, with what they fetched, and with certificates that strict clients accept.</summary>
[Collection(TestCluster.Collection)]
public sealed class WorksBringUpTests(TestCluster cluster)
{
    public static TheoryData<string> Servers => [.. TestCluster.Servers];

    [Theory]
    [MemberData(nameof(Servers))]
    public void Engine_and_weights_come_at_the_same_time(string server)
    {
        var phases = Phases(server);
        var (engine, weights) = (phases["engine"], phases["weights"]);
        Assert.False(engine.Failed || weights.Failed);
        // The cluster's hub was slow until every engine had begun: neither waits for the other.
        Assert.True(engine.Start < weights.End, $"engine began at {engine.Start}, weights ended at {weights.End}");
        Assert.True(weights.Start < engine.End, $"weights began at {weights.Start}, engine ended at {engine.End}");
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task VLLM_waits_for_engine_and_weights_and_for_nothing_that_comes_after_them(string server)
    {
        var phases = Phases(server);
        Assert.True(phases["vllm"].Start >= phases["engine"].End && phases["vllm"].Start >= phases["weights"].End);
        // Wheels need libraries of packages that come next to them.
        var (install, with) = server == TestCluster.Venv ? ("venv", new[] { "inference-serving-packages.service" }) : ("container", []);
        var after = await cluster.ShellAsync(server, $"systemctl show --property After --value inference-vllm-{install}");
        Assert.Equal([$"inference-engine-{install}.service", .. with, "inference-weights.service"],
            after.Split(' ').Where(unit => unit.StartsWith("inference-", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public void Nothing_failed_and_nothing_started_twice(string server)
    {
        Assert.All(Phases(server).Values, phase => Assert.False(phase.Failed, phase.Phase));
        Assert.Equal("", cluster.BroughtUp[server].FailedUnits);
        Assert.Equal("0", cluster.BroughtUp[server].Restarts);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public void A_server_fetches_the_weights_in_one_form_only(string server)
    {
        var address = cluster.Stack.Node(server).PublicAddress;
        var weights = RequestLog.Read(cluster.Stack.Folder.MirrorLog)
            .Where(request => request.Client == address && request.Path.Contains(".safetensors", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(weights);
        Assert.All(weights, request => Assert.Matches(@"consolidated[^/&]*\.safetensors", request.Path));
        Assert.All(weights, request => Assert.DoesNotMatch(@"\bmodel[^/&]*\.safetensors", request.Path));
    }

    [Fact]
    public async Task The_engine_is_installed_as_each_endpoint_asks()
    {
        Assert.Equal("vllm", await cluster.ShellAsync("chat-0", "podman ps --format '{{.Names}}'"));
        Assert.Equal("vllm", await cluster.ShellAsync(TestCluster.Amd, "podman ps --format '{{.Names}}'"));
        Assert.Equal("", await cluster.ShellAsync(TestCluster.Venv, "podman ps --quiet 2> /dev/null || true"));
        Assert.Equal("active", await cluster.ShellAsync(TestCluster.Venv, "systemctl is-active inference-vllm-venv.service"));
        // pip has the name and version that the node asked for; the fake code inside has a version of its own.
        Assert.Equal("pip-26.1.1.dist-info",
            await cluster.ShellAsync(TestCluster.Venv, "ls /var/lib/inference/engine/venv/lib/*/site-packages | grep ^pip-"));
    }

    [Fact]
    public async Task An_AMD_server_keeps_weights_on_its_scratch_disk_and_its_engine_has_the_devices()
    {
        var device = await cluster.ShellAsync(TestCluster.Amd, "findmnt --noheadings --output SOURCE /srv/inference");
        Assert.Equal("DOSCRATCH", await cluster.ShellAsync(TestCluster.Amd, $"blkid -o value -s LABEL {device}"));
        var devices = await cluster.ShellAsync(TestCluster.Amd, "podman exec vllm ls /dev/kfd /dev/dri");
        Assert.Contains("/dev/kfd", devices, StringComparison.Ordinal);
        Assert.Contains("renderD128", devices, StringComparison.Ordinal);
        Assert.Contains("1 x AMD", await cluster.ShellAsync(TestCluster.Amd, "journalctl -u inference-gpu-check -o cat"),
            StringComparison.Ordinal);
    }

    // Python 3.13 checks by RFC 5280 to the letter since ssl.create_default_context() sets VERIFY_X509_STRICT; here every Python does.
    [Theory]
    [MemberData(nameof(Servers))]
    public async Task A_certificate_passes_Pythons_strict_check_by_every_name_that_clients_use(string server)
    {
        const string Check = """
            import socket, ssl, sys
            context = ssl.create_default_context(cafile="/dev/stdin")
            context.verify_flags |= ssl.VERIFY_X509_STRICT
            for name in sys.argv[1:]:
                with socket.create_connection(("127.0.0.1", 443), timeout=5) as tcp, context.wrap_socket(tcp, server_hostname=name) as tls:
                    print(tls.version(), name)
            """;
        var node = cluster.Stack.Node(server);
        var names = new List<string> { "127.0.0.1", "localhost", node.PrivateAddress };
        if (node.Endpoint == TestCluster.Balanced)
        {
            names.Add(cluster.BalancedEndpoint.BalancerAddress!);
        }

        var authority = await File.ReadAllBytesAsync(new AccessFiles(cluster.Stack.Folder).Authority,
            TestContext.Current.CancellationToken);
        var answer = await cluster.Stack.LabStack.Server(node)
            .AskAsync(["python3", "-c", Check, .. names], authority, TestContext.Current.CancellationToken);
        Assert.True(answer.Status == 0, answer.Errors);
        Assert.Equal(names.Count, answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task A_certificate_passes_OpenSSLs_strict_check_for_a_server()
    {
        var authority = await File.ReadAllBytesAsync(new AccessFiles(cluster.Stack.Folder).Authority,
            TestContext.Current.CancellationToken);
        var answer = await cluster.Stack.LabStack.Server(cluster.Stack.Node("chat-0")).AskAsync(
            ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", "/dev/stdin", "-verify_ip",
                cluster.BalancedEndpoint.BalancerAddress!, "/etc/inference/secrets/tls.crt"],
            authority, TestContext.Current.CancellationToken);
        Assert.True(answer.Status == 0, answer.Errors + answer.Output);
    }

    private Dictionary<string, TimelinePhase> Phases(string server) => cluster.BroughtUp[server].Phases;
}
