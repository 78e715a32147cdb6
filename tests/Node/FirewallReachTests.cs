using Infra.Node;

namespace Infra.Tests.Node;

/// <summary>What the rules of <c>firewall</c> do to packets, from the attacker's side: in namespaces, with real connections.</summary>
public sealed class FirewallReachTests
{
    // A node with what an image may have on it: exporters that listen everywhere, Docker with a published port, nftables rules of its own.
    // Around it a neighbour of the VPC who is a client, and the metadata service. "reach UID ADDRESS PORT" and "from NAMESPACE ADDRESS
    // PORT" print yes or no.
    private const string Scene = """
        set -euo pipefail
        ip link set lo up
        unshare --net /bin/sleep 120 & around=$!
        unshare --net /bin/sleep 120 & docker=$!
        pids=("$around" "$docker")
        trap 'kill "${pids[@]}"' EXIT
        for one in $around $docker; do until [[ $(readlink /proc/$one/ns/net) != $(readlink /proc/self/ns/net) ]]; do /bin/sleep 0.01; done; done
        ip link add vpc0 type veth peer name eth0 netns $around
        ip address add 10.20.0.5/24 dev vpc0 && ip link set vpc0 up && ip route add 169.254.169.254 dev vpc0
        nsenter -t $around -n sh -c 'ip link set lo up; ip address add 10.20.0.9/24 dev eth0; ip address add 169.254.169.254/32 dev eth0; ip link set eth0 up; ip route add 172.17.0.0/16 via 10.20.0.5'
        ip link add docker0 type veth peer name eth0 netns $docker
        ip address add 172.17.0.1/16 dev docker0 && ip link set docker0 up
        nsenter -t $docker -n sh -c 'ip address add 172.17.0.2/16 dev eth0; ip link set eth0 up; ip route add default via 172.17.0.1'
        echo 1 > /proc/sys/net/ipv4/ip_forward
        nft -f - <<'NFT'
        table ip docker {
          chain prerouting { type nat hook prerouting priority dstnat; tcp dport 8080 dnat to 172.17.0.2:80; }
          chain forward { type filter hook forward priority filter; policy accept; accept; }
        }
        NFT
        listen='
        import socket, sys, threading
        def serve(listener):
            while True: listener.accept()[0].close()
        for port in sys.argv[1:]:
            listener = socket.create_server(("0.0.0.0", int(port)), backlog=64)
            threading.Thread(target=serve, args=(listener,)).start()
        print("up", flush=True)'
        exec {one}< <(exec /usr/bin/python3 -c "$listen" 443 5000 8888 9100 9400) ; pids+=($!); read -r up <&"$one"
        exec {two}< <(exec nsenter -t $around -n /usr/bin/python3 -c "$listen" 80 443 8080) ; pids+=($!); read -r up <&"$two"
        exec {three}< <(exec nsenter -t $docker -n /usr/bin/python3 -c "$listen" 80) ; pids+=($!); read -r up <&"$three"
        connect='
        import socket, sys
        try: socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=1); print("yes")
        except OSError: print("no")'
        reach() { echo "uid $1 to $2:$3 $(setpriv --reuid "$1" --clear-groups /usr/bin/python3 -c "$connect" "$2" "$3")"; }
        from() { echo "neighbour to $1:$2 $(nsenter -t $around -n /usr/bin/python3 -c "$connect" "$1" "$2")"; }
        for port in 9400 8080; do from 10.20.0.5 "$port"; done
        "$1"
        echo rules
        for uid in 0 997 2000 33 995; do reach $uid 169.254.169.254 80; done
        for port in 443 8080; do reach 997 169.254.169.254 "$port"; done
        for port in 5000 9100 9400; do reach 997 127.0.0.1 "$port"; done
        for port in 443 22 5000 8080 8888 9100 9400; do from 10.20.0.5 "$port"; done
        """;

    [Fact]
    public async Task The_metadata_service_answers_root_and_the_monitoring_agent_and_what_the_image_serves_stays_on_the_node()
    {
        using var node = new StagedNode();
        var result = await RunAsync(node, "echo 997");
        Assert.Equal(
            """
            neighbour to 10.20.0.5:9400 yes
            neighbour to 10.20.0.5:8080 yes
            rules
            uid 0 to 169.254.169.254:80 yes
            uid 997 to 169.254.169.254:80 yes
            uid 2000 to 169.254.169.254:80 no
            uid 33 to 169.254.169.254:80 no
            uid 995 to 169.254.169.254:80 no
            uid 997 to 169.254.169.254:443 no
            uid 997 to 169.254.169.254:8080 no
            uid 997 to 127.0.0.1:5000 yes
            uid 997 to 127.0.0.1:9100 yes
            uid 997 to 127.0.0.1:9400 yes
            neighbour to 10.20.0.5:443 yes
            neighbour to 10.20.0.5:22 no
            neighbour to 10.20.0.5:5000 no
            neighbour to 10.20.0.5:8080 no
            neighbour to 10.20.0.5:8888 no
            neighbour to 10.20.0.5:9100 no
            neighbour to 10.20.0.5:9400 no

            """, result.Output);
    }

    [Theory]
    [InlineData("exit 1", "monitoring is off: this image has no account do-agent")]
    [InlineData("echo 0", "monitoring is off: do-agent has uid 0")]
    [InlineData("echo 2000", "monitoring is off: do-agent has uid 2000")]
    public async Task Without_an_account_of_its_own_the_agent_reaches_nothing_and_the_journal_shows_it(string uid, string message)
    {
        using var node = new StagedNode();
        var result = await RunAsync(node, uid);
        Assert.Contains(message, result.Errors, StringComparison.Ordinal);
        Assert.Contains("uid 0 to 169.254.169.254:80 yes\nuid 997 to 169.254.169.254:80 no\nuid 2000 to 169.254.169.254:80 no\n",
            result.Output, StringComparison.Ordinal);
    }

    private static async Task<ToolResult> RunAsync(StagedNode node, string uid)
    {
        Assert.SkipUnless(Environment.UserName == "root", "Connections of several accounts need several accounts: run it as root.");
        node.Stub("sleep", "exec /bin/sleep \"$@\"");
        node.Stub("id", $"case $* in *do-agent*) {uid} ;; *vllm*) echo 2000 ;; *) exec /usr/bin/id \"$@\" ;; esac");
        node.Write(NodeEnvironment.Path, RunningNode.With(node.Read(NodeEnvironment.Path), ("FIREWALL_CLIENT_CIDRS", "10.20.0.0/24")));
        var result = await node.RunAsync(
            "firewall", command => ["unshare", .. Tool.OwnNamespace("--net"), "bash", "-c", Scene, "-", command]);
        Assert.True(result.ExitCode == 0, result.All);
        return result;
    }
}
