using Infra.Node;

namespace Infra.Tests.Node;

/// <summary>What the rules of <c>firewall</c> do to packets, from the attacker's side: in namespaces, with real connections.</summary>
public sealed class FirewallReachTests(FirewallReachTests.Played scene) : IClassFixture<FirewallReachTests.Played>
{
    // A node with what an image may have on it: exporters that listen everywhere, Docker with a published port, nftables rules of its own.
    // Around it a neighbour of the VPC who is a client, and the metadata service. "reach" for lines "UID ADDRESS PORT" and "from"
    // for ports print yes or no; all connections of a call are tried at the same time.
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
        probe='
        import os, socket, sys
        def start(uid, address, port):
            child = os.fork()
            if child: return child
            try:
                os.setgroups([]); os.setuid(int(uid))
                socket.create_connection((address, int(port)), timeout=1)
            except OSError: os._exit(1)
            os._exit(0)
        probes = [line.split() for line in sys.argv[2:]]
        for (uid, address, port), child in zip(probes, [start(*line) for line in probes]):
            print(sys.argv[1] or f"uid {uid}", f"to {address}:{port}", "no" if os.waitpid(child, 0)[1] else "yes")'
        reach() { /usr/bin/python3 -c "$probe" '' "$@"; }
        from() { nsenter -t $around -n /usr/bin/python3 -c "$probe" neighbour "${@/#/0 10.20.0.5 }"; }
        echo 'echo 997' > "$INFERENCE_ROOT/do-agent"
        from 9400 8080
        "$1"
        echo rules
        metadata='169.254.169.254 80'
        reach "0 $metadata" "997 $metadata" "2000 $metadata" "33 $metadata" "995 $metadata" \
          '997 169.254.169.254 443' '997 169.254.169.254 8080' '997 127.0.0.1 5000' '997 127.0.0.1 9100' '997 127.0.0.1 9400'
        from 443 22 5000 8080 8888 9100 9400
        for uid in 'exit 1' 'echo 0' 'echo 2000'; do
          echo "account: $uid"
          echo "$uid" > "$INFERENCE_ROOT/do-agent"
          "$1" 2>&1
          reach "0 $metadata" "997 $metadata" "2000 $metadata"
        done
        """;

    [Fact]
    public void The_metadata_service_answers_root_and_the_monitoring_agent_and_what_the_image_serves_stays_on_the_node()
    {
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

            """, scene.Part(""));
    }

    [Theory]
    [InlineData("exit 1", "monitoring is off: this image has no account do-agent")]
    [InlineData("echo 0", "monitoring is off: do-agent has uid 0")]
    [InlineData("echo 2000", "monitoring is off: do-agent has uid 2000")]
    public void Without_an_account_of_its_own_the_agent_reaches_nothing_and_the_journal_shows_it(string uid, string message)
    {
        var part = scene.Part(uid);
        Assert.Contains(message, part, StringComparison.Ordinal);
        Assert.EndsWith("\nuid 0 to 169.254.169.254:80 yes\nuid 997 to 169.254.169.254:80 no\nuid 2000 to 169.254.169.254:80 no\n",
            part, StringComparison.Ordinal);
    }

    /// <summary>The scene, played once: namespaces, servers and connections that time out take most of the time.</summary>
    public sealed class Played : IAsyncLifetime
    {
        private ToolResult? _result;

        /// <summary>What was printed with this command in place of the agent's uid; "" for an account of its own.</summary>
        internal string Part(string uid)
        {
            Assert.SkipWhen(_result is null, "Connections of several accounts need several accounts: run it as root.");
            Assert.True(_result!.ExitCode == 0, _result.All);
            return _result.Output.Split("account: ").Single(part => uid.Length == 0
                ? part.StartsWith("neighbour", StringComparison.Ordinal) : part.StartsWith($"{uid}\n", StringComparison.Ordinal));
        }

        public async ValueTask InitializeAsync()
        {
            if (Environment.UserName != "root")
            {
                return;
            }

            using var node = new StagedNode();
            node.Stub("sleep", "exec /bin/sleep \"$@\"");
            node.Stub("id", """
                case $* in
                  *do-agent*) . "$INFERENCE_ROOT/do-agent" ;;
                  *vllm*) echo 2000 ;;
                  *) exec /usr/bin/id "$@" ;;
                esac
                """);
            node.Write(NodeEnvironment.Path, RunningNode.With(node.Read(NodeEnvironment.Path), ("FIREWALL_CLIENT_CIDRS", "10.20.0.0/24")));
            _result = await node.RunAsync(
                "firewall", command => ["unshare", .. Tool.OwnNamespace("--net"), "bash", "-c", Scene, "-", command]);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
