namespace Infra.Tests.Node;

/// <summary>The host firewall in a kernel of namespaces: what it does to packets, where <see cref="ScriptTests"/> hold what it says.</summary>
public sealed class FirewallTests
{
    // A node, a hub on another network, and a client that only listens, as one that downloads does.
    private const string Scene = """
        set -euo pipefail
        ip link set lo up
        unshare --net sleep 60 & hub=$!
        trap 'kill $hub' EXIT
        until [[ $(readlink /proc/$hub/ns/net) != $(readlink /proc/self/ns/net) ]]; do /bin/sleep 0.01; done
        ip link add node0 type veth peer name hub0 netns $hub
        ip address add 203.0.113.1/24 dev node0 && ip link set node0 up
        nsenter -t $hub -n sh -c 'ip address add 203.0.113.2/24 dev hub0 && ip link set hub0 up'
        nsenter -t $hub -n python3 -c '
        import socket, time
        listener = socket.create_server(("203.0.113.2", 443))
        connection, _ = listener.accept()
        while True:
            connection.sendall(bytes(100))
            time.sleep(0.005)' & sender=$!
        trap 'kill $hub $sender' EXIT
        until nsenter -t $hub -n ss -Hltn | grep -q :443; do /bin/sleep 0.01; done
        python3 - "$1" "$2" <<'CLIENT'
        import socket, subprocess, sys
        connection = socket.create_connection(("203.0.113.2", 443))
        connection.settimeout(10)
        connection.recv(1000)
        subprocess.run([sys.argv[1]], check=True)
        connection.setblocking(False)
        try:
            while connection.recv(100000):
                pass
        except BlockingIOError:
            pass
        connection.settimeout(float(sys.argv[2]))
        assert connection.recv(1000)
        CLIENT
        nft list ruleset
        """;

    [Fact]
    public async Task A_download_that_is_older_than_the_rules_goes_on()
    {
        using var node = new StagedNode();
        var result = await RunAsync(node, seconds: "20");
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Contains("table inet inference", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("onlooker", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_look_at_what_was_there_before_it_would_stall()
    {
        using var node = new StagedNode();
        // So that it finds none to wait for.
        node.Stub("ss", "case $* in *established) ;; *) exec /bin/ss \"$@\" ;; esac");
        var result = await RunAsync(node, seconds: "2");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("TimeoutError", result.Errors, StringComparison.Ordinal);
    }

    private static Task<ToolResult> RunAsync(StagedNode node, string seconds)
    {
        node.Stub("sleep", "exec /bin/sleep \"$@\"");
        return node.RunAsync("firewall", command => ["unshare", .. Tool.OwnNamespace("--net"), "bash", "-c", Scene, "-", command, seconds]);
    }
}
