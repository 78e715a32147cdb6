using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Infra.Lab.Host;
using Infra.Lab.Stacks;
using Infra.Tests.Node;

namespace Infra.Tests.Lab;

/// <summary>Someone reads what can be read: user data, command lines, environments, logs, files.</summary>
[Collection(TestCluster.Collection)]
public sealed partial class ClosedSecretsTests(TestCluster cluster)
{
    /// <summary>
    /// Searches the lines of standard input in all places where they must not be, and prints each hit; at last where root must find them.
    /// </summary>
    private const string Search = """
        set -u
        umask 077
        patterns=$(mktemp /root/patterns.XXXXXX)
        trap 'rm -f "$patterns"' EXIT
        cat > "$patterns"
        found() { if grep -aqF -f "$patterns"; then echo "$1"; fi; }
        for process in /proc/[0-9]*; do
          tr '\0' '\n' < "$process/cmdline" 2> /dev/null | found "command line of $process $(cat "$process/comm" 2> /dev/null)"
          tr '\0' '\n' < "$process/environ" 2> /dev/null | found "environment of $process $(cat "$process/comm" 2> /dev/null)"
        done
        journalctl --no-pager -o export | found journal
        cat /var/lib/inference/timeline/* | found timeline
        cat /etc/inference/node.env | found node.env
        cat /var/lib/cloud/instance/user-data.txt | found 'user data'
        if systemctl is-active -q inference-vllm-container.service; then podman inspect vllm | found 'podman inspect'; fi
        systemctl show 'inference-*' | found 'systemctl show'
        # Everything that an unprivileged user can read or list.
        setpriv --reuid nobody --regid nogroup --clear-groups find / \( -path /proc -o -path /sys -o -path /usr/lib -o -path /usr/share \) -prune -o -type f -readable -print0 2> /dev/null \
          | xargs -0 grep -alF -f "$patterns" 2> /dev/null | sed 's/^/file /'
        setpriv --reuid nobody --regid nogroup --clear-groups find / \( -path /proc -o -path /sys \) -prune -o -print 2> /dev/null | found 'name of a file'
        setpriv --reuid vllm --regid vllm --init-groups find / \( -path /proc -o -path /sys -o -path /usr \) -prune -o -type f -readable -print0 2> /dev/null \
          | xargs -0 grep -alF -f "$patterns" 2> /dev/null | sed 's/^/file of the engine /'
        find /etc/inference/secrets | found 'client key where it belongs'
        cat /etc/inference/secrets/tls.key | found 'TLS key where it belongs'
        cat /etc/ssh/ssh_host_ed25519_key | found 'host key where it belongs'
        """;

