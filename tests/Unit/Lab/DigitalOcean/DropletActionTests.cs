using System.Text.Json.Nodes;
using Infra.Lab.DigitalOcean.Account;

namespace Infra.Tests.Unit.Lab.DigitalOcean;

/// <summary>Actions of Droplets.</summary>
public sealed class DropletActionTests
{
    private const string All = DropletTests.All;

    [Theory]
    [InlineData("shutdown", "off", "shut down web-1")]
    [InlineData("power_off", "off", "power off web-1")]
    [InlineData("reboot", "active", "reboot web-1")]
    [InlineData("power_cycle", "active", "reset web-1")]
    [InlineData("password_reset", "active", null)]
    public async Task An_action_reaches_the_server(string type, string status, string? call)
    {
        await using var api = await ApiClient.StartAsync();
        var id = (await DropletTests.CreateAsync(api, DropletTests.Request("web-1")))["id"]!;

        var answer = await ActAsync(api, id, $$"""{"type": "{{type}}"}""");

        Assert.Equal((201, "in-progress", type),
            (answer.Status, (string?)answer.Body!["action"]!["status"], (string?)answer.Body["action"]!["type"]));
        var one = await api.GetAsync($"{All}/{id}/actions/{answer.Body["action"]!["id"]}");
        Assert.Equal("completed", (string?)one.Body!["action"]!["status"]);
        Assert.Equal(status, (string?)(await ReadAsync(api, id))["status"]);
        Assert.True(call is null || api.Host.Calls.Contains(call), string.Join(", ", api.Host.Calls));
    }

    [Fact]
    public async Task A_droplet_that_is_off_is_powered_on_with_its_disk()
    {
        await using var api = await ApiClient.StartAsync();
        var id = (await DropletTests.CreateAsync(api, DropletTests.Request("web-1")))["id"]!;
        await ActAsync(api, id, """{"type": "power_off"}""");
        Assert.False(api.Host.HasServer(id.ToString()));

        await ActAsync(api, id, """{"type": "power_on"}""");

        Assert.Equal("active", (string?)(await ReadAsync(api, id))["status"]);
        Assert.Equal(1, api.Host.Calls.Count(call => call == "boot web-1"));
        Assert.Contains("power on web-1", api.Host.Calls);
    }

    [Theory]
    [InlineData("off", """{"type": "power_off"}""", "Droplet is already powered off.")]
    [InlineData("off", """{"type": "shutdown"}""", "Droplet is already powered off.")]
    [InlineData("off", """{"type": "reboot"}""", "Droplet is currently off. Please power it on to run this event.")]
    [InlineData("active", """{"type": "resize", "size": "s-4vcpu-8gb"}""",
        "Droplet is currently on. Please power it off to run this event.")]
    [InlineData("off", """{"type": "resize", "size": "s-2vcpu-4gb"}""", "The droplet is already set to this size.")]
    [InlineData("off", """{"type": "resize", "size": "s-1vcpu-1gb"}""", "This size is not available because it has a smaller disk.")]
    [InlineData("off", """{"type": "resize", "size": "gpu-4000adax1-20gb"}""", "You specified an invalid size for Droplet resize.")]
    [InlineData("active", """{"type": "disable_backups"}""", "Backups have already been disabled on this Droplet.")]
    [InlineData("active", """{"type": "rename", "name": "a b"}""", "Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)")]
    [InlineData("active", """{"type": "rebuild", "image": 5}""", "The action rebuild is not available for this Droplet.")]
    [InlineData("active", """{"type": "explode"}""", "The action that you specified is invalid.")]
    [InlineData("active", "{}", "type is required")]
    public async Task An_action_is_refused_in_the_wrong_state(string status, string request, string message)
    {
        await using var api = await ApiClient.StartAsync();
        var id = (await DropletTests.CreateAsync(api, DropletTests.Request("web-1")))["id"]!;
        if (status == "off")
        {
            await ActAsync(api, id, """{"type": "power_off"}""");
        }

        var answer = await api.PostAsync($"{All}/{id}/actions", request);

        Assert.Equal((422, message), (answer.Status, answer.Message));
    }

    [Fact]
    public async Task A_gpu_droplet_cannot_be_resized()
    {
        await using var api = await ApiClient.StartAsync();
        var id = (await DropletTests.CreateAsync(api, DropletTests.Request("gpu-1", "gpu-4000adax1-20gb")))["id"]!;
        await ActAsync(api, id, """{"type": "power_off"}""");

        var answer = await api.PostAsync($"{All}/{id}/actions", """{"type": "resize", "size": "gpu-6000adax1-48gb"}""");

        Assert.Equal((422, "GPU Droplets cannot be resized."), (answer.Status, answer.Message));
    }

