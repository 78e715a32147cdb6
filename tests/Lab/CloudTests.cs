using System.Text.Json.Nodes;
using Infra.Lab.Cloud;
using Infra.Lab.Linux;
using Infra.Tests.Deployments;

namespace Infra.Tests.Lab;

/// <summary>The API on this machine, used by programs that know nothing of the lab: curl and ssh.</summary>
[Collection(SerialClouds.Name)]
public sealed class CloudTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly string _project = Directory.CreateTempSubdirectory("infra-cloud-").FullName;
    private readonly CloudLab _cloud;

    public CloudTests() => _cloud = CloudLab.Of(_project);

    public async ValueTask InitializeAsync()
    {
        try
        {
            await _cloud.UpAsync(new CloudUpOptions(), TestContext.Current.CancellationToken);
        }
        catch
        {
            // No one else would stop the parts that did start.
            await DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _cloud.DownAsync(static _ => { }, CancellationToken.None);
        Directory.Delete(_project, recursive: true);
    }

    [Fact]
    public async Task A_droplet_boots_answers_ssh_at_its_public_address_and_is_deleted()
    {
        var (droplet, ssh) = await DropletAsync("web");

        Assert.Equal($"web\n{CloudSettings.DefaultAddress}\n", await ssh("hostname; set -- $SSH_CLIENT; echo $1"));

        await CallAsync("DELETE", $"/v2/droplets/{droplet}");
        await RunningStack.UntilAsync("it is gone", Patience, async () =>
            (await CallAsync("GET", "/v2/droplets?type=gpus"))["droplets"]!.AsArray().Count == 0);
    }

    /// <summary>Creates a Droplet that is active.</summary>
    /// <returns>Its id, and what runs a command on it by SSH, as soon as it answers.</returns>
    private async Task<(long Id, Func<string, Task<string>> Ssh)> DropletAsync(string name)
    {
        var key = Path.Combine(_project, "key");
        await HostProgram.RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key], null, TestContext.Current.CancellationToken);
        var public_ = (await File.ReadAllTextAsync($"{key}.pub", TestContext.Current.CancellationToken)).Trim();
        var keyId =
            (await CallAsync("POST", "/v2/account/keys", new JsonObject { ["name"] = "k", ["public_key"] = public_ }))["ssh_key"]!["id"]!;
        var made = (await CallAsync("POST", "/v2/droplets", new JsonObject
        {
            ["name"] = name,
            ["region"] = "tor1",
            ["size"] = "gpu-4000adax1-20gb",
            ["image"] = "gpu-h100x1-base",
            ["ssh_keys"] = new JsonArray(keyId.DeepClone()),
        }))["droplet"]!;
        var droplet = made;
        await RunningStack.UntilAsync("the Droplet is active", Patience, async () =>
            (string?)(droplet = (await CallAsync("GET", $"/v2/droplets/{made["id"]}"))["droplet"]!)["status"] == "active");
        var address = droplet["networks"]!["v4"]!.AsArray().Single(network => (string?)network!["type"] == "public")!["ip_address"]!;
        return ((long)made["id"]!, SshAsync);

        async Task<string> SshAsync(string command)
        {
            ProgramAnswer login = new(-1, "", "");
            await RunningStack.UntilAsync($"it answers {command}", Patience, async () => (login = await InsideAsync(
                "ssh", "-F", "none", "-i", key, "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o",
                "ConnectTimeout=3", $"root@{address}", command)).Status == 0);
            return login.Output;
        }
    }

    /// <summary>Power, reboot, snapshot and a Droplet from it, Volume, firewall and zone, as python-digitalocean asks for them.</summary>
    [Fact]
    public async Task A_client_that_others_wrote_goes_through_the_life_of_a_droplet()
    {
        var key = Path.Combine(_project, "key");
        await HostProgram.RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key], null, TestContext.Current.CancellationToken);

        // Debian's interpreter: another one in the PATH has not its libraries.
        var seen = await InsideAsync("/usr/bin/python3", Path.Combine(StackFiles.Root, "tests/Lab/clients/python-digitalocean.py"), key);

        Assert.Equal("", seen.Errors);
        Assert.Equal(
            """
            account active
            by tag ['web']
            host web.
            power_off completed
            snapshot completed
            power_on completed
            disk kept.
            reboot completed
            disk kept.
            copy kept.
            volume /dev/disk/by-id/scsi-0DO_Volume_vol.
            firewall open.
            records ['A', 'NS', 'SOA']
            gone

            """, seen.Output);
    }

    /// <summary>Without a Droplet the load balancer answers 503: the certificate is what is asked for.</summary>
    [Fact]
    public async Task Programs_inside_trust_a_certificate_of_lets_encrypt_on_a_load_balancer()
    {
        await CallAsync("POST", "/v2/domains", new JsonObject { ["name"] = "example.com" });
        var made = (await CallAsync("POST", "/v2/certificates", new JsonObject
        {
            ["name"] = "web",
            ["type"] = "lets_encrypt",
            ["dns_names"] = new JsonArray("www.example.com"),
        }))["certificate"]!;
        await RunningStack.UntilAsync("the certificate is issued", Patience, async () =>
            (string?)(await CallAsync("GET", $"/v2/certificates/{made["id"]}"))["certificate"]!["state"] == "verified");
        await CallAsync("POST", "/v2/load_balancers", new JsonObject
        {
            ["name"] = "web",
            ["region"] = "tor1",
            ["forwarding_rules"] = new JsonArray(new JsonObject
            {
                ["entry_protocol"] = "https",
                ["entry_port"] = 443,
                ["target_protocol"] = "http",
                ["target_port"] = 80,
                ["certificate_id"] = made["id"]!.DeepClone(),
            }),
        });

        ProgramAnswer answer = new(-1, "", "");
        await RunningStack.UntilAsync("the load balancer answers with it", Patience, async () => (answer = await InsideAsync(
            "curl", "-sS", "-m", "3", "-o", "/dev/null", "-w", "%{http_code} %{ssl_verify_result}",
            "https://www.example.com/")).Status == 0);

        Assert.Equal("503 0", answer.Output);
    }

    [Fact]
    public async Task A_volume_from_a_snapshot_has_the_files_of_one_that_is_gone()
    {
        var (droplet, ssh) = await DropletAsync("disks");
        var first = await VolumeAsync(new() { ["name"] = "first", ["size_gigabytes"] = 1, ["filesystem_type"] = "ext4" });

        await AttachAsync(first);
        Assert.Equal("written\n", await ssh("until test -e /dev/disk/by-id/scsi-0DO_Volume_first; do sleep 0.2; done; "
            + "mount /dev/disk/by-id/scsi-0DO_Volume_first /mnt && echo kept > /mnt/mark && umount /mnt && echo written"));
        await CallAsync("POST", $"/v2/volumes/{first}/actions", new JsonObject { ["type"] = "detach" });
        await UntilHeldAsync(first, isHeld: false);
        var snapshot =
            (await CallAsync("POST", $"/v2/volumes/{first}/snapshots", new JsonObject { ["name"] = "before" }))["snapshot"]!["id"]!;
        await CallAsync("DELETE", $"/v2/volumes/{first}");
        var second = await VolumeAsync(new() { ["name"] = "second", ["size_gigabytes"] = 2, ["snapshot_id"] = snapshot.DeepClone() });
        await AttachAsync(second);

        Assert.Equal("kept\n2147483648\n", await ssh("until test -e /dev/disk/by-id/scsi-0DO_Volume_second; do sleep 0.2; done; "
            + "mount /dev/disk/by-id/scsi-0DO_Volume_second /mnt && cat /mnt/mark && umount /mnt "
            + "&& blockdev --getsize64 /dev/disk/by-id/scsi-0DO_Volume_second"));

        async Task<string> VolumeAsync(JsonObject request)
        {
            request["region"] = "tor1";
            return (string)(await CallAsync("POST", "/v2/volumes", request))["volume"]!["id"]!;
        }

        async Task AttachAsync(string volume)
        {
            await CallAsync("POST", $"/v2/volumes/{volume}/actions", new JsonObject { ["type"] = "attach", ["droplet_id"] = droplet });
            await UntilHeldAsync(volume, isHeld: true);
        }

        Task UntilHeldAsync(string volume, bool isHeld) => RunningStack.UntilAsync($"{volume} is attached: {isHeld}", Patience, async () =>
            (await CallAsync("GET", $"/v2/volumes/{volume}"))["volume"]!["droplet_ids"]!.AsArray().Count > 0 == isHeld);
    }

    [Fact]
    public async Task Programs_inside_reach_the_lab_and_neither_the_internet_nor_this_machine()
    {
        using var here = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Any, 0);
        here.Start();
        var port = ((System.Net.IPEndPoint)here.LocalEndpoint).Port;
        var addresses = System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(card => card.GetIPProperties().UnicastAddresses)
            .Where(known => known.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork).Select(known => known.Address);

        Assert.Equal($"{CloudSettings.DefaultAddress}\n", (await InsideAsync("curl", "-4sS", "https://checkip.amazonaws.com")).Output);
        Assert.All(
            await Task.WhenAll(addresses.Select(address => InsideAsync("curl", "-sS", "-m", "2", $"http://{address}:{port}/"))),
            answer => Assert.NotEqual(0, answer.Status));
        // The name is there, and the certificate of the real one is not.
        Assert.Equal(60, (await InsideAsync("curl", "-sS", "-m", "2", "https://example.com")).Status);
        Assert.Equal(0, (await InsideAsync("test", "-d", _project)).Status);
        Assert.NotEqual(
            File.ReadAllText("/etc/resolv.conf"), (await InsideAsync("cat", "/etc/resolv.conf")).Output);
    }

    [Fact]
    public async Task Another_user_reads_no_token_and_a_caller_stays_itself()
    {
        var denied = await HostProgram.AskAsync("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "cat", _cloud.Files.Token],
            cancel: TestContext.Current.CancellationToken);
        var caller = await InsideAsync(new Dictionary<string, string> { [CloudShell.CallerVariable] = "65534:65534" }, "id", "-u");
        var arguments = await HostProgram.AskAsync("sh", ["-c", "cat /proc/[0-9]*/cmdline 2> /dev/null | tr '\\0' ' '"],
            cancel: TestContext.Current.CancellationToken);
        var logs = Directory.EnumerateFiles(_cloud.Folder.Path, "*.log").Select(File.ReadAllText);

        Assert.NotEqual(0, denied.Status);
        Assert.Equal(("65534\n", 0), (caller.Output, caller.Status));
        Assert.DoesNotContain(_cloud.ReadToken(), arguments.Output, StringComparison.Ordinal);
        Assert.All(logs, log => Assert.DoesNotContain(_cloud.ReadToken(), log, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_account_survives_a_kill_of_its_process_and_of_the_lab()
    {
        await CallAsync("POST", "/v2/vpcs", new JsonObject { ["name"] = "kept", ["region"] = "tor1" });
        var token = _cloud.ReadToken();

        Signals.Kill(HostProcesses.WithWords(words => words.Contains(CloudProcess.CommandName) && words.Contains(_cloud.Folder.Path)
            && words[1].EndsWith("Infra.Lab.dll", StringComparison.Ordinal)).Single().Pid);
        await RunningStack.UntilAsync("it answers again", Patience, async () => await HasVpcAsync());
        await _cloud.Sandbox.KillAsync(TestContext.Current.CancellationToken);
        await _cloud.UpAsync(new CloudUpOptions(), TestContext.Current.CancellationToken);

        Assert.True(await HasVpcAsync());
        Assert.Equal(token, _cloud.ReadToken());

        async Task<bool> HasVpcAsync() => (await InsideAsync("sh", "-c",
            "curl -sS -H \"Authorization: Bearer $DIGITALOCEAN_TOKEN\" https://api.digitalocean.com/v2/vpcs")).Output
            .Contains("\"kept\"", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_of_the_accounts_zones_lead_to_their_records_at_once()
    {
        await CallAsync("POST", "/v2/domains", new JsonObject { ["name"] = "lab.test" });
        await CallAsync("POST", "/v2/domains/lab.test/records", new JsonObject
        {
            ["type"] = "A",
            ["name"] = "www",
            ["data"] = "198.51.100.99",
        });

        Assert.StartsWith("198.51.100.99 ", (await InsideAsync("getent", "hosts", "www.lab.test")).Output, StringComparison.Ordinal);
        Assert.NotEqual(0, (await InsideAsync("getent", "hosts", "nothing.lab.test")).Status);
    }

    [Fact]
    public async Task A_fault_acts_until_it_is_removed_and_hides_nothing_from_its_owner()
    {
        using var control = new CloudControlClient(_cloud);
        var cancel = TestContext.Current.CancellationToken;

        var added = await control.FaultsAsync(new FaultChange(false, [], ["503:GET /v2/vpcs*", "late-address:web/90s"]), cancel);
        var refused = await InsideAsync("sh", "-c",
            "curl -sS -o /dev/null -w '%{http_code}' -H \"Authorization: Bearer $DIGITALOCEAN_TOKEN\" "
            + "https://api.digitalocean.com/v2/vpcs");
        var seen = await control.ListAsync("/v2/vpcs", "vpcs", cancel);
        var left = await control.FaultsAsync(new FaultChange(false, ["503"], []), cancel);

        Assert.Equal(["503:GET /v2/vpcs*", "late-address:web/90s"], added);
        Assert.Equal("503", refused.Output);
        Assert.NotNull(seen);
        Assert.Equal(["late-address:web/90s"], left);
        await CallAsync("GET", "/v2/vpcs");
    }

    [Fact]
    public async Task Down_leaves_nothing()
    {
        await CallAsync("POST", "/v2/vpcs", new JsonObject { ["name"] = "kept", ["region"] = "tor1" });

        Assert.True(await _cloud.DownAsync(static _ => { }, TestContext.Current.CancellationToken));

        Assert.False(_cloud.IsUp);
        Assert.False(Path.Exists(_cloud.Folder.Path) || Path.Exists(_cloud.Folder.Public) || Path.Exists(_cloud.Folder.Lock));
        Assert.Empty(HostProcesses.WithWords(words => words.Contains(_cloud.Folder.Path)));
        Assert.False(await _cloud.DownAsync(static _ => { }, TestContext.Current.CancellationToken));
    }

    private Task<ProgramAnswer> InsideAsync(params string[] command) => InsideAsync(new Dictionary<string, string>(), command);

    private Task<ProgramAnswer> InsideAsync(IReadOnlyDictionary<string, string> environment, params string[] command) =>
        _cloud.InsideAsync(environment, command);

    private async Task<JsonNode> CallAsync(string method, string path, JsonObject? body = null)
    {
        var answer = await InsideAsync("sh", "-c",
            "curl -sS --fail-with-body -X \"$1\" -H \"Authorization: Bearer $DIGITALOCEAN_TOKEN\" -H 'Content-Type: application/json' "
            + "${3:+-d \"$3\"} \"https://api.digitalocean.com$2\"", "-", method, path, body?.ToJsonString() ?? "");
        Assert.True(answer.Status == 0, $"{method} {path}: {answer.Output}{answer.Errors}");
        return answer.Output.Length > 0 ? JsonNode.Parse(answer.Output)! : new JsonObject();
    }
}
