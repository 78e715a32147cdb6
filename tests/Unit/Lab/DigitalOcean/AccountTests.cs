using System.Text.Json.Nodes;
using Infra.Lab.DigitalOcean;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Storage;
using Infra.Planning.Catalog;
using Infra.Tests.Unit.Lab.Provider;

namespace Infra.Tests.Unit.Lab.DigitalOcean;

/// <summary>The account itself, its regions, sizes and keys.</summary>
public sealed class AccountTests
{
    private const string Keys = "/v2/account/keys";
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPq3yqtZ1i3tiXXpM3NhbrTtVBxKBSIT8dbZ8GNg2D1L";

    [Fact]
    public async Task The_account_has_its_limits_and_the_same_owner_for_ever()
    {
        await using var api = await ApiClient.StartAsync(settings => settings with { DropletLimit = 7 });

        var first = (await api.GetAsync("/v2/account")).Body!["account"]!;
        var second = (await api.GetAsync("/v2/account")).Body!["account"]!;

        Assert.Equal((7, "active"), ((int)first["droplet_limit"]!, (string?)first["status"]));
        Assert.Equal((string?)first["uuid"], (string?)second["uuid"]);
    }

    [Fact]
    public async Task Of_many_actions_the_oldest_that_ended_are_forgotten()
    {
        await using var api = await ApiClient.StartAsync();
        api.Account.Change(change =>
        {
            change.Put(new AccountAction(1, AccountAction.InProgress, "create", change.Now, null, 7, "droplet", "tor1"));
            for (var id = 2; id <= AccountActions.Most; id++)
            {
                change.Put(new AccountAction(id, AccountAction.Completed, "create", change.Now, change.Now, 7, "droplet", "tor1"));
            }
        });

        var droplet = await DropletTests.CreateAsync(api, DropletTests.Request("web-1"));

        Assert.Equal(AccountActions.Most, (int)(await api.GetAsync("/v2/actions")).Body!["meta"]!["total"]!);
        Assert.Equal((200, 404, 200), (
            (await api.GetAsync("/v2/actions/1")).Status, (await api.GetAsync("/v2/actions/2")).Status,
            (await api.GetAsync("/v2/actions/3")).Status));
        Assert.Single((await api.GetAsync($"/v2/droplets/{droplet["id"]}/actions")).Body!["actions"]!.AsArray());
    }

