using System.Globalization;
using System.Text.Json.Nodes;
using Infra.Lab.Mirrors;

namespace Infra.Tests.Lab;

/// <summary>Someone has taken over the engine, or its account on the server.</summary>
[Collection(TestCluster.Collection)]
public sealed class ClosedEngineTests(TestCluster cluster)
{
    private const string Folder = "/run/inference/engine";

    /// <summary>
    /// What the engine's process may do is what code in it may do: its command line begins with the path of vLLM's console command.
    /// </summary>
    private const string Pid = "pgrep -u 2000 -o -f '/vllm serve'";

    public static TheoryData<string> Engines => ["chat-0", "venv-0", "amd-0"];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_engine_has_no_rights_and_gains_none(string server)
    {
        var status = await cluster.ShellAsync(server,
            $"grep -E '^(Uid|CapInh|CapPrm|CapEff|CapBnd|CapAmb|NoNewPrivs|Seccomp):' /proc/$({Pid})/status | tr -s '\\t' ' '");
        Assert.Equal(
        [
            "Uid: 2000 2000 2000 2000", "CapInh: 0000000000000000", "CapPrm: 0000000000000000", "CapEff: 0000000000000000",
            "CapBnd: 0000000000000000", "CapAmb: 0000000000000000", "NoNewPrivs: 1", "Seccomp: 2",
        ], status.Split('\n'));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_engine_has_no_network_but_loopback(string server)
    {
        Assert.Equal("lo", await cluster.ShellAsync(server, $"nsenter -t $({Pid}) -n ip -brief link | awk '{{ print $1 }}'"));
        Assert.Equal("", await cluster.ShellAsync(server, $"nsenter -t $({Pid}) -n sh -c 'ip -4 route; ip -6 route show default'"));
    }

    /// <summary>Actions that must fail for code with the engine's namespaces and rights.</summary>
    public static MatrixTheoryData<string, string> FromInside => new(Engines.Select(row => row.Data),
    [
        "cat /etc/inference/secrets/tls.key", "ls /etc/inference/secrets/clients/keys", "cat /etc/ssh/ssh_host_ed25519_key",
        "cat /etc/shadow", "touch /srv/inference/models/current/new", "rm -f /srv/inference/models/current/params.json",
        "touch /srv/inference/models/new", "touch /etc/new", "touch /usr/bin/new", "chroot / true", "mount -t tmpfs none /mnt",
        "unshare --net true", "mknod /tmp/disk b 7 0", "sudo -n true", "su -c true", "dmesg", "sysctl -w kernel.hostname=new",
        "hostname new", "curl -sS -m 1 http://169.254.169.254/", "curl -sS -m 1 http://198.51.100.1/",
        "curl -sSk -m 1 https://127.0.0.1/ready",
        $"{Connect}(\"/run/podman/podman.sock\")'", $"{Connect}(\"/run/dbus/system_bus_socket\")'", $"{Connect}(\"/run/systemd/private\")'",
        "ls /root",
        $"{Connect}(\"/run/systemd/journal/stdout\")'", $"{Datagram}(\"/run/systemd/journal/dev-log\")'",
        $"{Datagram}(\"/run/systemd/journal/socket\")'", $"{Datagram}(\"/dev/log\")'", "ls /srv/inference/cache",
    ]);

    private const string Datagram = "python3 -c 'import socket; socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).connect";

    private const string Connect = "python3 -c 'import socket; socket.socket(socket.AF_UNIX).connect";

    [Theory]
    [MemberData(nameof(FromInside))]
    public async Task What_is_tried_from_inside_the_engine_fails(string server, string attempt)
    {
        var enter = server == TestCluster.Venv
            ? $"nsenter -t $({Pid}) -m -n -i -u -- setpriv --reuid vllm --regid vllm --init-groups --no-new-privs "
                + "--bounding-set=-all --inh-caps=-all"
            : "podman exec vllm";
        Assert.Equal("in", await cluster.ShellAsync(server, $"{enter} sh -c 'echo in'"));
        var answer = await cluster.Stack.InsideAsync(server, "bash", "-c", $"{enter} sh -c \"$1\"", "-", attempt);
        Assert.True(answer.Status != 0, $"{attempt}: {answer.Output}");
    }

    /// <summary>The same for a process that runs as the engine's user, but outside of its unit.</summary>
    public static TheoryData<string> FromTheAccount =>
    [
        "cat /etc/inference/secrets/tls.key", "ls /etc/inference/secrets", "cat /etc/inference/secrets/huggingface.token",
        "cat /etc/ssh/ssh_host_ed25519_key", "cat /etc/shadow", "touch /srv/inference/models/new",
        "touch /srv/inference/models/current/new", "rm -f /srv/inference/models/current/params.json",
        "touch /var/lib/inference/engine/venv/bin/new", "echo >> /var/lib/inference/timeline/events.jsonl",
        "echo >> /etc/inference/node.env", "touch /run/inference/new", "ls /run/inference/bodies", "rm /run/inference/open",
        "ln -sfn /tmp /run/inference/open", "touch /run/inference/causes/new", "touch /var/lib/inference/compiled/new",
        "ls /run/inference-nginx", "touch /run/inference-ready/answered", "cat /proc/1/environ", "cat /proc/1/mem",
        "cat /proc/$(pgrep -o -f 'nginx: master')/environ", "head -c 1 /proc/$(pgrep -o -f 'nginx: worker')/mem",
        "kill -9 $(pgrep -o -f 'nginx: worker')", "kill -9 $(pgrep -o sshd)", "kill -9 1", "sudo -n true", "su -c true",
        "systemctl stop inference-nginx.service", "systemctl restart inference-firewall.service", "systemctl set-environment A=b",
        "systemd-run true", "busctl call org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager PowerOff",
        "podman --url unix:///run/podman/podman.sock ps", "nft list ruleset", "nft flush ruleset", "mount -o remount,rw /", "dmesg",
        "journalctl -n 1 -q -t inference | grep .", "crontab -l", "at now < /dev/null", "chsh -s /bin/sh", "passwd -d vllm",
        "curl -sS -m 1 http://169.254.169.254/", "curl -sS -m 1 http://198.51.100.1/", "bash -c 'echo > /dev/udp/198.51.100.1/53'",
        "cat /var/log/cloud-init-output.log", "cat /var/lib/cloud/instance/user-data.txt",
    ];

    [Theory]
    [MemberData(nameof(FromTheAccount))]
    public async Task What_is_tried_from_the_engines_account_fails(string attempt)
    {
        var answer = await cluster.Stack.InsideAsAsync(TestCluster.Venv, "vllm", attempt);
        Assert.True(answer.Status != 0, $"{attempt}: {answer.Output}");
    }

    /// <summary>Python's own hooks, code where a compiler keeps it, and what lies next to the socket.</summary>
    [Theory]
    [InlineData("chat-0")]
    [InlineData(TestCluster.Venv)]
    public async Task Code_that_took_over_an_engine_ends_with_it_and_what_was_compiled_before_stays(string server)
    {
        const string Mark = "left-by-a-taken-over-engine";
        await cluster.ShellAsync(server, $"""
            cd /proc/$({Pid})/root/tmp/home
            for place in .local/lib/python3.1{"{1,3}"}/site-packages .cache/vllm/torch_compile_cache/x .triton; do mkdir -p $place; echo 'print("{Mark}")' > $place/usercustomize.py; done
            chown -R 2000 .
            touch {Folder}/{Mark}
            kill -9 $({Pid})
            """);
        await cluster.Stack.UntilReadyAsync(server, ready: false);
        await cluster.Stack.UntilReadyAsync(server);
        await EngineMarks.GoneAsync(cluster, server, Mark);
        var journal = await cluster.ShellAsync(server, "journalctl -u 'inference-vllm-*' -o cat -n 200");
        Assert.DoesNotContain(Mark, journal, StringComparison.Ordinal);
        Assert.Contains("Directly load the compiled graph(s)", journal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_engine_that_fills_its_folder_harms_no_other()
    {
        var full = await cluster.Stack.InsideAsAsync(TestCluster.Venv, "vllm",
            $"cd {Folder} && head -c 8M /dev/zero > fill; for n in $(seq 100); do : > fill-$n || break; done; ls | wc -l; du "
                + "-sk . | cut -f1");
        try
        {
            var reported = full.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => int.Parse(line, CultureInfo.InvariantCulture)).ToArray();
            Assert.InRange(reported[0], 2, 64);
            Assert.InRange(reported[1], 1, 1024);
            Assert.Equal(200, (await AskAsync(TestCluster.Venv)).Status);
            await cluster.ShellAsync(TestCluster.Venv,
                "touch /run/inference/still && rm /run/inference/still && systemctl is-active inference-nginx.service");
        }
        finally
        {
            await cluster.ShellAsync(TestCluster.Venv, $"rm -f {Folder}/fill*");
        }
    }

    // Another socket in its place: here the engine's own under another name, which would answer if the link were followed.
    [Fact]
    public async Task A_link_in_place_of_the_engines_socket_is_not_followed()
    {
        await cluster.ShellAsync(TestCluster.Venv,
            $"setpriv --reuid vllm --regid vllm --clear-groups sh -c 'cd {Folder} && mv vllm.sock other.sock && ln -s "
                + "other.sock vllm.sock'");
        try
        {
            // Connections that nginx had before lead to the engine itself; new workers have none.
            await cluster.ShellAsync(TestCluster.Venv, "systemctl reload inference-nginx.service");
            var answer = RawAnswer.None;
            await RunningStack.UntilAsync("a new worker of nginx answers", TimeSpan.FromSeconds(20),
                async () => (answer = await AskAsync(TestCluster.Venv)).Status != 200);
            Assert.Equal(503, answer.Status);
            Assert.Contains("\"code\":503", answer.Body, StringComparison.Ordinal);
            // The engine is well, and the way to its folder open: the link alone is why.
            Assert.Equal("200", await cluster.ShellAsync(TestCluster.Venv,
                $"curl -s -o /dev/null -w '%{{http_code}}' --unix-socket /run/inference/open/other.sock http://engine/health"));
        }
        finally
        {
            await cluster.ShellAsync(TestCluster.Venv, $"cd {Folder} && rm -f vllm.sock && mv other.sock vllm.sock");
        }

        Assert.Equal(200, (await AskAsync(TestCluster.Venv)).Status);
    }

    /// <summary>URLs of images in requests, which the engine must not fetch.</summary>
    public static MatrixTheoryData<string, string> Addresses => new(Engines.Select(row => row.Data),
    [
        "http://198.51.100.1/forged.png", "https://huggingface.co/forged.png", "http://169.254.169.254/forged.png",
        "http://127.0.0.1/forged.png", "https://localhost/forged.png", "file:///etc/inference/node.env",
        "file:///srv/inference/models/current/params.json", "ftp://198.51.100.1/forged.png",
    ]);

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task An_image_by_URL_is_never_fetched(string server, string url)
    {
        var body = new JsonObject
        {
            ["model"] = TestCluster.Model,
            ["max_tokens"] = 1,
            ["messages"] = new JsonArray(new JsonObject
            {
                ["role"] = "user",
                ["content"] = new JsonArray(new JsonObject { ["type"] = "image_url", ["image_url"] = new JsonObject { ["url"] = url } }),
            }),
        };
        var answer = await PostAsync(server, "/v1/chat/completions", body);
        Assert.Equal(400, answer.Status);
        Assert.Contains("\"error\"", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(RequestLog.Read(cluster.Stack.Folder.MirrorLog),
            request => request.Path.Contains("forged", StringComparison.Ordinal));
    }

    private Task<RawAnswer> AskAsync(string server) =>
        PostAsync(server, "/v1/completions", new JsonObject { ["model"] = TestCluster.Model, ["prompt"] = "A", ["max_tokens"] = 1 });

    private Task<RawAnswer> PostAsync(string server, string route, JsonObject body)
    {
        var endpoint = cluster.Stack.Endpoint(cluster.Stack.Node(server).Endpoint);
        var text = body.ToJsonString();
        return cluster.ExchangeAsync(
            $"POST {route} HTTP/1.1\r\nHost: node\r\nAuthorization: Bearer {cluster.Stack.Key(endpoint.Name, endpoint.Clients[0])}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {text.Length}\r\nConnection: close\r\n\r\n{text}", server);
    }
}
