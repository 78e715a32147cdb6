using System.Text.Json.Nodes;
using Infra.Lab.Cloud;
using Infra.Lab.Linux;
using Infra.Tests.Deployments;

namespace Infra.Tests.Lab;

/// <summary>
/// The API on this machine with servers, used by programs that know nothing of the lab: curl and ssh. Each test has a cloud of its own.
/// </summary>
[Collection(SerialLabs.Name)]
public sealed class CloudTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly StartedCloud _cloud = new();

    public ValueTask InitializeAsync() => _cloud.InitializeAsync();

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task A_droplet_boots_answers_ssh_at_its_public_address_and_is_deleted()
    {
        var (droplet, ssh) = await DropletAsync("web");

        Assert.Equal($"web\n{CloudSettings.DefaultAddress}\n", await ssh("hostname; set -- $SSH_CLIENT; echo $1"));

        await _cloud.CallAsync("DELETE", $"/v2/droplets/{droplet}");
        await RunningStack.UntilAsync("it is gone", Patience, async () =>
            (await _cloud.CallAsync("GET", "/v2/droplets?type=gpus"))["droplets"]!.AsArray().Count == 0);
    }

    /// <summary>Creates a Droplet that is active.</summary>
    /// <returns>Its id, and what runs a command on it by SSH, as soon as it answers.</returns>
    private async Task<(long Id, Func<string, Task<string>> Ssh)> DropletAsync(string name)
    {
        var key = Path.Combine(_cloud.Folder, "key");
        await HostProgram.RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key], null, TestContext.Current.CancellationToken);
        var public_ = (await File.ReadAllTextAsync($"{key}.pub", TestContext.Current.CancellationToken)).Trim();
        var keyMade = await _cloud.CallAsync("POST", "/v2/account/keys", new JsonObject { ["name"] = "k", ["public_key"] = public_ });
        var made = (await _cloud.CallAsync("POST", "/v2/droplets", new JsonObject
        {
            ["name"] = name,
            ["region"] = "tor1",
            ["size"] = "gpu-4000adax1-20gb",
            ["image"] = "gpu-h100x1-base",
            ["ssh_keys"] = new JsonArray(keyMade["ssh_key"]!["id"]!.DeepClone()),
        }))["droplet"]!;
        var droplet = made;
        await RunningStack.UntilAsync("the Droplet is active", Patience, async () =>
            (string?)(droplet = (await _cloud.CallAsync("GET", $"/v2/droplets/{made["id"]}"))["droplet"]!)["status"] == "active");
        var address = droplet["networks"]!["v4"]!.AsArray().Single(network => (string?)network!["type"] == "public")!["ip_address"]!;
        return ((long)made["id"]!, SshAsync);

        async Task<string> SshAsync(string command)
        {
            ProgramAnswer login = new(-1, "", "");
            await RunningStack.UntilAsync($"it answers {command}", Patience, async () => (login = await _cloud.InsideAsync(
                "ssh", "-F", "none", "-i", key, "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o",
                "ConnectTimeout=3", $"root@{address}", command)).Status == 0);
            return login.Output;
        }
    }

    /// <summary>Power, reboot, snapshot and a Droplet from it, Volume, firewall and zone, as python-digitalocean asks for them.</summary>
    [Fact]
    public async Task A_client_that_others_wrote_goes_through_the_life_of_a_droplet()
    {
        var key = Path.Combine(_cloud.Folder, "key");
        await HostProgram.RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key], null, TestContext.Current.CancellationToken);

        // Debian's interpreter: another one in the PATH has not its libraries.
        var seen = await _cloud.InsideAsync(
            "/usr/bin/python3", Path.Combine(StackFiles.Root, "tests/Lab/clients/python-digitalocean.py"), key);

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

    [Fact]
    public async Task A_volume_from_a_snapshot_has_the_files_of_one_that_is_gone()
    {
        var (droplet, ssh) = await DropletAsync("disks");
        var first = await VolumeAsync(new() { ["name"] = "first", ["size_gigabytes"] = 1, ["filesystem_type"] = "ext4" });

        await AttachAsync(first);
        Assert.Equal("written\n", await ssh("until test -e /dev/disk/by-id/scsi-0DO_Volume_first; do sleep 0.2; done; "
            + "mount /dev/disk/by-id/scsi-0DO_Volume_first /mnt && echo kept > /mnt/mark && umount /mnt && echo written"));
        await _cloud.CallAsync("POST", $"/v2/volumes/{first}/actions", new JsonObject { ["type"] = "detach" });
        await UntilHeldAsync(first, isHeld: false);
        var snapshot =
            (await _cloud.CallAsync("POST", $"/v2/volumes/{first}/snapshots", new JsonObject { ["name"] = "before" }))["snapshot"]!["id"]!;
        await _cloud.CallAsync("DELETE", $"/v2/volumes/{first}");
        var second = await VolumeAsync(new() { ["name"] = "second", ["size_gigabytes"] = 2, ["snapshot_id"] = snapshot.DeepClone() });
        await AttachAsync(second);

        Assert.Equal("kept\n2147483648\n", await ssh("until test -e /dev/disk/by-id/scsi-0DO_Volume_second; do sleep 0.2; done; "
            + "mount /dev/disk/by-id/scsi-0DO_Volume_second /mnt && cat /mnt/mark && umount /mnt "
            + "&& blockdev --getsize64 /dev/disk/by-id/scsi-0DO_Volume_second"));

        async Task<string> VolumeAsync(JsonObject request)
        {
            request["region"] = "tor1";
            return (string)(await _cloud.CallAsync("POST", "/v2/volumes", request))["volume"]!["id"]!;
        }

        async Task AttachAsync(string volume)
        {
            await _cloud.CallAsync(
                "POST", $"/v2/volumes/{volume}/actions", new JsonObject { ["type"] = "attach", ["droplet_id"] = droplet });
            await UntilHeldAsync(volume, isHeld: true);
        }

        Task UntilHeldAsync(string volume, bool isHeld) => RunningStack.UntilAsync($"{volume} is attached: {isHeld}", Patience, async () =>
            (await _cloud.CallAsync("GET", $"/v2/volumes/{volume}"))["volume"]!["droplet_ids"]!.AsArray().Count > 0 == isHeld);
    }

    [Fact]
    public async Task The_account_survives_a_kill_of_its_process_and_of_the_lab()
    {
        await _cloud.CallAsync("POST", "/v2/vpcs", new JsonObject { ["name"] = "kept", ["region"] = "tor1" });
        var token = _cloud.Lab.ReadToken();

        Signals.Kill(HostProcesses.WithWords(words => words.Contains(CloudProcess.CommandName) && words.Contains(_cloud.Lab.Folder.Path)
            && words[1].EndsWith("Infra.Lab.dll", StringComparison.Ordinal)).Single().Pid);
        await RunningStack.UntilAsync("it answers again", Patience, async () => await HasVpcAsync());
        await _cloud.Lab.Sandbox.KillAsync(TestContext.Current.CancellationToken);
        await _cloud.Lab.UpAsync(new CloudUpOptions(), TestContext.Current.CancellationToken);

        Assert.True(await HasVpcAsync());
        Assert.Equal(token, _cloud.Lab.ReadToken());

        async Task<bool> HasVpcAsync() => (await _cloud.InsideAsync("sh", "-c",
            "curl -sS -H \"Authorization: Bearer $DIGITALOCEAN_TOKEN\" https://api.digitalocean.com/v2/vpcs")).Output
            .Contains("\"kept\"", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Down_leaves_nothing()
    {
        await _cloud.CallAsync("POST", "/v2/vpcs", new JsonObject { ["name"] = "kept", ["region"] = "tor1" });

        Assert.True(await _cloud.Lab.DownAsync(static _ => { }, TestContext.Current.CancellationToken));

        Assert.False(_cloud.Lab.IsUp);
        Assert.False(Path.Exists(_cloud.Lab.Folder.Path) || Path.Exists(_cloud.Lab.Folder.Public) || Path.Exists(_cloud.Lab.Folder.Lock));
        Assert.Empty(HostProcesses.WithWords(words => words.Contains(_cloud.Lab.Folder.Path)));
        Assert.False(await _cloud.Lab.DownAsync(static _ => { }, TestContext.Current.CancellationToken));
    }
}
