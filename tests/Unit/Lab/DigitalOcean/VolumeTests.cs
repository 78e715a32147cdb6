using Infra.Lab.DigitalOcean.Account;
using VolumeRules = Infra.Lab.DigitalOcean.Storage.Volumes;

namespace Infra.Tests.Unit.Lab.DigitalOcean;

/// <summary>Volumes, their actions and snapshots as the API keeps them.</summary>
public sealed class VolumeTests
{
    private const string Volumes = "/v2/volumes";
    private const string Droplets = "/v2/droplets";

    [Fact]
    public async Task A_volume_is_created_found_by_its_name_and_deleted_by_it()
    {
        await using var api = await ApiClient.StartAsync();

        var made = await api.PostAsync(Volumes, """
            {"name": "data", "region": "nyc2", "size_gigabytes": 10, "filesystem_type": "ext4",
            "filesystem_label": "models", "tags": ["web"]}
            """);
        await api.SettleAsync();
        var disk = Assert.Single(api.Host.Volumes.Values);
        var found = await api.GetAsync($"{Volumes}?name=data&region=nyc2");
        var elsewhere = await api.GetAsync($"{Volumes}?name=data&region=tor1");
        var gone = await api.DeleteAsync($"{Volumes}?name=data&region=nyc2");
        await api.SettleAsync();

        Assert.Equal((201, 204), (made.Status, gone.Status));
        Assert.Equal(("data", 10, "ext4", "models"), (disk.Name, disk.SizeGiB, disk.FileSystem, disk.Label));
        Assert.Equal((1, 0), ((int)found.Body!["meta"]!["total"]!, (int)elsewhere.Body!["meta"]!["total"]!));
        Assert.Empty(api.Host.Volumes);
        Assert.Equal(404, (await api.DeleteAsync($"{Volumes}?name=data&region=nyc2")).Status);
    }

    [Theory]
    [InlineData("""{"name": "data", "region": "nyc2", "size_gigabytes": 5}""", 409, "already exists")]
    [InlineData("""{"name": "Data", "region": "nyc2", "size_gigabytes": 5}""", 422, "name")]
    [InlineData("""{"name": "x", "region": "nyc2", "size_gigabytes": 0}""", 422, "size_gigabytes")]
    [InlineData("""{"name": "x", "region": "nyc2", "size_gigabytes": 16385}""", 422, "size_gigabytes")]
    [InlineData("""{"name": "x", "region": "moon1", "size_gigabytes": 5}""", 422, "region")]
    [InlineData("""{"name": "x", "region": "nyc2", "size_gigabytes": 5, "filesystem_type": "ntfs"}""", 422, "filesystem_type")]
    [InlineData("""{"name": "x", "region": "nyc2", "size_gigabytes": 5, "filesystem_label": "a"}""", 422, "filesystem_label")]
    [InlineData(
        """{"name": "x", "region": "nyc2", "size_gigabytes": 5, "filesystem_type": "xfs", "filesystem_label": "thirteen-char"}""", 422,
        "filesystem_label")]
    [InlineData("""{"name": "x", "region": "nyc2", "size_gigabytes": 5, "filesystem_type": "xfs", "filesystem_label": "-a"}""", 422,
        "filesystem_label")]
    [InlineData("""{"name": "x", "region": "nyc2", "size_gigabytes": 5, "snapshot_id": "none"}""", 404, "")]
    public async Task A_wrong_volume_is_refused_and_changes_nothing(string request, int status, string words)
    {
        await using var api = await ApiClient.StartAsync();
        await api.PostAsync(Volumes, """{"name": "data", "region": "nyc2", "size_gigabytes": 5}""");
        await api.SettleAsync();
        var before = api.Account.State;

        var refused = await api.PostAsync(Volumes, request);

        Assert.Equal(status, refused.Status);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
        Assert.Same(before, api.Account.State);
    }