    [Fact]
    public async Task A_token_can_be_looked_up_as_doctl_does()
    {
        await using var api = await ApiClient.StartAsync();
        // The specification does not know the path: it is of another host.
        using var http = new HttpClient { BaseAddress = api.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", api.Token);
        var info = new Uri("/v1/oauth/token/info", UriKind.Relative);

        var known = JsonNode.Parse(await http.GetStringAsync(info, TestContext.Current.CancellationToken))!;
        http.DefaultRequestHeaders.Authorization = new("Bearer", "dop_v1_none");
        using var unknown = await http.GetAsync(info, TestContext.Current.CancellationToken);

        Assert.Equal(["read", "write"], known["scopes"]!.AsArray().Select(scope => (string?)scope));
        Assert.Equal(401, (int)unknown.StatusCode);
    }

    [Fact]
    public async Task Sizes_are_those_of_the_catalog_and_some_without_a_gpu()
    {
        await using var api = await ApiClient.StartAsync();

        var sizes = (await api.GetAsync("/v2/sizes?per_page=200")).Body!["sizes"]!.AsArray();

        var small = Assert.Single(sizes, size => (string?)size!["slug"] == "s-1vcpu-1gb")!;
        Assert.Equal((1024, 0.00893m, true), ((int)small["memory"]!, (decimal)small["price_hourly"]!, (bool)small["available"]!));
        var large = Assert.Single(sizes, size => (string?)size!["slug"] == "gpu-h200x8-1128gb")!;
        Assert.Equal(("nvidia_h200", 1128, false),
            ((string?)large["gpu_info"]!["model"], (int)large["gpu_info"]!["vram"]!["amount"]!, (bool)large["available"]!));
        Assert.All(ModelCatalog.Load().Sizes.Values.Where(size => size.Availability == Availability.OnDemand),
            size => Assert.Contains(sizes, one => (string?)one!["slug"] == size.Slug));
        Assert.DoesNotContain(sizes, size => (decimal)size!["price_hourly"]! == 0);
        Assert.All(new[] { ("gpu-4000adax1-20gb", "RTX 4000 Ada GPU Droplet - 1X"), ("gpu-h200x8-1128gb", "Nvidia H200 - 8X") },
            known => Assert.Equal(known.Item2, (string?)sizes.Single(size => (string?)size!["slug"] == known.Item1)!["description"]));
    }

    [Fact]
    public async Task Every_region_of_a_size_is_a_region_with_that_size()
    {
        await using var api = await ApiClient.StartAsync();
        var regions = (await api.GetAsync("/v2/regions")).Body!["regions"]!.AsArray();

        Assert.All(ModelCatalog.Load().Sizes.Values.Where(size => size.UsdPerHour is not null), size => Assert.All(size.Regions, slug =>
            Assert.Contains(size.Slug, regions.Single(region => (string?)region!["slug"] == slug)!["sizes"]!.AsArray()
                .Select(one => (string?)one))));
        Assert.All(CloudRegion.All.Where(region => !region.IsAvailable),
            region => Assert.DoesNotContain(region.Slug, CloudRegion.Available));
    }

    [Fact]
    public async Task A_key_is_found_by_id_and_by_fingerprint_renamed_and_deleted()
    {
        await using var api = await ApiClient.StartAsync();

        var made = await api.PostAsync(Keys, $$"""{"name": "ops", "public_key": "{{Key}} me@example.com"}""");
        var key = made.Body!["ssh_key"]!;
        var renamed = await api.PutAsync($"{Keys}/{key["fingerprint"]}", """{"name": "ops-2"}""");
        var read = await api.GetAsync($"{Keys}/{key["id"]}");
        var deleted = await api.DeleteAsync($"{Keys}/{key["fingerprint"]}");

        Assert.Equal((201, 200, 204), (made.Status, renamed.Status, deleted.Status));
        Assert.Matches("^([0-9a-f]{2}:){15}[0-9a-f]{2}$", (string?)key["fingerprint"]);
        Assert.Equal("ops-2", (string?)read.Body!["ssh_key"]!["name"]);
        Assert.Equal(404, (await api.GetAsync($"{Keys}/{key["id"]}")).Status);
    }

    [Theory]
    [InlineData("ops", Key + " again", "SSH Key is already in use on your account")]
    [InlineData("", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPq3yqtZ1i3tiXXpM3NhbrTtVBxKBSIT8dbZ8GNg2D1M", "Name can't be blank")]
    [InlineData("ops", "ssh-ed25519 what", "Key invalid, key should be of the format `type key [comment]`")]
    public async Task A_key_is_refused(string name, string key, string message)
    {
        await using var api = await ApiClient.StartAsync();
        await api.PostAsync(Keys, new JsonObject { ["name"] = "first", ["public_key"] = Key }.ToJsonString());

        var refused = await api.PostAsync(Keys, new JsonObject { ["name"] = name, ["public_key"] = key }.ToJsonString());

        Assert.Equal((422, message), (refused.Status, refused.Message));
    }

    [Fact]
    public async Task An_account_that_cannot_record_what_its_work_did_ends_and_no_one_waits_for_ever()
    {
        var host = new FakeHostRuntime();
        using var store = AccountStore.Open(":memory:");
        using var account = new CloudAccount(store, new() { Catalog = ModelCatalog.Load() }, TimeProvider.System);
        await using var running = new RunningAccount(account, host);
        // Not at the first policy, which may come before the Volume.
        host.OnStep = (_, isDone) =>
        {
            if (isDone && host.Calls.Contains("volume data"))
            {
                account.Dispose();
            }
        };
        var id = account.Change(change => Volumes.Create(change, new("data", Region: "tor1", SizeGigabytes: 1))).Id;

        var wait = running.UntilAsync(state => Volumes.HasDisk(state, id), TestContext.Current.CancellationToken);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => wait);
        Assert.Contains("volume-create", failure.Message, StringComparison.Ordinal);
        Assert.True(running.Work.IsFaulted);
    }

    [Fact]
    public async Task A_droplet_keeps_the_key_that_it_was_created_with()
    {
        await using var api = await ApiClient.StartAsync();
        var key = (await api.PostAsync(Keys, new JsonObject { ["name"] = "ops", ["public_key"] = Key }.ToJsonString())).Body!["ssh_key"]!;
        var request = JsonNode.Parse(DropletTests.Request("web-1"))!;
        request["ssh_keys"] = new JsonArray((long)key["id"]!, (string?)key["fingerprint"]);

        var droplet = await DropletTests.CreateAsync(api, request.ToJsonString());
        await api.DeleteAsync($"{Keys}/{key["id"]}");

        Assert.Equal([Key], api.Host.Servers[droplet["id"]!.ToString()].PublicKeys);
    }
}