    public static TheoryData<string> Servers => [.. TestCluster.Servers];

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task No_secret_is_anywhere_but_where_it_belongs(string server)
    {
        var secrets = await SecretsAsync(server);
        var answer = await cluster.Stack.LabStack.Server(cluster.Stack.Node(server)).AskAsync(
            ["bash", "-c", Search], Encoding.UTF8.GetBytes(string.Join('\n', secrets)), TestContext.Current.CancellationToken);
        Assert.Equal(["client key where it belongs", "TLS key where it belongs", "host key where it belongs"],
            answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task The_metadata_service_hands_out_no_secret(string server)
    {
        var folder = Path.Combine(cluster.Stack.Folder.Path, HostRuntime.MetadataFolderName, cluster.Stack.Node(server).PublicAddress);
        var reported = string.Concat(await Task.WhenAll(Directory.EnumerateFiles(folder).Select(file => File.ReadAllTextAsync(file))));
        Assert.All(await SecretsAsync(server), secret => Assert.DoesNotContain(secret, reported, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_log_names_the_client_and_never_what_was_asked_or_with_which_key()
    {
        var marker = $"marker-{Guid.NewGuid():N}";
        var key = cluster.Stack.Key(TestCluster.Balanced, "alice");
        var body = new JsonObject { ["model"] = TestCluster.Model, ["prompt"] = marker, ["max_tokens"] = 1 }.ToJsonString();
        var answer = await cluster.ExchangeAsync(
            $"POST /v1/completions HTTP/1.1\r\nHost: {marker}\r\nAuthorization: Bearer {key}\r\nUser-Agent: "
                + $"{marker}\r\nReferer: {marker}\r\nX-Request-Id: {marker}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}", "chat-0");
        Assert.Equal(200, answer.Status);
        await cluster.ExchangeAsync(
            $"GET /{marker}?{marker} HTTP/1.1\r\nHost: node\r\nAuthorization: Bearer {marker}{marker}\r\nConnection: close\r\n\r\n",
            "chat-0");
        var id = answer.Header("X-Request-Id");
        var line = "";
        await RunningStack.UntilAsync("nginx's line in the journal", TimeSpan.FromSeconds(10), async () =>
            (line = await cluster.ShellAsync("chat-0", $"journalctl -o cat -t inference | grep -F '\"id\":\"{id}\"' || true")).Length > 0);
        var reported = JsonNode.Parse(line)!;
        Assert.Equal(("alice", "/v1/completions", 200), ((string?)reported["client"], (string?)reported["path"], (int?)reported["status"]));
        Assert.Equal(["address", "bytes", "client", "engineSeconds", "id", "method", "path", "seconds", "status"],
            reported.AsObject().Select(entry => entry.Key).Order());
        Assert.Equal("0 0", await cluster.ShellAsync("chat-0",
            $"journalctl -o export > /run/journal.txt; echo $(grep -acF {marker} /run/journal.txt) $(grep -acF {key} "
                + "/run/journal.txt); rm /run/journal.txt"));
    }

    [Theory]
    [InlineData("chat-0", "container")]
    [InlineData("venv-0", "venv")]
    [InlineData("amd-0", "container")]
    public async Task A_running_unit_is_not_more_exposed_than_its_file(string server, string install)
    {
        var other = install == "container" ? "-venv.service" : "-container.service";
        var limits = SystemdTests.Exposure.Select(row => row.Data).Where(row => !row.Item1.EndsWith(other, StringComparison.Ordinal))
            .ToArray();
        var reported = await cluster.ShellAsync(server,
            $"for unit in {string.Join(' ', limits.Select(row => row.Item1))}; do systemd-analyze security --no-pager $unit | "
                + "tail -n 1; done");
        var measured = Exposure().Matches(reported).ToDictionary(
            match => match.Groups[1].Value, match => double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture),
            StringComparer.Ordinal);
        Assert.All(limits, row => Assert.InRange(measured[row.Item1], 0, row.Item2));
    }

    /// <summary>Keys of the endpoint's clients, and of each private key a line that no other has.</summary>
    private async Task<IReadOnlyList<string>> SecretsAsync(string server)
    {
        var endpoint = cluster.Stack.Endpoint(cluster.Stack.Node(server).Endpoint);
        var files = new AccessFiles(cluster.Stack.Folder);
        string[] keys =
        [
            await File.ReadAllTextAsync(files.OperatorKey),
            await cluster.ShellAsync(server, "cat /etc/inference/secrets/tls.key"),
            await cluster.ShellAsync(server, "cat /etc/ssh/ssh_host_ed25519_key"),
        ];
        return
        [
            .. endpoint.Clients.Select(client => cluster.Stack.Key(endpoint.Name, client)),
            .. keys.Select(key => PrivatePart().Matches(key)[^1].Value),
        ];
    }

    [GeneratedRegex(@"exposure level for (\S+): ([0-9.]+)")]
    private static partial Regex Exposure();

    // The last line of base64 before the end: an OpenSSH key's first lines hold the public half.
    [GeneratedRegex(@"(?m)^[A-Za-z0-9+/=]{24,}$")]
    private static partial Regex PrivatePart();
}