    [Fact]
    public async Task A_name_is_free_in_another_region_and_the_account_has_a_limit()
    {
        await using var api = await ApiClient.StartAsync(settings => settings with { VolumeLimit = 2 });
        await api.PostAsync(Volumes, """{"name": "data", "region": "nyc2", "size_gigabytes": 5}""");

        Assert.Equal(201, (await api.PostAsync(Volumes, """{"name": "data", "region": "tor1", "size_gigabytes": 5}""")).Status);
        Assert.Equal(422, (await api.PostAsync(Volumes, """{"name": "more", "region": "tor1", "size_gigabytes": 5}""")).Status);
    }

    [Fact]
    public async Task A_volume_is_attached_by_id_detached_by_name_and_not_deleted_in_between()
    {
        await using var api = await ApiClient.StartAsync(settings => settings with { Pace = Pace.Real });
        var (volume, droplet) = (await VolumeAsync(api, "data"), await DropletAsync(api));
        var attach = $$"""{"type": "attach", "droplet_id": {{droplet}}}""";

        var begun = await api.PostAsync($"{Volumes}/{volume}/actions", attach);
        var pending = await api.PostAsync($"{Volumes}/{volume}/actions", attach);
        await api.SettleAsync();
        var twice = await api.PostAsync($"{Volumes}/{volume}/actions", attach);
        var held = await api.DeleteAsync($"{Volumes}/{volume}");
        var seen = await api.GetAsync($"{Droplets}/{droplet}");
        var off = await api.PostAsync(
            $"{Volumes}/actions", $$"""{"type": "detach", "volume_name": "data", "region": "nyc2", "droplet_id": {{droplet}}}""");
        await api.SettleAsync();
        var missing = await api.PostAsync($"{Volumes}/{volume}/actions", $$"""{"type": "detach", "droplet_id": {{droplet}}}""");
        var action = await api.GetAsync($"{Volumes}/{volume}/actions/{begun.Body!["action"]!["id"]}");

        Assert.Equal((202, "in-progress", "attach_volume"), (
            begun.Status, (string?)begun.Body["action"]!["status"], (string?)begun.Body["action"]!["type"]));
        Assert.Equal((422, "Volume already has a pending event."), (pending.Status, pending.Message));
        Assert.Equal((422, "This volume is already attached"), (twice.Status, twice.Message));
        Assert.Equal((409, "attached volume cannot be deleted"), (held.Status, held.Message));
        Assert.Equal(volume, (string?)Assert.Single(seen.Body!["droplet"]!["volume_ids"]!.AsArray()));
        Assert.Equal((202, 422, "Attachment not found"), (off.Status, missing.Status, missing.Message));
        Assert.Equal("completed", (string?)action.Body!["action"]!["status"]);
        Assert.Equal(2, (int)(await api.GetAsync($"{Volumes}/{volume}/actions")).Body!["meta"]!["total"]!);
        Assert.Contains($"attach {volume}", api.Host.Calls);
    }

    [Fact]
    public async Task A_volume_grows_and_never_shrinks()
    {
        await using var api = await ApiClient.StartAsync();
        var volume = await VolumeAsync(api, "data");

        var grown = await api.PostAsync($"{Volumes}/{volume}/actions", """{"type": "resize", "size_gigabytes": 20}""");
        await api.SettleAsync();
        var shrunk = await api.PostAsync($"{Volumes}/{volume}/actions", """{"type": "resize", "size_gigabytes": 10}""");

        Assert.Equal((202, 422), (grown.Status, shrunk.Status));
        Assert.Equal(20, (int)(await api.GetAsync($"{Volumes}/{volume}")).Body!["volume"]!["size_gigabytes"]!);
        Assert.Equal(20, api.Host.Volumes[volume].SizeGiB);
    }

