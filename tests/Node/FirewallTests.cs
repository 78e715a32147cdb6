using Infra.Node;

namespace Infra.Tests.Node;

/// <summary><c>firewall</c>: the rules that it writes, and their effect on packets between network namespaces.</summary>
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
        # Each packet is acknowledged at once: an acknowledgement that was still due when the rules came would be the word of ours that they wait for.
        ip route replace 203.0.113.0/24 dev node0 src 203.0.113.1 quickack 1
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

    [Theory]
    [InlineData("FIREWALL_ADMIN_CIDRS", "203.0.113.7/32; flush ruleset")]
    [InlineData("FIREWALL_CLIENT_CIDRS", "10.0.0.0/8 }")]
    public async Task The_firewall_takes_addresses_and_nothing_else(string key, string value)
    {
        using var node = new StagedNode();
        node.Stub("nft", "cat > \"$INFERENCE_ROOT/ruleset\"");
        node.Write(NodeEnvironment.Path, RunningNode.With(node.Read(NodeEnvironment.Path), (key, value)));
        var result = await node.RunAsync("firewall");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("instead of addresses", result.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(node.At("/ruleset")));
    }

    [Fact]
    public async Task The_ruleset_is_accepted_by_nft_with_the_addresses_of_both_families()
    {
        using var node = new StagedNode();
        node.Stub("nft", "case $* in *list*) ;; *) cat > \"$INFERENCE_ROOT/ruleset\" ;; esac");
        Assert.Equal(0, (await node.RunAsync("firewall")).ExitCode);
        Assert.Contains("add element inet inference admins6 { 2001:db8::/64 }", node.Read("/ruleset"), StringComparison.Ordinal);
        var result = await Tool.RunAsync(
            "unshare", [.. Tool.OwnNamespace("--net"), "nft", "--check", "--file", node.At("/ruleset")], null, null);
        Assert.True(result.ExitCode == 0, result.All);
    }

    [Fact]
    public async Task A_download_that_is_older_than_the_rules_continues()
    {
        using var node = new StagedNode();
        var result = await RunAsync(node, seconds: "20");
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Contains("table inet inference", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("conntrack_warmup", result.Output, StringComparison.Ordinal);
    }

    // One address opens as many connections as it can; another one still gets through. The limit here is 20 connections in place of 2,048.
    // A load balancer is one address for all its clients. Open connections survive a change of the rules.
    [Theory]
    [InlineData("connection", "20 True 0")]
    [InlineData("balancer", "22 True 0")]
    [InlineData("header", "22 True 0")]
    public async Task Each_address_has_its_own_connection_limit_and_a_load_balancer_has_none(string callers, string expected)
    {
        using var node = new StagedNode();
        node.Write(NodeEnvironment.Path, RunningNode.With(node.Read(NodeEnvironment.Path), ("API_ADDRESS", callers)));
        var rules = node.Read("/etc/inference/firewall.nft");
        Assert.Contains("ct count over 2048 }", rules, StringComparison.Ordinal);
        node.Write("/etc/inference/firewall.nft", rules.Replace("ct count over 2048 }", "ct count over 20 }", StringComparison.Ordinal));
        const string Crowd = """
            set -euo pipefail
            ip link set lo up
            unshare --net sleep 60 & around=$!
            trap 'kill $around' EXIT
            until [[ $(readlink /proc/$around/ns/net) != $(readlink /proc/self/ns/net) ]]; do /bin/sleep 0.01; done
            ip link add vpc0 type veth peer name eth0 netns $around
            ip address add 10.20.0.5/24 dev vpc0 && ip link set vpc0 up
            nsenter -t $around -n sh -c 'ip address add 10.20.0.7/24 dev eth0; ip address add 10.20.0.8/24 dev eth0; ip link set eth0 up'
            "$1"
            exec {up}< <(exec python3 -c '
            import socket, time
            listener = socket.create_server(("0.0.0.0", 443), backlog=200)
            print("up", flush=True)
            time.sleep(60)')
            trap 'kill $around $!' EXIT
            read -r _ <&"$up"
            nsenter -t $around -n python3 - $$ "$1" <<'CLIENTS'
            import socket, subprocess, sys
            def connect(source):
                s = socket.socket(); s.bind((source, 0)); s.settimeout(0.5)
                try: s.connect(("10.20.0.5", 443))
                except OSError: return None
                return s
            held = [connect("10.20.0.7") for _ in range(22)]
            print([s is not None for s in held].count(True), connect("10.20.0.8") is not None,
                  subprocess.run(["nsenter", "-t", sys.argv[1], "-n", sys.argv[2], "check"]).returncode)
            CLIENTS
            """;
        node.Stub("sleep", "exec /bin/sleep \"$@\"");
        var result = await node.RunAsync(
            "firewall", command => ["unshare", .. Tool.OwnNamespace("--net"), "bash", "-c", Crowd, "-", command]);
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Equal(expected, result.Output.Trim());
    }

    // Whether connection tracking hears of the connection by itself in that moment is chance on a machine that is busy: one of a
    // few will do.
    [Fact]
    public async Task Without_the_warm_up_of_conntrack_it_would_stall()
    {
        for (var tries = 0; tries < 5; tries++)
        {
            using var node = new StagedNode();
            // So that it finds none to wait for.
            node.Stub("ss", "case $* in *established) ;; *) exec /bin/ss \"$@\" ;; esac");
            var result = await RunAsync(node, seconds: "2");
            if (result.ExitCode != 0)
            {
                Assert.Contains("TimeoutError", result.Errors, StringComparison.Ordinal);
                return;
            }
        }

        Assert.Fail("it never stalled");
    }

    // Each line: what another program does to the rules, and whether "check" finds just ours loaded after it.
    private const string Others = """
        set -euo pipefail
        says() { if "$1" check; then echo "$2: ours"; else echo "$2: not ours"; fi; }
        says "$1" nothing
        "$1"
        says "$1" loaded
        others() { "${@:2}"; says "$1" "${*:2}"; "$1"; }
        others "$1" nft add table inet other
        others "$1" nft flush ruleset
        others "$1" nft flush table inet inference
        others "$1" nft insert rule inet inference input accept
        others "$1" nft add element inet inference admins4 '{ 192.0.2.0/24 }'
        others "$1" nft delete element inet inference outbound '{ 443 }'
        sed -i 's/^FIREWALL_CLIENT_CIDRS=.*/FIREWALL_CLIENT_CIDRS=10.20.0.9/' "$INFERENCE_ROOT/etc/inference/node.env"
        says "$1" 'another setting'
        "$1"
        sed -i 's/policy drop/policy nonsense/' "$INFERENCE_ROOT/etc/inference/firewall.nft"
        "$1" && exit 1
        says "$1" 'a load that failed'
        sed -i 's/policy nonsense/policy drop/' "$INFERENCE_ROOT/etc/inference/firewall.nft"
        "$1"
        says "$1" 'the next'
        """;

    [Fact]
    public async Task What_is_loaded_is_compared_and_not_what_was_written()
    {
        using var node = new StagedNode();
        var result = await node.RunAsync(
            "firewall", command => ["unshare", .. Tool.OwnNamespace("--net"), "bash", "-c", Others, "-", command]);
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Equal(
            """
            nothing: not ours
            loaded: ours
            nft add table inet other: ours
            nft flush ruleset: not ours
            nft flush table inet inference: not ours
            nft insert rule inet inference input accept: not ours
            nft add element inet inference admins4 { 192.0.2.0/24 }: not ours
            nft delete element inet inference outbound { 443 }: not ours
            another setting: not ours
            a load that failed: not ours
            the next: ours

            """, result.Output);
    }

    // Rules go, wholly and in part, and come back without anyone else's doing;
    // a load that fails is tried again at the next word of the kernel.
    private const string Watched = """
        set -euo pipefail
        mkfifo "$INFERENCE_ROOT/loads"
        exec {loads}<> "$INFERENCE_ROOT/loads"
        "$1" watch & watch=$!
        trap 'kill $watch' EXIT
        # Each load of the rules is a line.
        back() { until "$2" check; do read -r -t 60 -u "$loads" _ || { echo "$1: gone"; return; }; done; echo "$1: back"; }
        back start "$1"
        nft flush ruleset
        back 'nft flush ruleset' "$1"
        nft insert rule inet inference input accept
        back 'nft insert rule' "$1"
        nft delete table inet inference
        back 'nft delete table' "$1"
        touch "$INFERENCE_ROOT/refuse"
        nft flush ruleset
        until [[ -e $INFERENCE_ROOT/refused ]]; do /bin/sleep 0.05; done
        rm "$INFERENCE_ROOT/refuse"
        nft add table inet other
        back 'a load that failed' "$1"
        """;

    [Theory]
    [InlineData("exec /usr/sbin/nft \"$@\"", "3600")]
    // Should the kernel's word be lost, the next look is not far.
    [InlineData("[[ $1 != monitor ]] || exec /bin/sleep 3600; exec /usr/sbin/nft \"$@\"", "1")]
    public async Task Rules_that_another_program_took_away_come_back(string nft, string look)
    {
        using var node = new StagedNode();
        node.Stub("nft", nft);
        node.Stub("systemctl",
            "[[ ! -e $INFERENCE_ROOT/refuse ]] || { touch \"$INFERENCE_ROOT/refused\"; exit 1; }; "
            + "\"$INFERENCE_ROOT/usr/local/libexec/inference/firewall\" && echo > \"$INFERENCE_ROOT/loads\"");
        var result = await node.RunInsideAsync("firewall",
            command => ["unshare", .. Tool.OwnNamespace("--net", "--pid", "--fork", "--kill-child"), "bash", "-c", Watched, "-", command],
            [("FIREWALL_LOOK_S", look)]);
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Equal("start: back\nnft flush ruleset: back\nnft insert rule: back\nnft delete table: back\na load that failed: back\n",
            result.Output);
    }

    // A look takes a dozen programs: one for each connection would be a flood's to use.
    [Fact]
    public async Task A_new_connection_causes_no_check_of_the_rules()
    {
        using var node = new StagedNode();
        node.Stub("nft", "[[ $* != *'list table inet inference'* ]] || echo >> \"$INFERENCE_ROOT/looks\"; exec /usr/sbin/nft \"$@\"");
        node.Stub("systemctl", "exec \"$INFERENCE_ROOT/usr/local/libexec/inference/firewall\"");
        const string Flood = """
            set -euo pipefail
            "$1" watch & watch=$!
            trap 'kill $watch' EXIT
            looks() { wc -l < "$INFERENCE_ROOT/looks"; }
            until "$1" check && sleep 1 && before=$(looks) && sleep 2 && [[ $(looks) == "$before" ]]; do :; done
            # Each line is a transaction of its own.
            for ((one = 1; one < 60; one++)); do echo "add element inet inference opened4 { 10.9.9.$one }"; done \
              | /usr/sbin/nft -i > /dev/null
            sleep 1
            echo "$(($(looks) - before)) looks"
            /usr/sbin/nft add element inet inference admins4 '{ 10.9.9.0/24 }'
            until (($(looks) > before)); do sleep 0.05; done
            echo looked
            """;
        node.Stub("sleep", "exec /bin/sleep \"$@\"");
        var result = await node.RunInsideAsync("firewall",
            command => ["unshare", .. Tool.OwnNamespace("--net", "--pid", "--fork", "--kill-child"), "bash", "-c", Flood, "-", command],
            [("FIREWALL_LOOK_S", "3600")]);
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Equal("0 looks\nlooked\n", result.Output);
    }

    private static Task<ToolResult> RunAsync(StagedNode node, string seconds)
    {
        node.Stub("sleep", "exec /bin/sleep \"$@\"");
        return node.RunAsync("firewall", command => ["unshare", .. Tool.OwnNamespace("--net"), "bash", "-c", Scene, "-", command, seconds]);
    }
}