    [Theory]
    [InlineData(false, 80)]
    [InlineData(true, 160)]
    public async Task A_resize_changes_the_disk_only_if_it_is_asked_to(bool disk, int gib)
    {
        await using var api = await ApiClient.StartAsync();
        var id = (await DropletTests.CreateAsync(api, DropletTests.Request("web-1")))["id"]!;
        await ActAsync(api, id, """{"type": "power_off"}""");

        await ActAsync(api, id, $$"""{"type": "resize", "size": "s-4vcpu-8gb", "disk": {{(disk ? "true" : "false")}}}""");
        await ActAsync(api, id, """{"type": "power_on"}""");

        var droplet = await ReadAsync(api, id);
        Assert.Equal(("s-4vcpu-8gb", gib, 8192), ((string?)droplet["size_slug"], (int)droplet["disk"]!, (int)droplet["memory"]!));
        Assert.Equal(8192, api.Host.Servers[id.ToString()].MemoryMiB);
    }

    [Fact]
    public async Task While_an_action_runs_no_other_one_begins()
    {
        await using var api = await ApiClient.StartAsync(settings => settings with { Pace = Pace.Real });
        var id = (await api.PostAsync(All, DropletTests.Request("web-1"))).Body!["droplet"]!["id"]!;

        var atBoot = await api.PostAsync($"{All}/{id}/actions", """{"type": "power_off"}""");
        await api.SettleAsync();
        await api.PostAsync($"{All}/{id}/actions", """{"type": "reboot"}""");
        var locked = (bool)(await ReadAsync(api, id))["locked"]!;
        var atReboot = await api.PostAsync($"{All}/{id}/actions", """{"type": "power_off"}""");
        await api.SettleAsync();

        Assert.Equal((422, "Droplet already has a pending event."), (atBoot.Status, atBoot.Message));
        Assert.Equal((422, "Droplet already has a pending event."), (atReboot.Status, atReboot.Message));
        Assert.Equal((true, false), (locked, (bool)(await ReadAsync(api, id))["locked"]!));
    }

    [Fact]
    public async Task Policies_of_backups_are_read_one_by_one_and_together()
    {
        await using var api = await ApiClient.StartAsync();
        var without = (await DropletTests.CreateAsync(api, DropletTests.Request("web-1")))["id"]!.ToString();
        var with = (await DropletTests.CreateAsync(api, DropletTests.Request("web-2")))["id"]!.ToString();
        await ActAsync(api, with, """{"type": "enable_backups", "backup_policy": {"plan": "weekly", "weekday": "SUN", "hour": 4}}""");

        var none = (await api.GetAsync($"/v2/droplets/{without}/backups/policy")).Body!["policy"]!;
        var one = (await api.GetAsync($"/v2/droplets/{with}/backups/policy")).Body!["policy"]!;
        var all = (await api.GetAsync("/v2/droplets/backups/policies")).Body!;
        var possible = (await api.GetAsync("/v2/droplets/backups/supported_policies")).Body!["supported_policies"]!.AsArray();

        Assert.Equal((false, null), ((bool)none["backup_enabled"]!, none["backup_policy"]));
        Assert.Equal(("weekly", "SUN", 4, 28), ((string?)one["backup_policy"]!["plan"], (string?)one["backup_policy"]!["weekday"],
            (int)one["backup_policy"]!["hour"]!, (int)one["backup_policy"]!["retention_period_days"]!));
        Assert.Equal("2026-12-06T04:00:00Z", (string?)one["next_backup_window"]!["start"]);
        Assert.Equal((1, one.ToJsonString()), ((int)all["meta"]!["total"]!, all["policies"]![with]!.ToJsonString()));
        Assert.Equal(["weekly", "daily"], possible.Select(policy => (string?)policy!["name"]));
    }

    [Fact]
    public async Task A_rename_backups_and_ipv6_show_in_the_droplet()
    {
        await using var api = await ApiClient.StartAsync();
        var id = (await DropletTests.CreateAsync(api, DropletTests.Request("web-1")))["id"]!;

        await ActAsync(api, id, """{"type": "rename", "name": "web-9"}""");
        await ActAsync(api, id, """{"type": "enable_ipv6"}""");
        await ActAsync(api, id, """{"type": "enable_backups", "backup_policy": {"plan": "weekly", "weekday": "SUN", "hour": 4}}""");
        var with = await ReadAsync(api, id);
        // As the provider sends a daily policy.
        await ActAsync(api, id, """{"type": "change_backup_policy", "backup_policy": {"plan": "daily", "weekday": "", "hour": 8}}""");
        var daily = await ReadAsync(api, id);
        await ActAsync(api, id, """{"type": "disable_backups"}""");
        var without = await ReadAsync(api, id);

        Assert.Equal("web-9", (string?)with["name"]);
        Assert.Equal(["backups", "ipv6", "droplet_agent", "private_networking"], with["features"]!.AsArray().Select(one => (string?)one));
        Assert.Equal("2026-12-06T04:00:00Z", (string?)with["next_backup_window"]!["start"]);
        Assert.Equal("2026-12-02T08:00:00Z", (string?)daily["next_backup_window"]!["start"]);
        Assert.Single(with["networks"]!["v6"]!.AsArray());
        Assert.Null(without["next_backup_window"]);
    }