    /// <summary>One change begins both, so that neither has a start.</summary>
    [Fact]
    public async Task A_snapshot_is_whole_although_its_volume_is_deleted_while_it_is_taken()
    {
        await using var api = await ApiClient.StartAsync();
        var volume = await VolumeAsync(api, "data");
        await api.SettleAsync();

        var snapshot = api.Account.Change(change =>
        {
            var taken = VolumeRules.TakeSnapshot(change, volume, new("before"));
            VolumeRules.Delete(change, volume);
            return taken.Id;
        });
        await api.SettleAsync();
        api.Account.Change(change =>
        {
            VolumeRules.Create(change, new() { Name = "again", Region = "nyc2", SizeGigabytes = 1, SnapshotId = snapshot });
            VolumeRules.DeleteSnapshot(change, snapshot);
        });
        await api.SettleAsync();

        Assert.Equal(["volume data", "copy data", $"no volume {volume}", "volume again", $"no copy {snapshot}"],
            api.Host.Calls.Where(call => call != "policy").Distinct());
    }

    [Fact]
    public async Task A_snapshot_outlives_its_volume_and_another_volume_begins_with_it()
    {
        await using var api = await ApiClient.StartAsync();
        var volume = await VolumeAsync(api, "data");

        var taken = await api.PostAsync($"{Volumes}/{volume}/snapshots", """{"name": "before", "tags": ["web"]}""");
        await api.SettleAsync();
        await api.DeleteAsync($"{Volumes}/{volume}");
        var id = (string)taken.Body!["snapshot"]!["id"]!;
        var again = await api.PostAsync(Volumes, $$"""{"name": "again", "region": "nyc2", "size_gigabytes": 1, "snapshot_id": "{{id}}"}""");
        await api.SettleAsync();
        var listed = await api.GetAsync("/v2/snapshots?resource_type=volume");

        Assert.Equal((10, 0), ((int)taken.Body["snapshot"]!["min_disk_size"]!, (int)taken.Body["snapshot"]!["size_gigabytes"]!));
        Assert.Equal((201, 10), (again.Status, (int)again.Body!["volume"]!["size_gigabytes"]!));
        Assert.Equal(id, Assert.Single(api.Host.Volumes.Values).SnapshotId);
        Assert.Equal(id, (string?)Assert.Single(listed.Body!["snapshots"]!.AsArray())!["id"]);
        Assert.Equal(0, (int)(await api.GetAsync("/v2/snapshots?resource_type=droplet")).Body!["meta"]!["total"]!);
        Assert.Equal(204, (await api.DeleteAsync($"/v2/snapshots/{id}")).Status);
        Assert.Equal(404, (await api.GetAsync($"{Volumes}/snapshots/{id}")).Status);
    }

    [Fact]
    public async Task Two_volumes_have_no_snapshots_of_one_name()
    {
        await using var api = await ApiClient.StartAsync();
        var (first, second) = (await VolumeAsync(api, "first"), await VolumeAsync(api, "second"));
        const string named = """{"name": "nightly"}""";
        var taken = await api.PostAsync($"{Volumes}/{first}/snapshots", named);

        var again = await api.PostAsync($"{Volumes}/{second}/snapshots", named);
        await api.DeleteAsync($"/v2/snapshots/{taken.Body!["snapshot"]!["id"]}");
        var free = await api.PostAsync($"{Volumes}/{second}/snapshots", named);

        Assert.Equal((201, 409, "conflict", 201), (taken.Status, again.Status, (string?)again.Body!["id"], free.Status));
    }

    private static async Task<string> VolumeAsync(ApiClient api, string name)
    {
        var made = await api.PostAsync(Volumes, $$"""{"name": "{{name}}", "region": "nyc2", "size_gigabytes": 10}""");
        await api.SettleAsync();
        return (string)made.Body!["volume"]!["id"]!;
    }

    private static async Task<long> DropletAsync(ApiClient api)
    {
        var made = await api.PostAsync(
            Droplets, """{"name": "one", "region": "nyc2", "size": "gpu-h200x1-141gb", "image": "gpu-h100x1-base"}""");
        await api.SettleAsync();
        return (long)made.Body!["droplet"]!["id"]!;
    }
}