    [Fact]
    public async Task A_snapshot_is_an_image_that_droplets_boot_from()
    {
        await using var api = await ApiClient.StartAsync();
        var id = (await DropletTests.CreateAsync(api, DropletTests.Request("web-1")))["id"]!;

        await ActAsync(api, id, """{"type": "snapshot", "name": "before the move"}""");
        var snapshot = (await api.GetAsync($"{All}/{id}/snapshots")).Body!["snapshots"]![0]!;
        var image = (await api.GetAsync("/v2/images?private=true")).Body!["images"]![0]!;
        var copy = await DropletTests.CreateAsync(api, DropletTests.Request("web-2").Replace("\"debian-13-x64\"", $"{image["id"]}",
            StringComparison.Ordinal));

        Assert.Equal(("before the move", "snapshot"), ((string?)snapshot["name"], (string?)image["type"]));
        Assert.Equal((long)image["id"]!, (long)(await ReadAsync(api, id))["snapshot_ids"]![0]!);
        var server = api.Host.Servers[copy["id"]!.ToString()];
        Assert.Equal((image["id"]!.ToString(), "debian-13-x64"), (server.SnapshotId, server.Image));
        Assert.Equal(id.ToString(), api.Host.Snapshots[image["id"]!.ToString()]);
        Assert.Equal(204, (await api.DeleteAsync($"/v2/images/{image["id"]}")).Status);
        await api.SettleAsync();
        Assert.Empty(api.Host.Snapshots);
    }

    [Fact]
    public async Task A_tag_acts_on_all_its_droplets_that_can()
    {
        await using var api = await ApiClient.StartAsync();
        var off = (await DropletTests.CreateAsync(api, DropletTests.Request("web-1", tags: "web")))["id"]!;
        await DropletTests.CreateAsync(api, DropletTests.Request("web-2", tags: "web"));
        await DropletTests.CreateAsync(api, DropletTests.Request("db-1", tags: "db"));
        await ActAsync(api, off, """{"type": "power_off"}""");

        var answer = await api.PostAsync($"{All}/actions?tag_name=web", """{"type": "power_off"}""");
        await api.SettleAsync();
        var refused = await api.PostAsync($"{All}/actions?tag_name=web", """{"type": "rename", "name": "x"}""");

        Assert.Equal((201, 1), (answer.Status, answer.Body!["actions"]!.AsArray().Count));
        Assert.Equal(422, refused.Status);
        Assert.Equal(["off", "off", "active"],
            (await api.GetAsync(All)).Body!["droplets"]!.AsArray().Select(droplet => (string?)droplet!["status"]));
    }

    [Fact]
    public async Task Actions_are_listed_with_the_newest_first()
    {
        await using var api = await ApiClient.StartAsync();
        var id = (await DropletTests.CreateAsync(api, DropletTests.Request("web-1")))["id"]!;
        var other = (await DropletTests.CreateAsync(api, DropletTests.Request("web-2")))["id"]!;
        await ActAsync(api, id, """{"type": "reboot"}""");

        var own = (await api.GetAsync($"{All}/{id}/actions")).Body!["actions"]!.AsArray();
        var all = (await api.GetAsync("/v2/actions")).Body!["actions"]!.AsArray();

        Assert.Equal(["reboot", "create"], own.Select(action => (string?)action!["type"]));
        Assert.Equal(3, all.Count);
        Assert.Equal(404, (await api.GetAsync($"{All}/{other}/actions/{own[0]!["id"]}")).Status);
    }

    /// <summary>Begins an action, and waits until it is done.</summary>
    private static async Task<ApiResponse> ActAsync(ApiClient api, JsonNode id, string request)
    {
        var answer = await api.PostAsync($"{All}/{id}/actions", request);
        Assert.True(answer.Status == 201, answer.Message);
        await api.SettleAsync();
        return answer;
    }

    private static async Task<JsonNode> ReadAsync(ApiClient api, JsonNode id) =>
        (await api.GetAsync($"{All}/{id}")).Body!["droplet"]!;
}
